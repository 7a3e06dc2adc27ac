import tQuantile from '@stdlib/stats-base-dists-t-quantile'
import { around, type ConfidenceOptions, checkConfidence, defaultConfidence, type Interval } from './confidence.ts'
import type { Estimate } from './moments.ts'

/**
 * Student's interval of one mean: mean ± t √(variance / subjects), with n - 1 degrees of freedom.
 * Source: Student (1908), "The Probable Error of a Mean", Biometrika 6, 1-25.
 *
 * @returns null while the variance is not known, or nothing varies
 * @throws RangeError for a confidence that is not in (0, 1)
 */
export function meanInterval(
  { subjects, mean, variance }: Estimate,
  { confidence = defaultConfidence }: ConfidenceOptions = {},
): Interval | null {
  checkConfidence(confidence)
  if (mean === null || !variance || subjects < 2) return null
  return around(mean, -tQuantile((1 - confidence) / 2, subjects - 1) * Math.sqrt(variance / subjects))
}
