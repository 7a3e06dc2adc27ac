import type { Random } from '@espalier/core'

/**
 * Seconds between attempts; the first is made at once. Standard Webhooks' own schedule, drawn together to what the house
 * promises: a day, with the tenth by chance still within it.
 */
const delays = [5, 5 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 6 * 3600, 8 * 3600]

/** No attempt is made later than this after a message was to leave. Milliseconds. */
export const retriedForMs = 24 * 3_600_000

/** An endpoint that has failed for so long, without one success in between, is switched off. Milliseconds. */
export const givenUpAfterMs = 3 * 24 * 3_600_000

/**
 * When to try again, up to a tenth later by chance, so that what failed together does not come back together.
 *
 * @param attempts that were made since it was to leave
 * @param retryAfter what the receiver asked for, in seconds or as a date
 * @param giveUpAt the last attempt is made at this time at the latest, whatever the receiver asked for
 * @returns null once all have been made
 */
export function nextAttempt(
  attempts: number,
  now: Date,
  random: Random,
  {
    retryAfter,
    giveUpAt,
  }: { readonly retryAfter?: string | undefined; readonly giveUpAt?: Date | null | undefined } = {},
): Date | null {
  const delay = delays[attempts - 1]
  if (delay === undefined || (giveUpAt && giveUpAt <= now)) return null
  const at = now.getTime() + Math.max(delay * (1 + random.next() / 10), secondsAsked(retryAfter, now)) * 1000
  return new Date(Math.min(at, giveUpAt?.getTime() ?? at))
}

/** Seconds for which a receiver wants to be left alone, of a `Retry-After`; at most a day. 0 where it says nothing that makes sense. */
export function secondsAsked(retryAfter: string | undefined, now: Date): number {
  if (!retryAfter) return 0
  const seconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - now.getTime()) / 1000
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(0, seconds), retriedForMs / 1000)
}

/** For how long nobody tries an endpoint that cannot be reached: a quarter of the time that it has been so, 5 s to 5 min. Milliseconds. */
export function restMs(failingForMs: number): number {
  return Math.min(Math.max(failingForMs / 4, 5_000), 300_000)
}
