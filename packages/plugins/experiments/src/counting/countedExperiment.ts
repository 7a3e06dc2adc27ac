import { type Buckets, bucketOf, bucketRanges, compileBuckets, type HashVersion } from '../assignment/buckets.ts'
import { compileMeasure, countsOnce, type Measure, type Span, spanOf } from '../metrics/measure.ts'
import type { Metric } from '../metrics/metric.ts'
import type { Caps, Once } from './subjectValue.ts'

/** What counting needs of an experiment that runs: computed once, read for every event. */
export interface CountedExperiment {
  readonly id: string
  readonly key: string
  /** Changes with whatever changes how it is counted while it runs. */
  readonly version: string
  /** Id → key, the retired ones among them, in order. */
  readonly variants: ReadonlyMap<string, string>
  /** In order of their numbers; one at least. */
  readonly phases: readonly CountedPhase[]
  /** In the order of the goals. */
  readonly metrics: readonly CountedMetric[]
  /** Days before the exposure that CUPED looks at; 0 is off. */
  readonly cupedDays: number
}

export interface CountedPhase {
  readonly number: number
  readonly startedAt: Date
  /** Of all variants, in order, without conditions and hours. */
  readonly buckets: Buckets
}

/**
 * @param variantIds in order
 * @param weights variant id → share of the subjects; a variant that is missing has none
 * @param coverage share of the subjects that take part
 */
export function countedPhase(
  number: number,
  startedAt: Date,
  { seed, hashVersion }: { readonly seed: string; readonly hashVersion: HashVersion },
  variantIds: readonly string[],
  weights: Readonly<Record<string, number>>,
  coverage: number,
): CountedPhase {
  const shares = variantIds.map((id) => weights[id] ?? 0)
  return {
    number,
    startedAt,
    buckets: compileBuckets(seed, hashVersion, bucketRanges(variantIds.length, coverage, shares)),
  }
}

/** A metric as it is counted for one experiment. */
export interface CountedMetric {
  readonly id: string
  /** What is measured or, of a ratio, what is above its line. */
  readonly above: MeasuredPart
  /** Of a ratio: what is below its line. */
  readonly below: MeasuredPart | null
  readonly once: Once
  readonly caps: Caps
  /** Whether what was before the exposure may be taken into account. */
  readonly hasBefore: boolean
}

export interface MeasuredPart {
  readonly metric: Metric
  readonly measure: Measure
  readonly spanOf: (attributionDays: number) => Span
}

/** @param cap what the metric's percentile came to, where it has one and that is known */
export function countedMetric(
  metric: Metric,
  numerator: Metric | null,
  denominator: Metric | null,
  cap: number | null,
): CountedMetric {
  const [upper, lower] = metric.kind === 'ratio' ? [numerator as Metric, denominator] : [metric, null]
  return {
    id: metric.id,
    above: measuredPart(upper),
    below: lower && measuredPart(lower),
    once: { value: countsOnce(upper), denominator: lower !== null && countsOnce(lower) },
    caps: { value: cap ?? upper.cap, denominator: lower?.cap ?? null },
    hasBefore: lower === null && upper.kind !== 'retention',
  }
}

function measuredPart(metric: Metric): MeasuredPart {
  return { metric, measure: compileMeasure(metric), spanOf: (attributionDays) => spanOf(metric, attributionDays) }
}

/** The phase at an instant; what is from before the first belongs to the first. */
export function phaseAt({ phases }: Pick<CountedExperiment, 'phases'>, at: Date): CountedPhase {
  return phases.findLast(({ startedAt }) => startedAt <= at) ?? (phases[0] as CountedPhase)
}

/**
 * The variant that the hash gives a subject in a phase, whatever it has: without conditions, hours and what it remembers.
 * Undefined for a subject beyond the coverage.
 */
export function predictedVariant(
  { variants }: CountedExperiment,
  { buckets }: CountedPhase,
  subject: string,
): string | undefined {
  const index = bucketOf(buckets, subject)
  return index < 0 ? undefined : [...variants.keys()][index]
}
