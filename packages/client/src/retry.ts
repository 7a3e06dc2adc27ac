import { EspalierError } from './errors.ts'

/** How often, and with which pauses, a call is repeated. */
export interface RetryOptions {
  /** How often a call is made in all. Default 4. */
  attempts?: number
  /** The longest first pause. It doubles with each attempt. Milliseconds, default 250. */
  firstMs?: number
  /**
   * The longest pause, also where the server asks for more: then the error is thrown. A subscription that has worked waits for as
   * long as the server says. Milliseconds, default 20,000.
   */
  maxMs?: number
}

export const defaultRetry: Required<RetryOptions> = { attempts: 4, firstMs: 250, maxMs: 20_000 }

/** Makes a call until it is answered, as often as its policy allows. For calls that are safe to repeat. */
export async function withRetries<Answer>(
  call: () => Promise<Answer>,
  policy: Required<RetryOptions>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const pause = pauseAfter(error, attempt, policy)
      if (pause === undefined) throw error
      await sleep(pause, signal)
    }
  }
}

/**
 * How long to wait after a failed attempt: what the server asks for, or else a random part of a span that doubles ("full
 * jitter"), so that clients which failed together do not come back together.
 *
 * @returns milliseconds; undefined where there is no use in trying again
 */
export function pauseAfter(error: unknown, attempt: number, policy: Required<RetryOptions>): number | undefined {
  if (!(error instanceof EspalierError) || !mayPass(error) || attempt >= policy.attempts) return undefined
  const { retryAfterSeconds } = error
  if (retryAfterSeconds !== undefined) {
    const asked = Math.min(retryAfterSeconds * 1000, longestTimerMs)
    return asked > policy.maxMs && policy.attempts < Number.POSITIVE_INFINITY ? undefined : asked
  }
  return Math.random() * Math.min(policy.maxMs, policy.firstMs * 2 ** (attempt - 1))
}

/** A timer that is set for longer goes off at once: 24 days. */
const longestTimerMs = 2 ** 31 - 1

/** Whether the same may go well a little later. */
function mayPass({ code, status }: EspalierError): boolean {
  return passing.has(code) || status === 429 || status === 502 || status === 503 || status === 504
}

const passing = new Set(['NETWORK', 'TIMEOUT', 'RATE_LIMITED', 'UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_USE'])

/** @throws the signal's reason when it aborts meanwhile */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
