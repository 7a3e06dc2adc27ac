import tCdf from '@stdlib/stats-base-dists-t-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'
import { around, type ConfidenceOptions, checkConfidence, defaultConfidence, type Interval } from './confidence.ts'
import type { Estimate } from './moments.ts'

/** A treatment against the control, whatever was measured. */
export interface LiftComparison {
  /** Treatment less control, in the metric's unit; null while one of them has no mean. */
  readonly difference: number | null
  /** Of `difference`; null while a variance is not known. */
  readonly standardError: number | null
  /** Null without a variance above 0. */
  readonly differenceInterval: Interval | null
  /** `difference` over the size of the control's mean: 0.1 is 10 % more. Null when that mean is 0. */
  readonly relativeLift: number | null
  readonly relativeInterval: Interval | null
  /** Difference in standard errors. */
  readonly t: number | null
  /** Welch and Satterthwaite's. */
  readonly degreesOfFreedom: number | null
  /** Two-sided, that the difference is 0; null where nothing varies. */
  readonly pValue: number | null
  /** `pValue` below 1 - confidence. */
  readonly significant: boolean
}

/**
 * Welch's t-test of two means with unequal variances, with intervals of the difference and of the relative lift.
 *
 * t = (m2 - m1) / √(v1/n1 + v2/n2); degrees of freedom by Welch and Satterthwaite. The relative lift (m2 - m1)/|m1| has
 * the variance v2/(n2 m1²) + v1 m2²/(n1 m1⁴), by the delta method.
 * Sources: Welch (1947), Biometrika 34, 28-35; Deng, Knoblich, Lu (2018), "Applying the Delta Method in Metric
 * Analytics", KDD.
 *
 * @throws RangeError for a confidence that is not in (0, 1)
 */
export function compareEstimates(
  control: Estimate,
  treatment: Estimate,
  { confidence = defaultConfidence }: ConfidenceOptions = {},
): LiftComparison {
  checkConfidence(confidence)
  const difference = absoluteEffect(control, treatment)
  const relative = relativeEffect(control, treatment)
  const error = difference?.standardError || null
  const degreesOfFreedom = error === null ? null : welchDegreesOfFreedom(control, treatment)
  const t = difference === null || error === null ? null : difference.value / error
  const pValue = t === null || degreesOfFreedom === null ? null : 2 * tCdf(-Math.abs(t), degreesOfFreedom)
  const quantile = degreesOfFreedom === null ? null : -tQuantile((1 - confidence) / 2, degreesOfFreedom)
  const interval = (effect: Effect | null) =>
    effect === null || quantile === null || !effect.standardError
      ? null
      : around(effect.value, quantile * effect.standardError)
  return {
    difference: difference?.value ?? null,
    standardError: difference?.standardError ?? null,
    differenceInterval: interval(difference),
    relativeLift: relative?.value ?? null,
    relativeInterval: interval(relative),
    t,
    degreesOfFreedom,
    pValue,
    significant: pValue !== null && pValue < 1 - confidence,
  }
}

/** A number with its standard error; null where a variance is not known. */
export interface Effect {
  readonly value: number
  readonly standardError: number | null
}

export function absoluteEffect(control: Estimate, treatment: Estimate): Effect | null {
  if (control.mean === null || treatment.mean === null) return null
  const squared = plus(squaredError(control), squaredError(treatment))
  return { value: treatment.mean - control.mean, standardError: squared === null ? null : Math.sqrt(squared) }
}

export function relativeEffect(control: Estimate, treatment: Estimate): Effect | null {
  if (!control.mean || treatment.mean === null) return null
  const ratio = treatment.mean / control.mean
  const squared = plus(squaredError(treatment), squaredError(control), ratio ** 2)
  const effect = {
    value: (treatment.mean - control.mean) / Math.abs(control.mean),
    standardError: squared === null ? null : Math.sqrt(squared) / Math.abs(control.mean),
  }
  // A control next to 0 makes a lift that no number holds.
  return Number.isFinite(effect.value) && Number.isFinite(effect.standardError ?? 0) ? effect : null
}

function welchDegreesOfFreedom(control: Estimate, treatment: Estimate): number | null {
  const [first, second] = [squaredError(control), squaredError(treatment)]
  if (first === null || second === null) return null
  // As shares of the larger, so that tiny variances do not vanish when squared.
  const scale = Math.max(first, second)
  const terms = [
    [first / scale, control.subjects - 1],
    [second / scale, treatment.subjects - 1],
  ] as const
  const spread = terms.reduce((sum, [share, freedom]) => sum + (share === 0 ? 0 : share ** 2 / freedom), 0)
  const degrees = (terms[0][0] + terms[1][0]) ** 2 / spread
  return degrees > 0 ? degrees : null
}

function squaredError({ subjects, variance }: Estimate): number | null {
  return variance === null || subjects === 0 ? null : variance / subjects
}

function plus(a: number | null, b: number | null, times = 1): number | null {
  return a === null || b === null ? null : a + b * times
}
