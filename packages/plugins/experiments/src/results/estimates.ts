import type { Rules } from '../decisions/rules.ts'
import type { Metric } from '../metrics/metric.ts'
import { weighArrivals } from '../statistics/arrivals.ts'
import type { Interval } from '../statistics/confidence.ts'
import { meanInterval } from '../statistics/meanInterval.ts'
import {
  type CupedMoments,
  cupedEstimates,
  type Estimate,
  type Moments,
  meanEstimate,
  proportionEstimate,
  type RatioMoments,
  ratioEstimate,
} from '../statistics/moments.ts'
import { weighByPeriod } from '../statistics/periods.ts'
import { type Proportion, wilsonInterval } from '../statistics/proportions.ts'
import type { ArmSums, PhaseArms } from './experimentResults.ts'

/** How a metric is read. */
export interface Reading {
  readonly metric: Metric
  /** Takes out what the same subjects did before their exposure. */
  readonly cuped: boolean
}

/** With CUPED where the rules ask for it; a ratio keeps its denominator where that would be kept. */
export function readingOf(metric: Metric, { cupedDays }: Pick<Rules, 'cupedDays'>): Reading {
  return { metric, cuped: cupedDays > 0 && metric.kind !== 'ratio' }
}

/** One arm by itself. */
export interface ArmEstimate {
  /** Exposed in any phase, each once. */
  readonly subjects: number
  /** Of the metric over all of them. */
  readonly sum: number
  /** For each subject, weighted by phase. */
  readonly mean: number | null
  readonly interval: Interval | null
}

/** Whether a metric is a share of subjects: each of them has it or has not. */
export function isProportion({ kind }: Metric): boolean {
  return kind === 'conversion' || kind === 'retention'
}

/**
 * Some arms over the phases in which all of them took part: by phase and weighted, never pooled. A single phase is
 * itself.
 *
 * @returns in the order of the ids, and the phases that were used
 */
export function estimateArms(
  reading: Reading,
  phases: readonly PhaseArms[],
  variantIds: readonly string[],
): { estimates: Estimate[]; used: PhaseArms[] } {
  const used = phases.filter(({ arms }) =>
    variantIds.every((id) => arms.some(({ variantId, subjects }) => variantId === id && subjects > 0)),
  )
  const periods = used.map((phase) => {
    const all = estimatesOf(reading, phase.arms)
    return variantIds.map((id) => all[phase.arms.findIndex(({ variantId }) => variantId === id)] as Estimate)
  })
  const [only] = periods
  if (only && periods.length === 1) return { estimates: only, used }
  const sizes = used.map(({ arms }) => arms.reduce((sum, { subjects }) => sum + subjects, 0))
  const weighted = weighByPeriod(periods, sizes)
  return { estimates: variantIds.map((_, index) => weighted[index] ?? nothing), used }
}

/**
 * Some arms of which not all took part in all phases: each compared with what ran beside it.
 *
 * @returns in the order of the ids; without a mean for an arm that nothing leads to
 */
export function estimateArrivals(
  reading: Reading,
  phases: readonly PhaseArms[],
  variantIds: readonly string[],
): Estimate[] {
  const periods = phases.map((phase) => {
    const all = estimatesOf(reading, phase.arms)
    return variantIds.map((id) => all[phase.arms.findIndex(({ variantId }) => variantId === id)] ?? null)
  })
  const estimates = weighArrivals(periods)
  if (!isProportion(reading.metric)) return estimates
  // What is added up of differences may leave [0, 1]: no arm is known to be below half a conversion.
  return estimates.map((estimate) => {
    const least = 0.5 / Math.max(1, estimate.subjects)
    return estimate.mean === null
      ? estimate
      : { ...estimate, mean: Math.min(1 - least, Math.max(least, estimate.mean)) }
  })
}

/** What is known of one arm, for showing it by itself; Wilson's interval for a rate of one phase. */
export function estimateArm(
  reading: Reading,
  phases: readonly PhaseArms[],
  variantId: string,
  confidence: number,
): ArmEstimate {
  const { estimates, used } = estimateArms(reading, phases, [variantId])
  const estimate = estimates[0] ?? nothing
  const proportion = proportionOf(reading, used, variantId)
  const counted = phases.flatMap(({ arms }) => arms.filter((arm) => arm.variantId === variantId))
  return {
    subjects: counted.reduce((total, { subjects }) => total + subjects, 0),
    sum: counted.reduce((total, { sum }) => total + sum, 0),
    mean: estimate.mean,
    interval: proportion ? wilsonInterval(proportion, confidence) : meanInterval(estimate, { confidence }),
  }
}

/** The counts behind a rate, where it is one and lies in a single phase; undefined otherwise. */
export function proportionOf(
  { metric, cuped }: Reading,
  used: readonly PhaseArms[],
  variantId: string,
): Proportion | undefined {
  const [phase] = used
  if (!phase || used.length > 1 || cuped || !isProportion(metric)) return undefined
  const arm = phase.arms.find((candidate) => candidate.variantId === variantId)
  return arm && { exposures: arm.subjects, conversions: conversionsOf(arm) }
}

const nothing: Estimate = { subjects: 0, mean: null, variance: null }

/** The arms of one phase, each by the kind of the metric. */
function estimatesOf({ metric, cuped }: Reading, arms: readonly ArmSums[]): Estimate[] {
  if (metric.kind === 'ratio') return arms.map((arm) => ratioEstimate(asRatio(arm)))
  if (cuped) return cupedEstimates(arms.map(asCuped))
  if (isProportion(metric)) return arms.map((arm) => proportionEstimate({ ...asMoments(arm), sum: conversionsOf(arm) }))
  return arms.map((arm) => meanEstimate(asMoments(arm)))
}

function asMoments({ subjects, sum, sumOfSquares }: ArmSums): Moments {
  // What was counted of nobody is of nobody.
  return subjects === 0 ? { subjects, sum: 0, sumOfSquares: 0 } : { subjects, sum, sumOfSquares }
}

function asRatio(arm: ArmSums): RatioMoments {
  const { otherSum, otherSumOfSquares, sumOfProducts } = arm.subjects === 0 ? noOthers : arm
  return {
    ...asMoments(arm),
    denominatorSum: otherSum,
    denominatorSumOfSquares: otherSumOfSquares,
    sumOfProducts,
  }
}

function asCuped(arm: ArmSums): CupedMoments {
  const { otherSum, otherSumOfSquares, sumOfProducts } = arm.subjects === 0 ? noOthers : arm
  return { ...asMoments(arm), preSum: otherSum, preSumOfSquares: otherSumOfSquares, sumOfProducts }
}

const noOthers = { otherSum: 0, otherSumOfSquares: 0, sumOfProducts: 0 }

/** A subject converts once; should a counter ever say more, a rate is still no more than all. */
function conversionsOf({ subjects, sum }: ArmSums): number {
  return Math.min(subjects, Math.max(0, Math.round(sum)))
}
