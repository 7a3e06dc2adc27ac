import { APIConnectionError, APIError, APIUserAbortError } from 'openai'

/** What it means that a request came to nothing. */
export type ServiceFailure =
  /** Not carried out, and may be repeated after a while. Seconds, where the service says how many. */
  | { readonly kind: 'again'; readonly reason: string; readonly afterSeconds: number | null; readonly limited: boolean }
  /** Not carried out, and would not be another time. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly status: number }
  /** Not carried out: nobody is there, or the account is empty. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** Carried out, with an answer that nobody can read. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** It left, and no answer came. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Raised where an answer is not what the wire format says. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer'
}

/** The stream ended before the model had. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream'

  constructor() {
    super('the stream ended before the answer did')
  }
}

/** Statuses of proxies that gave up waiting: what stands behind them may have carried it out. */
const gaveUpWaiting = new Set([408, 504, 524])

/** Says what became of a request from what the client raised. Whoever cannot tell must not repeat. */
export function serviceFailure(error: unknown): ServiceFailure {
  // The client itself stumbles over some shapes; a connection that ends within an answer is a TypeError too, with its cause.
  const isShape = error instanceof TypeError && error.cause === undefined
  if (error instanceof UnusableAnswer || error instanceof SyntaxError || isShape)
    return { kind: 'unusable', reason: `The answer is not in the wire format: ${error.message}` }
  if (error instanceof APIError && typeof error.status === 'number') return byStatus(error as APIError<number, Headers>)
  if (error instanceof APIUserAbortError) return { kind: 'unknown', reason: 'It took too long.' }
  if (error instanceof APIConnectionError) {
    const code = codeOf(error)
    if (code && neverSent.test(code))
      return { kind: 'again', reason: `It cannot be reached (${code}).`, afterSeconds: null, limited: false }
    if (code && /CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(code))
      return { kind: 'unavailable', reason: `Its certificate is not valid (${code}).` }
    // Node refuses some ports by itself, as browsers do.
    if (error.cause instanceof Error && String(error.cause.cause).includes('bad port'))
      return { kind: 'unavailable', reason: 'Its port is one that no web request may go to.' }
    return { kind: 'unknown', reason: `The connection broke${code ? ` (${code})` : ''}.` }
  }
  // Told within a stream: the service itself says that it has failed.
  if (error instanceof APIError) return { kind: 'unusable', reason: error.message }
  return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) }
}

function byStatus(error: APIError<number, Headers>): ServiceFailure {
  const { status } = error
  const reason = messageOf(error)
  if (gaveUpWaiting.has(status)) return { kind: 'unknown', reason }
  // A limit passes; an account without money does not by itself.
  if (error.code === 'insufficient_quota') return { kind: 'unavailable', reason }
  if (status === 429 || status >= 500)
    return { kind: 'again', reason, afterSeconds: retryAfter(error.headers), limited: status === 429 }
  return { kind: 'rejected', reason, status }
}

/** What the service says, without its status; at most 500 characters of it. */
function messageOf({ message, status }: APIError<number>): string {
  const said = message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message
  return said.slice(0, 500)
}

/** Of connections that were never made: nothing left. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

function codeOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string') return code
  }
  return undefined
}

/** RFC 9110: seconds, or a date; OpenAI's own header in milliseconds comes first. The date is compared with the answer's own. */
function retryAfter(headers: Headers): number | null {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds / 1_000
  const text = headers.get('retry-after')
  if (text === null) return null
  const seconds = Number(text)
  if (seconds >= 0) return seconds
  const until = Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(until) ? Math.max(0, until / 1_000) : null
}
