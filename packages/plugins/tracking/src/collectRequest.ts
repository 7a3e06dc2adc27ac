import type { Random } from '@espalier/core'
import { z } from 'zod'
import { type EventMetrics, maxAgeMs, maxLeadMs, reservedNames, type TrackedEvent } from './event.ts'
import { instantOf, isEventId, newEventId } from './eventId.ts'
import type { PageContext } from './pageContext.ts'
import { isStorable, longest, maxEvents, maxPropertiesBytes, maxPropertiesDepth, namePattern } from './requestLimits.ts'
import { type Sender, sourceOf } from './source.ts'
import { usualBatch, usualEvent } from './usualRequest.ts'

/**
 * Text of bounded length that PostgreSQL stores: without NUL and halves of surrogate pairs. Lengths are refined
 * and never .max(): zod 4 runs that on anything with a "length", and {"length":{"toString":0}} makes it throw.
 */
const text = (min: number, max: number) =>
  z
    .string()
    .refine(({ length }) => length >= min && length <= max, `must be ${min} to ${max} characters long`)
    .refine(isStorable, 'must be text without NUL characters and lone surrogates')

const lowerUuid = z.guid().transform((value) => value.toLowerCase())

const batchFields = {
  visitorId: lowerUuid.optional(),
  /** A visit, as the sender sees it. The tracker sends none: sessions are derived. */
  sessionId: lowerUuid.optional(),
  events: z
    .array(z.unknown())
    .refine(({ length }) => length >= 1 && length <= maxEvents, `must be 1 to ${maxEvents} events`),
}

/** What is common to the events of a browser's request. Fields that it does not know are ignored. */
export const batchSchema = z.object({
  /** The site's public key. */
  site: text(1, longest.site),
  /** The signed token of the page, where this server rendered it: then its visitor counts. */
  context: text(0, longest.context).optional(),
  ...batchFields,
})

/** What is common to the events of a server's request, which its API key vouches for. */
export const serverBatchSchema = z.object({
  /** The site's public key. */
  site: text(1, longest.site),
  /** The visitor's browser. */
  userAgent: text(0, longest.userAgent).optional(),
  country: z
    .string()
    .regex(/^[a-z]{2}$/i, 'must be the two letters of a country (ISO 3166-1)')
    .transform((code) => code.toUpperCase())
    .optional(),
  ...batchFields,
})

/** An integer in the currency's smallest unit: no more than a thousand billion, so that sums stay exact. */
const amountMinor = z.number().refine((amount) => Number.isInteger(amount) && amount >= 0 && amount <= 1e12, {
  error: 'must be an integer from 0 to 1,000,000,000,000, in the smallest unit of the currency',
})
const currencies = new Set(Intl.supportedValuesOf('currency'))
const currency = z.string().refine((code) => currencies.has(code), 'must be a currency of ISO 4217, such as "EUR"')

/** `{ amountMinor, currency }`, or as an attribute of a page holds it: "1999 EUR". */
const eventValue = z.union(
  [
    z.object({ amountMinor, currency }),
    z
      .string()
      .regex(/^[0-9]{1,13} [A-Z]{3}$/)
      .transform((value) => ({ amountMinor: Number(value.slice(0, -4)), currency: value.slice(-3) }))
      .pipe(z.object({ amountMinor, currency })),
  ],
  'must be like "1999 EUR" or { amountMinor: 1999, currency: "EUR" }: an amount in the smallest unit, and ISO 4217',
)

/** A measurement: rounded, held to what can be. What a browser could not measure is null, absent or below zero. */
const measurement = (max: number, digits = 0) =>
  z
    .number()
    .nullish()
    .transform((value) =>
      value == null || value < 0 ? undefined : Math.min(Math.round(value * 10 ** digits) / 10 ** digits, max),
    )

const dayMs = 24 * 3600_000

const eventMetrics = z
  .object({
    engagedMs: measurement(dayMs),
    scrollDepth: measurement(100),
    loadMs: measurement(dayMs),
    lcpMs: measurement(dayMs),
    inpMs: measurement(dayMs),
    cls: measurement(1000, 4),
  })
  .transform((metrics): EventMetrics | null => {
    const measured = Object.entries(metrics).filter(([, value]) => value !== undefined)
    return measured.length > 0 ? Object.fromEntries(measured) : null
  })

/** Null and '' are nothing: markup and other languages send them for what is absent. */
const optionalText = (max: number) =>
  text(0, max)
    .nullish()
    .transform((value) => value || null)

const eventFields = {
  name: text(1, longest.name)
    .regex(namePattern, 'must begin with a letter and hold only letters, digits and . _ : -')
    .refine((name) => !reservedNames.has(name), 'is a name that only the server gives; choose another'),
  goal: optionalText(longest.goal),
  url: optionalText(longest.url),
  referrer: optionalText(longest.referrer),
  value: eventValue.nullish(),
  metrics: eventMetrics.nullish(),
  properties: z
    .record(text(0, longest.property), z.unknown())
    .refine((value) => depthOf(value) <= maxPropertiesDepth, {
      error: `must not be nested deeper than ${maxPropertiesDepth} levels`,
      abort: true,
    })
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= maxPropertiesBytes,
      `must not be longer than ${maxPropertiesBytes} bytes as JSON`,
    )
    .refine(isStorable, 'must hold text without NUL characters and lone surrogates')
    .nullish(),
}

const eventId = z
  .string()
  .refine(isEventId, 'must be a UUIDv7, made once when the event happens')
  .transform((id) => id.toLowerCase())

export const eventSchema = z.object({ id: eventId, ...eventFields })

/**
 * What a server may say about an event beside: when it happened, instead of an id that holds the instant, and
 * who did it. Without an id it cannot be told from a repetition.
 */
export const serverEventSchema = z
  .object({
    id: eventId.optional(),
    at: z.iso
      .datetime({ offset: true, error: 'must be an instant in ISO 8601, such as "2026-11-21T08:00:00Z"' })
      .optional(),
    visitorId: lowerUuid.optional(),
    ...eventFields,
  })
  .refine(({ id, at }) => id === undefined || at === undefined, {
    path: ['at'],
    error: 'must be left out where there is an id: a UUIDv7 holds the instant',
  })

/** Why an event was refused. It will be refused again: do not send it again as it is. */
export interface Rejection {
  /** Its place in the request's `events`. */
  readonly index: number
  readonly id: string | null
  readonly code: 'INVALID' | 'TOO_OLD' | 'CLOCK_AHEAD' | 'NOT_STORABLE'
  /** The field. */
  readonly path: string
  readonly message: string
}

export interface ReadEvents {
  readonly events: { readonly index: number; readonly event: TrackedEvent }[]
  readonly rejected: Rejection[]
}

/** Whose events they are, and from where. */
export interface EventsFrom extends Pick<PageContext, 'siteId' | 'pageId' | 'experiments'>, Sender {
  /** Null where each event names its own. */
  readonly visitorId: string | null
  readonly sessionId: string | null
}

/** Checks what is common to the events of a browser's request. */
export function readBatch(json: unknown): z.ZodSafeParseResult<z.output<typeof batchSchema>> {
  const data = usualBatch(json)
  return data ? { success: true, data } : batchSchema.safeParse(json)
}

/** Checks the events of a browser's batch one by one: a bad one does not spoil the others. */
export function readEvents(candidates: readonly unknown[], from: EventsFrom, now: Date): ReadEvents {
  return readEach(candidates, from, now, readEvent, ({ id }) => id)
}

/** As {@link readEvents}, of a server's: events may come without an id and with a visitor of their own. */
export function readServerEvents(
  candidates: readonly unknown[],
  from: EventsFrom,
  now: Date,
  random: Random,
): ReadEvents {
  return readEach(
    candidates,
    from,
    now,
    (candidate) => serverEventSchema.safeParse(candidate),
    ({ id, at }) => id ?? newEventId(at === undefined ? now : new Date(at), random),
  )
}

function readEvent(candidate: unknown): z.ZodSafeParseResult<z.output<typeof eventSchema>> {
  const data = usualEvent(candidate)
  return data ? { success: true, data } : eventSchema.safeParse(candidate)
}

function readEach<Event extends Omit<z.output<typeof serverEventSchema>, 'id'> & { id?: string | undefined }>(
  candidates: readonly unknown[],
  from: EventsFrom,
  now: Date,
  readOne: (candidate: unknown) => z.ZodSafeParseResult<Event>,
  idOf: (event: Event) => string,
): ReadEvents {
  const read: ReadEvents = { events: [], rejected: [] }
  const experiments = Object.keys(from.experiments).length > 0 ? from.experiments : null
  for (const [index, candidate] of candidates.entries()) {
    const invalid = (field: readonly PropertyKey[], reason: string) => {
      const path = [`events.${index}`, ...field].join('.')
      read.rejected.push({ index, id: idGivenBy(candidate), code: 'INVALID', path, message: `${path}: ${reason}` })
    }
    const parsed = readOne(candidate)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      invalid(issue?.path ?? [], issue?.message ?? 'is not an event')
      continue
    }
    const visitorId = parsed.data.visitorId ?? from.visitorId
    if (visitorId === null) {
      invalid(['visitorId'], 'is missing, here and beside the events')
      continue
    }
    const { name, goal, url, referrer, properties = null, value = null, metrics = null } = parsed.data
    const id = idOf(parsed.data)
    const happened = instantOf(id)
    const age = now.getTime() - happened.getTime()
    if (age > maxAgeMs || age < -maxLeadMs) {
      read.rejected.push({ index, id, path: `events.${index}.id`, ...wrongTime(happened, now) })
      continue
    }
    read.events.push({
      index,
      event: {
        id,
        siteId: from.siteId,
        pageId: from.pageId,
        visitorId,
        sessionId: from.sessionId,
        name,
        goal,
        at: age < 0 ? now : happened,
        url,
        referrer,
        experiments,
        properties,
        value,
        metrics,
        ...sourceOf(url, referrer, from),
      },
    })
  }
  return read
}

function wrongTime(happened: Date, now: Date): Pick<Rejection, 'code' | 'message'> {
  const times = `It says ${happened.toISOString()}, here it is ${now.toISOString()}.`
  return happened < now
    ? { code: 'TOO_OLD', message: `The event's id is older than ${maxAgeMs / 3600_000} hours. ${times}` }
    : {
        code: 'CLOCK_AHEAD',
        message: `The event's id lies ahead of time. ${times} Make it anew with the "now" of this answer.`,
      }
}

function idGivenBy(candidate: unknown): string | null {
  const id = (candidate as { id?: unknown } | null)?.id
  return typeof id === 'string' ? id.slice(0, 64) : null
}

function depthOf(value: unknown, limit = maxPropertiesDepth + 1): number {
  if (typeof value !== 'object' || value === null || limit === 0) return 0
  return 1 + Math.max(0, ...Object.values(value).map((child) => depthOf(child, limit - 1)))
}
