import { around, type ConfidenceOptions, checkConfidence, defaultConfidence, type Interval } from './confidence.ts'
import { absoluteEffect, type Effect, relativeEffect } from './lift.ts'
import type { Estimate } from './moments.ts'

export interface SequentialOptions extends ConfidenceOptions {
  /**
   * N*: the subjects of both arms together at which one usually decides; there the interval is at its best. Any value
   * above 0 is valid, if it stays the same from the first look to the last. 5,000 unless told.
   */
  readonly tuning?: number
}

export interface SequentialResult {
  /** Of the difference, in the metric's unit: holds at all looks together. Null while nothing varies. */
  readonly interval: Interval | null
  /** Of the relative lift; null also when the control's mean is 0. */
  readonly relativeInterval: Interval | null
  /** Below 1 - confidence exactly when `interval` leaves 0 out. */
  readonly pValue: number | null
}

export const defaultTuning = 5_000

/**
 * A comparison that may be looked at after every visitor and stopped at any look: an asymptotic confidence sequence
 * and its p-value. Whoever looks often shows the smallest p-value so far, which is valid too.
 *
 * ρ² = (-2 ln α + ln(1 - 2 ln α)) / N*; half width = se √n √(2 (nρ² + 1)/(nρ)² · ln(√(nρ² + 1)/α)), n = n1 + n2;
 * p = min(1, √(nρ² + 1) exp(-ρ² n d²/(2 se² (nρ² + 1)))).
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", arXiv 2103.06476v7, equations 9, 155 and 161; the same as GrowthBook's sequential test.
 *
 * @throws RangeError for a confidence that is not in (0, 1), or a tuning that is not above 0
 */
export function alwaysValid(
  control: Estimate,
  treatment: Estimate,
  { confidence = defaultConfidence, tuning = defaultTuning }: SequentialOptions = {},
): SequentialResult {
  const subjects = control.subjects + treatment.subjects
  const quantile = sequentialQuantile(subjects, { confidence, tuning })
  const interval = (effect: Effect | null) =>
    effect?.standardError ? around(effect.value, quantile * effect.standardError) : null
  const difference = absoluteEffect(control, treatment)
  const t = difference?.standardError ? difference.value / difference.standardError : null
  return {
    interval: interval(difference),
    relativeInterval: interval(relativeEffect(control, treatment)),
    pValue: t === null ? null : sequentialPValue(t, subjects, { confidence, tuning }),
  }
}

/**
 * What the normal quantile is to an interval of one look, this is to an always-valid one: the half width in standard
 * errors. 3.04 at N* itself for 95 %, where one look has 1.96.
 *
 * @param subjects of both arms together, above 0
 */
export function sequentialQuantile(subjects: number, options: Required<SequentialOptions>): number {
  const information = informationOf(subjects, options)

  if (information === 0) return Infinity
  const alpha = 1 - options.confidence
  return Math.sqrt((2 * (information + 1) * (Math.log1p(information) / 2 - Math.log(alpha))) / information)
}

function sequentialPValue(t: number, subjects: number, options: Required<SequentialOptions>): number {
  const information = informationOf(subjects, options)
  const logEvidence = (information * t ** 2) / (2 * (information + 1)) - Math.log1p(information) / 2
  return Math.min(1, Math.exp(-logEvidence))
}

/** n ρ² */
function informationOf(subjects: number, { confidence, tuning }: Required<SequentialOptions>): number {
  checkConfidence(confidence)
  if (!(tuning > 0 && Number.isFinite(tuning)))
    throw new RangeError(
      `The tuning of the sequential test is ${tuning}. Give the number of subjects at which you usually decide, such as 5000.`,
    )
  const evidence = -2 * Math.log(1 - confidence)
  return (subjects * (evidence + Math.log1p(evidence))) / tuning
}
