import type { Experiment, Variant } from '../experiment.ts'
import type { Interval } from '../statistics/confidence.ts'
import { compareProportions, type ProportionComparison, wilsonInterval } from '../statistics/proportions.ts'

export interface VariantResult {
  readonly variant: Variant
  readonly exposures: number
  readonly conversions: number
  /** Conversions over exposures, in [0, 1]; null without an exposure. */
  readonly rate: number | null
  /** Wilson's interval of the rate. */
  readonly rateInterval: Interval | null
  /** Against the control; null for the control itself. */
  readonly comparison: ProportionComparison | null
}

export interface ExperimentResults {
  readonly exposures: number
  readonly conversions: number
  /** In (0, 1): the level of the intervals and of `significant`. */
  readonly confidence: number
  readonly variants: readonly VariantResult[]
}

/** The results of an experiment from its counts: a pure function, so that the same counts always read the same. */
export function resultsOf(experiment: Experiment, confidence: number): ExperimentResults {
  const [control] = experiment.variants
  const variants = experiment.variants.map((variant): VariantResult => {
    const counts = { exposures: variant.exposureCount, conversions: variant.conversionCount }
    const baseline = { exposures: control?.exposureCount ?? 0, conversions: control?.conversionCount ?? 0 }
    return {
      variant,
      ...counts,
      rate: counts.exposures === 0 ? null : counts.conversions / counts.exposures,
      rateInterval: wilsonInterval(counts, confidence),
      comparison: variant === control ? null : compareProportions(baseline, counts, confidence),
    }
  })
  return {
    exposures: variants.reduce((sum, { exposures }) => sum + exposures, 0),
    conversions: variants.reduce((sum, { conversions }) => sum + conversions, 0),
    confidence,
    variants,
  }
}
