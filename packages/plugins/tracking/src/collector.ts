import type { Clock, PluginHost, SqlContext } from '@espalier/core'
import { type Batch, batchSchema, maxBodyBytes, type Rejection, readEvents } from './collectRequest.ts'
import { QueueFullError } from './groupCommit.ts'
import type { PageContext, PageContextSigner } from './pageContext.ts'
import type { Recorder } from './recorder.ts'
import type { Site, Sites } from './sites.ts'
import { asksNotToBeTracked } from './visitor.ts'

export interface CollectorParts {
  readonly sites: Pick<Sites, 'find'>
  readonly signer: PageContextSigner
  readonly recorder: Pick<Recorder, 'record'>
  readonly respectDoNotTrack: (context: SqlContext) => Promise<boolean>
  readonly workspace: (workspaceId: string) => SqlContext
  readonly clock: Clock
  readonly log: PluginHost['log']
}

/** The answer to a batch that was taken, whole or in part. */
interface Answer {
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
 */
export async function collect(request: Request, isBot: boolean, parts: CollectorParts): Promise<Response> {
  const now = parts.clock.now()
  if (isBot) return nothingCounted(now)
  const body = await request.text()
  if (Buffer.byteLength(body) > maxBodyBytes)
    return refused(413, 'BODY_TOO_LARGE', `The body is longer than ${maxBodyBytes} bytes. Send fewer events at a time.`)
  const json = parseJson(body)
  if (json === undefined) return refused(400, 'INVALID_JSON', 'The body is not JSON.')
  const parsed = batchSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = issue?.path.join('.') || 'body'
    return refused(400, 'INVALID_BATCH', `${path}: ${issue?.message}`, path)
  }
  try {
    return await record(request, parsed.data, now, parts)
  } catch (error) {
    if (!(error instanceof QueueFullError))
      parts.log.error({ err: error }, 'Events could not be written; their sender was told to send them again')
    const message = 'The events were not written, or it is not certain. Send the same ones again.'
    return refused(503, 'NOT_WRITTEN', message, undefined, { 'Retry-After': '1' })
  }
}

async function record(request: Request, batch: Batch, now: Date, parts: CollectorParts): Promise<Response> {
  const site = await parts.sites.find(batch.site)
  if (!site) {
    const message = `There is no site with the key "${batch.site}". Copy the script again from the site's settings.`
    return refused(404, 'UNKNOWN_SITE', message, 'site')
  }
  const from = attribution(batch, site, parts.signer)
  if (from === 'forged') {
    const message = 'context: was not signed by this server for this site. Load the page again.'
    return refused(400, 'INVALID_CONTEXT', message, 'context')
  }
  if (!from) {
    const message = 'visitorId: is missing. Without a page context it is required.'
    return refused(400, 'INVALID_BATCH', message, 'visitorId')
  }
  if (asksNotToBeTracked(request) && (await parts.respectDoNotTrack(parts.workspace(site.workspaceId))))
    return nothingCounted(now)

  const { events, rejected } = readEvents(batch, from, now)
  const answer: Answer = { accepted: 0, duplicates: 0, rejected, now: now.getTime() }
  if (events.length > 0) {
    const outcomes = await parts.recorder.record(
      site.workspaceId,
      events.map(({ event }) => event),
    )
    outcomes.forEach((outcome, position) => {
      const { index, event } = events[position] as (typeof events)[number]
      if (outcome === 'recorded') answer.accepted++
      else if (outcome === 'duplicate') answer.duplicates++
      else {
        const message = 'The event could not be stored.'
        rejected.push({ index, id: event.id, code: 'NOT_STORABLE', path: `events.${index}`, message })
      }
    })
  }
  return answered(answer, rejected.length === batch.events.length ? 400 : 200)
}

/** Who and where the events are from: what the page's token says, else what the browser says. */
function attribution(batch: Batch, site: Site, signer: PageContextSigner): PageContext | 'forged' | undefined {
  if (batch.context !== undefined) {
    const context = signer.read(batch.context)
    return context?.workspaceId === site.workspaceId && context.siteId === site.id ? context : 'forged'
  }
  if (batch.visitorId === undefined) return undefined
  return { workspaceId: site.workspaceId, siteId: site.id, pageId: null, visitorId: batch.visitorId, experiments: {} }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function nothingCounted(now: Date): Response {
  return answered({ accepted: 0, duplicates: 0, rejected: [], now: now.getTime() }, 202)
}

function answered(answer: Answer, status: number): Response {
  return Response.json(answer, { status, headers: { 'Cache-Control': 'no-store' } })
}

function refused(
  status: number,
  code: string,
  message: string,
  path?: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { error: { code, message, ...(path && { path }) } },
    { status, headers: { 'Cache-Control': 'no-store', ...headers } },
  )
}
