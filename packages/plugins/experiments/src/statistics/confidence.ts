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
  return -quantile((1 - confidence) / 2, 0, 1)
}

export function around(center: number, halfWidth: number): Interval {
  return { lower: center - halfWidth, upper: center + halfWidth }
}
