import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'
import { checkConfidence, defaultConfidence, twoSidedQuantile } from './confidence.ts'
import { sequentialQuantile } from './sequential.ts'

/**
 * The variance that a plan for two rates is made with.
 *
 * - `pooled`: of both rates together while there is no effect, of each when there is. Fleiss, Levin, Paik, "Statistical
 *   Methods for Rates and Proportions", 3rd ed., §4.2; R's `power.prop.test`
 * - `baseline`: of the control alone while there is no effect. Evan Miller's calculator, evanmiller.org/ab-testing
 * - `unpooled`: of each rate in both cases
 */
export type ProportionFormula = 'pooled' | 'baseline' | 'unpooled'

/** What is to be compared, of a control and a treatment of the same size. */
export type PlannedMetric =
  /** Rates. The effect is a difference, such as 0.01 for one percentage point. */
  | {
      readonly kind: 'proportion'
      /** The control's rate, in (0, 1). */
      readonly baseline: number
      /** `pooled` unless told. */
      readonly formula?: ProportionFormula
    }
  /** Means by Welch's test. The effect is a difference, in the metric's unit. */
  | {
      readonly kind: 'mean'
      /** Of single subjects, above 0. */
      readonly deviation: number
    }
  /** Relative lift by the delta method. The effect is a share of the control's mean: 0.05 is 5 % more. GrowthBook's. */
  | {
      readonly kind: 'relative'
      /** The control's mean or rate, not 0. */
      readonly mean: number
      /** Of single subjects, above 0; √(p (1 - p)) of a rate. */
      readonly deviation: number
    }

export interface PlanOptions {
  /** 1 - α of the two-sided test, in (0, 1); 0.95 unless told. */
  readonly confidence?: number
  /** Plans for the always-valid test with this N*: what its last look finds. Earlier looks find a little more. */
  readonly sequentialTuning?: number
}

/** No plan is larger, nor could be counted exactly. */
const mostSubjects = 2 ** 52

/**
 * The chance that the test finds an effect that is there, in either direction.
 *
 * Φ((|effect| - c se₀)/se₁) + Φ((-|effect| - c se₀)/se₁), c the critical value of the test. Of means by Student's t, with the
 * normal approximation to its noncentral distribution, within 0.001 from 10 subjects on: Abramowitz & Stegun 26.7.10.
 *
 * @param subjectsPerArm from 2
 * @returns in (0, 1)
 * @throws RangeError for a rate, deviation, mean or confidence that cannot be
 */
export function power(
  metric: PlannedMetric,
  effect: number,
  subjectsPerArm: number,
  options: PlanOptions = {},
): number {
  checkMetric(metric, effect)
  if (!(subjectsPerArm >= 2 && Number.isFinite(subjectsPerArm)))
    throw new RangeError(`There are ${subjectsPerArm} subjects in an arm. A test needs 2 at least.`)
  const { calm, moved } = errorsOf(metric, effect)
  const [still, tail] = [calm / moved, (Math.abs(effect) / moved) * Math.sqrt(subjectsPerArm)]
  const { critical, shrink, spread } = criticalValue(metric, subjectsPerArm, options)
  const beyond = (distance: number) => normalCdf((distance - critical * shrink * still) / spread, 0, 1)
  return Math.min(1, beyond(tail) + beyond(-tail))
}

/**
 * How many subjects each arm needs for the test to find the effect with the wanted chance.
 *
 * @param effect not 0
 * @param wanted the power, above 1 - confidence and below 1; 0.8 by custom
 * @returns whole; null when more than 2⁵² would be needed
 */
export function subjectsPerArm(
  metric: PlannedMetric,
  effect: number,
  wanted = 0.8,
  options: PlanOptions = {},
): number | null {
  const { confidence = defaultConfidence } = options
  checkPower(wanted, confidence)
  if (effect === 0)
    throw new RangeError('The effect is 0, which no number of subjects shows. Give the least that matters.')
  const enough = (subjects: number) => power(metric, effect, subjects, options) >= wanted
  if (!enough(mostSubjects)) return null
  let below = 2
  let above = 2
  while (!enough(above)) {
    below = above
    above *= 2
  }
  while (above - below > 1e-9 * above) {
    const middle = (below + above) / 2
    if (enough(middle)) above = middle
    else below = middle
  }
  return Math.max(2, Math.ceil(above * (1 - 1e-9)))
}

/**
 * The least effect upward that the test finds with the wanted chance, as a difference or relative lift as the metric says.
 *
 * @returns null when even the largest possible effect is not found, such as a rate of 1
 */
export function detectableEffect(
  metric: PlannedMetric,
  subjectsPerArm: number,
  wanted = 0.8,
  options: PlanOptions = {},
): number | null {
  checkPower(wanted, options.confidence ?? defaultConfidence)
  const enough = (effect: number) => power(metric, effect, subjectsPerArm, options) >= wanted
  const most = metric.kind === 'proportion' ? 1 - metric.baseline : Infinity
  let below = 0
  let above = Math.min(most, errorsOf(metric, 0).moved / Math.sqrt(subjectsPerArm))
  for (let doublings = 0; !enough(above); doublings++) {
    // The error of a lift grows with the lift: where 2⁶⁴ errors are not enough, none are.
    if (above === most || doublings === 64) return null
    below = above
    above = Math.min(most, above * 2)
  }
  while (above - below > 1e-12 * above) {
    const middle = (below + above) / 2
    if (enough(middle)) above = middle
    else below = middle
  }
  return above
}

/** Standard errors of the difference for one subject in each arm: while there is no effect, and with it. */
function errorsOf(metric: PlannedMetric, effect: number): { calm: number; moved: number } {
  switch (metric.kind) {
    case 'mean': {
      const error = metric.deviation * Math.SQRT2
      return { calm: error, moved: error }
    }
    case 'relative': {
      const error = (metric.deviation / Math.abs(metric.mean)) * Math.hypot(1, 1 + effect)
      return { calm: error, moved: error }
    }
    case 'proportion': {
      const { baseline, formula = 'pooled' } = metric
      const other = baseline + effect
      const moved = Math.sqrt(spreadOf(baseline) + spreadOf(other))
      if (formula === 'unpooled') return { calm: moved, moved }
      return { calm: Math.sqrt(2 * spreadOf(formula === 'pooled' ? (baseline + other) / 2 : baseline)), moved }
    }
  }
}

function spreadOf(rate: number): number {
  return rate * (1 - rate)
}

/** In standard errors, with the two corrections of 26.7.10, which vanish as subjects grow. */
function criticalValue(
  metric: PlannedMetric,
  subjects: number,
  { confidence = defaultConfidence, sequentialTuning }: PlanOptions,
): { critical: number; shrink: number; spread: number } {
  checkConfidence(confidence)
  if (sequentialTuning !== undefined)
    return {
      critical: sequentialQuantile(2 * subjects, { confidence, tuning: sequentialTuning }),
      shrink: 1,
      spread: 1,
    }
  if (metric.kind !== 'mean') return { critical: twoSidedQuantile(confidence), shrink: 1, spread: 1 }
  const freedom = 2 * subjects - 2
  const critical = -tQuantile((1 - confidence) / 2, freedom)
  return { critical, shrink: 1 - 1 / (4 * freedom), spread: Math.sqrt(1 + critical ** 2 / (2 * freedom)) }
}

function checkMetric(metric: PlannedMetric, effect: number): void {
  if (!Number.isFinite(effect)) throw new RangeError(`The effect is ${effect}. It is a finite number.`)
  if (metric.kind === 'proportion') {
    const { baseline } = metric
    if (!(baseline > 0 && baseline < 1))
      throw new RangeError(`The baseline is ${baseline}. A rate to plan with lies between 0 and 1, such as 0.05.`)
    if (baseline + effect < 0 || baseline + effect > 1)
      throw new RangeError(
        `A baseline of ${baseline} with an effect of ${effect} is no rate. The effect is a difference of rates, such as 0.01.`,
      )
    return
  }
  if (!(metric.deviation > 0 && Number.isFinite(metric.deviation)))
    throw new RangeError(`The standard deviation is ${metric.deviation}. It is finite and above 0.`)
  if (metric.kind === 'relative' && !(metric.mean !== 0 && Number.isFinite(metric.mean)))
    throw new RangeError(`The mean is ${metric.mean}. A relative lift needs one that is finite and not 0.`)
}

function checkPower(wanted: number, confidence: number): void {
  checkConfidence(confidence)
  if (!(wanted > 1 - confidence && wanted < 1))
    throw new RangeError(
      `The power is ${wanted}. It lies between ${Number((1 - confidence).toPrecision(12))}, which no effect at all has, and 1; 0.8 by custom.`,
    )
}
