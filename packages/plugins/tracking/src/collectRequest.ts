import { z } from 'zod'
import { maxAgeMs, maxLeadMs, reservedNames, type TrackedEvent, unknownSource } from './event.ts'
import { instantOf, isEventId } from './eventId.ts'
import type { PageContext } from './pageContext.ts'

/** Largest body in bytes: also what browsers let `sendBeacon` carry. */
export const maxBodyBytes = 64 * 1024
export const maxEvents = 100
const maxPropertiesBytes = 4096
const maxPropertiesDepth = 5

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

/** What is common to the events of a request. Fields that it does not know are ignored. */
export const batchSchema = z.object({
  /** The site's public key. */
  site: text(1, 64),
  /** Made by the browser and kept in its storage; where a page context is given, its visitor counts. */
  visitorId: lowerUuid.optional(),
  sessionId: lowerUuid.optional(),
  /** The signed token of the page, where this server rendered it. */
  context: text(0, 8192).optional(),
  events: z
    .array(z.unknown())
    .refine(({ length }) => length >= 1 && length <= maxEvents, `must be 1 to ${maxEvents} events`),
})

export type Batch = z.output<typeof batchSchema>

export const eventSchema = z.object({
  id: z
    .string()
    .refine(isEventId, 'must be a UUIDv7, made once when the event happens')
    .transform((id) => id.toLowerCase()),
  name: text(1, 64)
    .regex(/^[a-z][a-z0-9_.:-]*$/i, 'must begin with a letter and hold only letters, digits and . _ : -')
    .refine((name) => !reservedNames.has(name), 'is a name that only the server gives; choose another'),
  goal: text(1, 64).optional(),
  url: text(0, 2048).optional(),
  referrer: text(0, 2048).optional(),
  properties: z
    .record(text(0, 128), z.unknown())
    .refine((value) => depthOf(value) <= maxPropertiesDepth, {
      error: `must not be nested deeper than ${maxPropertiesDepth} levels`,
      abort: true,
    })
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= maxPropertiesBytes,
      `must not be longer than ${maxPropertiesBytes} bytes as JSON`,
    )
    .refine(isStorable, 'must hold text without NUL characters and lone surrogates')
    .optional(),
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

/** Checks the events of a batch one by one: a bad one does not spoil the others. */
export function readEvents(
  batch: Batch,
  from: Pick<PageContext, 'siteId' | 'pageId' | 'visitorId' | 'experiments'>,
  now: Date,
): ReadEvents {
  const read: ReadEvents = { events: [], rejected: [] }
  const experiments = Object.keys(from.experiments).length > 0 ? from.experiments : null
  batch.events.forEach((candidate, index) => {
    const parsed = eventSchema.safeParse(candidate)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const path = [`events.${index}`, ...(issue?.path ?? [])].join('.')
      read.rejected.push({
        index,
        id: idOf(candidate),
        code: 'INVALID',
        path,
        message: `${path}: ${issue?.message ?? 'is not an event'}`,
      })
      return
    }
    const { id, name, goal = null, url = null, referrer = null, properties = null } = parsed.data
    const happened = instantOf(id)
    const age = now.getTime() - happened.getTime()
    if (age > maxAgeMs || age < -maxLeadMs) {
      read.rejected.push({ index, id, path: `events.${index}.id`, ...wrongTime(happened, now) })
      return
    }
    read.events.push({
      index,
      event: {
        id,
        siteId: from.siteId,
        pageId: from.pageId,
        visitorId: from.visitorId,
        sessionId: batch.sessionId ?? null,
        name,
        goal,
        at: age < 0 ? now : happened,
        url,
        referrer,
        experiments,
        properties,
        ...unknownSource,
        value: null,
        metrics: null,
      },
    })
  })
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

function idOf(candidate: unknown): string | null {
  const id = (candidate as { id?: unknown } | null)?.id
  return typeof id === 'string' ? id.slice(0, 64) : null
}

function depthOf(value: unknown, limit = maxPropertiesDepth + 1): number {
  if (typeof value !== 'object' || value === null || limit === 0) return 0
  return 1 + Math.max(0, ...Object.values(value).map((child) => depthOf(child, limit - 1)))
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, child]) => isStorable(key) && isStorable(child))
}
