import type { Random } from '@espalier/core'

/** Seconds between attempts, as Standard Webhooks recommend; the first attempt is made at once. About three days in all. */
const delays = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600]

/** An endpoint that has failed for so long, without one success in between, is switched off. Milliseconds. */
export const givenUpAfterMs = 3 * 86_400_000

/**
 * When to try again, up to a tenth later by chance, so that what failed together does not come back together.
 *
 * @param attempts that were made
 * @param retryAfter what the receiver asked for, in seconds or as a date; heeded up to a day
 * @returns null once all have been made
 */
export function nextAttempt(attempts: number, now: Date, random: Random, retryAfter?: string): Date | null {
  const delay = delays[attempts - 1]
  if (delay === undefined) return null
  const asked = Math.min(secondsOf(retryAfter, now), 86_400)
  return new Date(now.getTime() + Math.max(delay * (1 + random.next() / 10), asked) * 1000)
}

function secondsOf(retryAfter: string | undefined, now: Date): number {
  if (!retryAfter) return 0
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter)
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? 0 : Math.max(0, (date - now.getTime()) / 1000)
}
