import cdf from '@stdlib/stats-base-dists-normal-cdf'
import quantile from '@stdlib/stats-base-dists-normal-quantile'

/** A range, ends included. */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

/** How sure an interval is, and how strict a test: in (0, 1), 0.95 unless told. */
export interface ConfidenceOptions {
  readonly confidence?: number
}

export const defaultConfidence = 0.95

/** @throws RangeError for a confidence that is not between 0 and 1 */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`The confidence is ${confidence}. It lies between 0 and 1, such as 0.95.`)
}

/** z such that a standard normal lies within ±z with this confidence: 1.96 for 0.95. */
export function twoSidedQuantile(confidence: number): number {
  return normalDeviate((1 - confidence) / 2)
}

/** z above which a standard normal lies with this chance. @param tail in (0, 1), as small as numbers go */
export function normalDeviate(tail: number): number {
  if (tail > 1e-6) return -quantile(tail, 0, 1)
  // The library's quantile loses its digits far out and ends at 1e-100; its cdf does neither. Newton on the logarithm.
  let z = Math.sqrt(-2 * Math.log(tail))
  for (let step = Infinity; Math.abs(step) > 1e-12 * z; z += step) {
    const beyond = cdf(-z, 0, 1)
    step = (Math.log(beyond / tail) * beyond * Math.sqrt(2 * Math.PI)) / Math.exp(-(z ** 2) / 2)
  }
  return z
}

export function around(center: number, halfWidth: number): Interval {
  return { lower: center - halfWidth, upper: center + halfWidth }
}
