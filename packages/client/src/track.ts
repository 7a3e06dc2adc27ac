import { EspalierError } from './errors.ts'
import { refusalOf } from './evaluate.ts'
import { type Connection, exchange } from './exchange.ts'

/** What a server saw a visitor do. */
export interface TrackedEvents {
  /** Public key of the site that it counts for. */
  readonly site: string
  /** `visitorOf(site, userId)`, or what the browser's `espalier.visitor()` said. */
  readonly visitorId: string
  /** 1 to 100. */
  readonly events: readonly {
    /** `conversion` with a `goal`, or a name of your own. */
    readonly name: string
    readonly goal?: string
    /** In the smallest unit of the currency: `1999 EUR`. */
    readonly value?: string
    readonly url?: string
    readonly properties?: Readonly<Record<string, unknown>>
    /** When. Default: now. */
    readonly at?: Date
  }[]
  /** Of the visitor's browser. */
  readonly userAgent?: string
  /** ISO 3166-1 alpha-2. */
  readonly country?: string
}

/** How events are sent. */
export interface TrackOptions {
  readonly signal?: AbortSignal
}

/** What became of the events that were sent. */
export interface TrackResult {
  /** Committed now. */
  readonly accepted: number
  /** Had been committed before. */
  readonly duplicates: number
}

/** The body of a batch. Each event has an id from here on: sent again, it counts once. */
export function trackBody({ events, ...batch }: TrackedEvents, now: () => number): object {
  return { ...batch, events: events.map(({ at, ...event }) => ({ ...event, id: newEventId(at?.getTime() ?? now()) })) }
}

/** @throws EspalierError INVALID_EVENTS with an issue for each event that is not taken; others were */
export async function track(
  connection: Connection,
  body: object,
  { signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs: number },
): Promise<TrackResult> {
  const { response, body: answer } = await exchange(connection, { path: '/collect', body, signal, timeoutMs })
  if (!response.ok) throw refusalOf(response, answer)
  const { accepted = 0, duplicates = 0, rejected = [] } = answer as TrackResult & { rejected?: Rejected[] }
  const [first] = rejected
  if (first)
    throw new EspalierError(
      'INVALID_EVENTS',
      `${rejected.length} of the events are not taken. events.${first.index}: ${first.reason}`,
      {
        issues: rejected.map(({ index, field, code, reason }) => ({
          path: field ? `events.${index}.${field}` : `events.${index}`,
          code,
          message: reason,
        })),
        data: { accepted, duplicates },
      },
    )
  return { accepted, duplicates }
}

interface Rejected {
  readonly index: number
  readonly code: string
  readonly field?: string
  readonly reason: string
}

/** A UUIDv7 (RFC 9562): the instant in milliseconds, and chance. */
function newEventId(at: number): string {
  const random = globalThis.crypto.randomUUID()
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}
