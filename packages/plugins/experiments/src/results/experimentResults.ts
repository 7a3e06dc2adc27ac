import type { Variant } from '../experiment.ts'
import type { Metric, MetricRole } from '../metrics/metric.ts'
import type { Interval } from '../statistics/confidence.ts'

/** What came of an experiment: what verdicts, bandits and people read. */
export interface ExperimentResults {
  readonly experimentId: string
  /** The phase that runs, or ran last; 0 for a draft. */
  readonly phase: number
  /** In (0, 1): the level of the intervals and of `significant`. */
  readonly confidence: number
  /** Subjects who saw any variant, each once. */
  readonly exposures: number
  /** By variant, in order. */
  readonly variants: readonly VariantExposures[]
  /** Whether the variants got their shares; null while too few subjects were seen to tell. */
  readonly sampleRatio: { readonly pValue: number; readonly alarm: boolean } | null
  /** Whether every variant has the subjects that were planned; false without a plan. */
  readonly plannedReached: boolean
  /** In the order of the experiment's goals. */
  readonly metrics: readonly MetricResults[]
}

export interface VariantExposures {
  readonly variant: Variant
  /** Subjects exposed, each once. */
  readonly exposures: number
}

export interface MetricResults {
  readonly metric: Metric
  readonly role: MetricRole
  /** In the order of the experiment's variants; the first is the control. */
  readonly variants: readonly MetricVariantResult[]
}

export interface MetricVariantResult {
  readonly variant: Variant
  /** Subjects exposed, each once. */
  readonly subjects: number
  /** Of the metric over all subjects: conversions, events, money in its smallest unit, seconds. */
  readonly sum: number
  /** A rate in [0, 1], or a mean for each subject, weighted by phase; null without a subject. */
  readonly mean: number | null
  readonly interval: Interval | null
  /** Against the control; null for the control itself. */
  readonly comparison: VariantComparison | null
  /** Probability that this variant is the best of all by this metric, in [0, 1]; null while nothing is known of one. */
  readonly chanceToBeBest: number | null
}

export interface VariantComparison {
  /** Mean minus the mean of the control; null while one of them has no subject. */
  readonly difference: number | null
  /** At a fixed horizon. */
  readonly differenceInterval: Interval | null
  /** `difference` over the mean of the control; null where that is 0. */
  readonly relativeLift: number | null
  readonly relativeInterval: Interval | null
  /** Of a look at the planned size; all null before it is reached, because looking early makes them lie. */
  readonly fixed: {
    readonly pValue: number | null
    /** Corrected for the number of comparisons. */
    readonly adjustedPValue: number | null
  }
  /** Valid whenever one looks. */
  readonly sequential: {
    readonly pValue: number | null
    readonly adjustedPValue: number | null
    /** Of the difference. */
    readonly interval: Interval | null
    readonly relativeInterval: Interval | null
  }
  /** Probability that it is better than the control, in [0, 1]. */
  readonly chanceToWin: number | null
  /** What choosing it would cost on average, were it the worse one, in the metric's unit. */
  readonly expectedLoss: number | null
  /** By the fixed test once the planned size is reached, by the always-valid one before. */
  readonly significant: boolean
  /** Whether the difference goes the way that is better; null without a difference. */
  readonly better: boolean | null
}

/** Sums over the subjects of one arm, each once. */
export interface ArmSums {
  readonly variantId: string
  readonly subjects: number
  readonly sum: number
  readonly sumOfSquares: number
  /** Of the denominator of a ratio, or of the same metric before the exposure. */
  readonly otherSum: number
  readonly otherSumOfSquares: number
  readonly sumOfProducts: number
}

/** The arms of a metric in one phase: what is never pooled with another. */
export interface PhaseArms {
  readonly phase: number
  /** Variant id → share of the subjects in that phase. */
  readonly weights: Readonly<Record<string, number>>
  readonly arms: readonly ArmSums[]
}
