import {
  type Awaitable,
  byteString,
  type Clock,
  may,
  onceKnown,
  type PlainPost,
  type PlainResponse,
  type PluginHost,
  type Principal,
  type Random,
  type SqlContext,
} from '@espalier/core'
import type { z } from 'zod'
import {
  type EventsFrom,
  type ReadEvents,
  type Rejection,
  readBatch,
  readEvents,
  readServerEvents,
  serverBatchSchema,
} from './collectRequest.ts'
import type { CountryDatabase } from './countryDatabase.ts'
import { type DailyVisitors, isDailyVisitor } from './dailyVisitors.ts'
import { QueueFullError } from './groupCommit.ts'
import type { IngestCounts } from './ingestCounts.ts'
import type { PageContext, PageContextSigner } from './pageContext.ts'
import type { Recorder } from './recorder.ts'
import { maxBodyBytes } from './requestLimits.ts'
import { senderCountry } from './senderCountry.ts'
import type { settings } from './settings.ts'
import type { Sites } from './sites.ts'
import { asksNotToBeTracked } from './visitor.ts'

export interface CollectorParts {
  readonly sites: Pick<Sites, 'find'>
  readonly signer: PageContextSigner
  readonly recorder: Pick<Recorder, 'record'>
  readonly dailyVisitors: Pick<DailyVisitors, 'idOf' | 'today'>
  readonly countries: Pick<CountryDatabase, 'countryOf'>
  readonly counts: IngestCounts
  readonly settings: (context: SqlContext) => Awaitable<z.output<typeof settings>>
  readonly workspace: (workspaceId: string) => SqlContext
  readonly clock: Clock
  readonly random: Random
  readonly log: PluginHost['log']
}

/** Who sends a batch, as the route knows it. */
export interface BatchSender {
  readonly isBot: boolean
  readonly address: string
  readonly userAgent: string
  /** Of an API key, where one was sent and holds. */
  readonly principal?: Principal | undefined
  readonly workspace?: SqlContext | undefined
}

/** The answer to a batch that was taken, whole or in part. */
export interface Answer {
  /** Counted now. */
  accepted: number
  /** Counted before. */
  duplicates: number
  rejected: Rejection[]
  /** The server's clock, milliseconds since 1970: a sender whose clock is off makes its ids anew with it. */
  now: number
}

/**
 * Answers a batch of events. 2xx is said only after the transaction that holds the events has committed.
 *
 * 200 with what was counted; 202 for bots and people who ask not to be tracked, of whom nothing is kept;
 * 400 for a request that cannot be read or of which no event is good; 404 for an unknown site; 413 for a body
 * over 64 KiB; 503 with Retry-After when nothing is certain: send the same events again.
 *
 * With an API key in `Authorization` the sender is a server: its word on visitors and times is taken, robots and
 * signals against tracking are its own business. 401 for a key that opens nothing, 403 for one without the scope.
 */
export function collect(request: PlainPost, sender: BatchSender, parts: CollectorParts): Awaitable<PlainResponse> {
  const fromServer = request.headers.get('authorization') !== null
  if (fromServer) {
    const refusal = refusedKey(sender)
    if (refusal) return refusal
  }
  if (sender.isBot && !fromServer) {
    parts.counts.bots++
    return nothingCounted(parts.clock.now())
  }
  if (Buffer.byteLength(request.body) > maxBodyBytes)
    return refused(413, 'BODY_TOO_LARGE', `The body is longer than ${maxBodyBytes} bytes. Send fewer events at a time.`)
  const json = parseJson(request.body)
  if (json === undefined) return refused(400, 'INVALID_JSON', 'The body is not JSON.')
  const notWritten = (error: unknown) => refusedForNow(error, parts.log)
  try {
    const answer = fromServer ? fromKey(json, sender, parts) : fromBrowser(request, json, sender, parts)
    return answer instanceof Promise ? answer.catch(notWritten) : answer
  } catch (error) {
    return notWritten(error)
  }
}

/**
 * Goes as far as the queue at once, where all that it takes is at hand. Thousands wait there for their commit, and what an async
 * function knows waits along with it, for every collection of garbage to carry on.
 */
function fromBrowser(
  request: PlainPost,
  json: unknown,
  sender: BatchSender,
  parts: CollectorParts,
): Awaitable<PlainResponse> {
  const now = parts.clock.now()
  const parsed = readBatch(json)
  if (!parsed.success) return invalidBatch(parsed.error)
  const batch = parsed.data
  return onceKnown(parts.sites.find(batch.site), (site) => {
    if (!site) return unknownSite(batch.site)
    const context = batch.context === undefined ? undefined : parts.signer.read(batch.context)
    if (batch.context !== undefined && !(context?.workspaceId === site.workspaceId && context.siteId === site.id)) {
      const message = 'context: was not signed by this server for this site. Load the page again.'
      return refused(400, 'INVALID_CONTEXT', message, 'context')
    }
    const workspace = parts.workspace(site.workspaceId)
    return onceKnown(parts.settings(workspace), (settings) => {
      const { respectDoNotTrack, cookieless } = settings
      if (respectDoNotTrack && asksNotToBeTracked(request)) {
        parts.counts.optedOut++
        return nothingCounted(now)
      }
      return onceKnown(senderCountry(request, sender.address, settings, parts.countries), (country) =>
        onceKnown(
          visitorOf(batch.visitorId, context, cookieless, parts) ??
            parts.dailyVisitors.idOf(workspace, site.id, sender.address, sender.userAgent),
          (visitorId) => {
            const from: EventsFrom = {
              siteId: site.id,
              pageId: context?.pageId ?? null,
              experiments: context?.experiments ?? {},
              visitorId,
              sessionId: cookieless ? null : (batch.sessionId ?? null),
              userAgent: sender.userAgent,
              country,
            }
            return record(site.workspaceId, readEvents(batch.events, from, now), now, parts)
          },
        ),
      )
    })
  })
}

/** The visitor that a page or a browser says, where that holds: else there is one for the day. */
function visitorOf(
  given: string | undefined,
  context: PageContext | undefined,
  cookieless: boolean,
  { dailyVisitors }: Pick<CollectorParts, 'dailyVisitors'>,
): string | undefined {
  const visitorId = context?.visitorId ?? given
  if (visitorId === undefined) return undefined
  const isDaily = context !== undefined && isDailyVisitor(context.visitorId)
  // For a day only: an id of yesterday's, or one that a browser kept before, is not taken over into today.
  if (isDaily) return context.day === dailyVisitors.today ? visitorId : undefined
  return cookieless ? undefined : visitorId
}

function fromKey(json: unknown, { workspace }: BatchSender, parts: CollectorParts): Awaitable<PlainResponse> {
  const now = parts.clock.now()
  const parsed = serverBatchSchema.safeParse(json)
  if (!parsed.success) return invalidBatch(parsed.error)
  const batch = parsed.data
  return onceKnown(parts.sites.find(batch.site), (site) => {
    if (!site || site.workspaceId !== workspace?.workspaceId) return unknownSite(batch.site)
    const from: EventsFrom = {
      siteId: site.id,
      pageId: null,
      experiments: {},
      visitorId: batch.visitorId ?? null,
      sessionId: batch.sessionId ?? null,
      userAgent: batch.userAgent ?? '',
      country: batch.country ?? null,
    }
    return record(site.workspaceId, readServerEvents(batch.events, from, now, parts.random), now, parts)
  })
}

function record(workspaceId: string, read: ReadEvents, now: Date, parts: CollectorParts): Awaitable<PlainResponse> {
  return onceKnown(recordEvents(workspaceId, read, now, parts), (answer) =>
    answered(answer, answer.accepted + answer.duplicates === 0 ? 400 : 200),
  )
}

/** Records what was good of a batch. Resolves after the commit. @throws when nothing is certain */
export function recordEvents(
  workspaceId: string,
  { events, rejected }: ReadEvents,
  now: Date,
  { recorder, counts }: Pick<CollectorParts, 'recorder' | 'counts'>,
): Awaitable<Answer> {
  const recorded = events.map(({ event }) => event)
  const outcomes = recorded.length > 0 ? recorder.record(workspaceId, recorded) : []
  return onceKnown(outcomes, (known) => {
    const answer: Answer = { accepted: 0, duplicates: 0, rejected, now: now.getTime() }
    known.forEach((outcome, position) => {
      const { index, event } = events[position] as (typeof events)[number]
      if (outcome === 'recorded') answer.accepted++
      else if (outcome === 'duplicate') answer.duplicates++
      else rejected.push(notStorable(index, event.id))
    })
    counts.accepted += answer.accepted
    counts.duplicates += answer.duplicates
    counts.refused += rejected.length
    return answer
  })
}

/** An event that the database refused for good. */
function notStorable(index: number, id: string): Rejection {
  const path = `events.${index}`
  return { index, id, code: 'NOT_STORABLE', path, message: `${path}: could not be stored.` }
}

/** What a key needs to send events. */
export const ingestPermission = 'tracking:ingest'

function refusedKey({ principal, workspace }: BatchSender): PlainResponse | undefined {
  if (principal?.type !== 'apiKey' || !workspace)
    return refused(
      401,
      'UNAUTHENTICATED',
      'This API key opens nothing. Send one as "Authorization: Bearer esp_…", or none.',
    )
  if (!may(principal, ingestPermission))
    return refused(403, 'FORBIDDEN', `This API key lacks the scope "${ingestPermission}". Make one that has it.`)
  return undefined
}

function invalidBatch({ issues: [issue] }: z.ZodError): PlainResponse {
  const path = issue?.path.join('.') || 'body'
  return refused(400, 'INVALID_BATCH', `${path}: ${issue?.message}`, path)
}

function unknownSite(key: string): PlainResponse {
  const message = `There is no site with the key "${key}". Copy the script again from the site's settings.`
  return refused(404, 'UNKNOWN_SITE', message, 'site')
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The answer where an error left it open what was written. */
function refusedForNow(error: unknown, log: CollectorParts['log']): PlainResponse {
  if (!(error instanceof QueueFullError))
    log.error({ err: error }, 'Events could not be written; their sender was told to send them again')
  const message = 'The events were not written, or it is not certain. Send the same ones again.'
  return { ...refused(503, 'NOT_WRITTEN', message), headers: soonAgain }
}

function nothingCounted(now: Date): PlainResponse {
  return answered({ accepted: 0, duplicates: 0, rejected: [], now: now.getTime() }, 202)
}

function answered(answer: Answer, status: number): PlainResponse {
  const text = JSON.stringify(answer)
  // Numbers alone are bytes already.
  return { status, headers, body: answer.rejected.length > 0 ? byteString(text) : text }
}

function refused(status: number, code: string, message: string, path?: string): PlainResponse {
  return { status, headers, body: byteString(JSON.stringify({ error: { code, message, ...(path && { path }) } })) }
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const soonAgain = { ...headers, 'retry-after': '1' }
