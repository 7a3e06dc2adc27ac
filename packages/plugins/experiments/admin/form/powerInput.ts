import type { ExperimentSizeInput } from '../graphql/graphql.ts'

/** What one expects before an experiment begins. */
export interface Expectation {
  /** What the control does: a rate from 0 to 1, or a mean where `deviation` is given. */
  readonly baseline: number | null
  /** Standard deviation of single visitors, in the unit of the mean. Undefined: the baseline is a rate. */
  readonly deviation?: number | null | undefined
  /** In all variants together. */
  readonly perDay: number | null
  /** The least lift that matters, as a share of the baseline. */
  readonly lift: number | null
  readonly power: number
  readonly variants: number
  readonly confidence: number | null
}

/**
 * Lifts around the one that is looked for, ascending, with itself in the middle: the points of the curve.
 *
 * @param rate of the control; undefined for a mean, which has no end
 */
export function liftsAround(lift: number, rate: number | undefined): number[] {
  return (
    [0.5, 0.65, 0.8, 1, 1.25, 1.6, 2, 2.5, 3]
      .map((factor) => Number((lift * factor).toPrecision(3)))
      // A rate does not go beyond 1.
      .filter((one) => rate === undefined || rate * (1 + one) < 1)
  )
}

/** As the API takes it. Undefined: something is missing, or makes no rate between 0 and 1. */
export function sizeInput(
  { baseline, deviation, perDay, power, variants, confidence }: Expectation,
  lift: number | null,
): ExperimentSizeInput | undefined {
  if (baseline === null || lift === null || lift <= 0 || baseline <= 0) return undefined
  if (deviation === undefined && baseline * (1 + lift) >= 1) return undefined
  if (deviation !== undefined && (deviation === null || deviation <= 0)) return undefined
  return {
    baseline,
    ...(deviation == null ? {} : { deviation }),
    lift,
    power,
    variants: Math.min(20, Math.max(2, variants)),
    ...(confidence === null ? {} : { confidence }),
    ...(perDay === null || perDay <= 0 ? {} : { subjectsPerDay: perDay }),
  }
}
