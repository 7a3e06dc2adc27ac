import type { Rules } from '../decisions/rules.ts'
import type { Experiment } from '../experiment.ts'
import type { Metric } from '../metrics/metric.ts'
import { correctFamily } from './correct.ts'
import type { MetricVariantResult } from './experimentResults.ts'
import { metricResults, sampleRatioOf } from './resultsOf.ts'
import { armsOf, exposuresId, type PhaseWeights, type SliceDimension, type Total } from './totals.ts'

/** A metric by the values of a dimension, the largest slice first. */
export interface Slices {
  readonly dimension: SliceDimension
  readonly slices: readonly Slice[]
  /** Slices beyond those that are shown. */
  readonly omitted: number
}

export interface Slice {
  /** Of the dimension, such as "mobile"; null is unknown. */
  readonly value: string | null
  readonly subjects: number
  /** Of the shares within the slice; null while too few were seen. */
  readonly sampleRatio: { readonly pValue: number; readonly alarm: boolean } | null
  readonly variants: readonly MetricVariantResult[]
}

/** A world of countries does not fit on a screen; what is beyond these is too small to tell anything. */
const mostSlices = 50

/**
 * A metric by device, country or channel of the exposure. All comparisons of all slices are one family, corrected by
 * Benjamini and Hochberg: who looks through fifty slices finds something by chance.
 */
export function slicesOf(
  experiment: Pick<Experiment, 'variants'>,
  metric: Metric,
  { dimension, totals, weights }: { dimension: SliceDimension; totals: readonly Total[]; weights: PhaseWeights },
  rules: Pick<Rules, 'confidence' | 'cupedDays'>,
): Slices {
  const all = [...Map.groupBy(totals, ({ value }) => value)]
    .map(([value, ofValue]) => {
      const { pValue, alarm } = sampleRatioOf(experiment, armsOf(ofValue, exposuresId, weights))
      const { variants } = metricResults(
        experiment,
        { metric, role: 'secondary' },
        armsOf(ofValue, metric.id, weights),
        { ...rules, plannedReached: false },
        new Map(),
      )
      return {
        value: value === '' ? null : value,
        subjects: variants.reduce((sum, { subjects }) => sum + subjects, 0),
        sampleRatio: pValue === null ? null : { pValue, alarm },
        variants,
      }
    })
    .sort((a, b) => b.subjects - a.subjects || (a.value ?? '').localeCompare(b.value ?? ''))
  const shown = all.slice(0, mostSlices)
  const comparisons = shown.flatMap(({ variants }) => variants.flatMap(({ comparison }) => comparison ?? []))
  const corrected = correctFamily(comparisons, 'benjamini-hochberg', rules.confidence)
  return {
    dimension,
    slices: shown.map((slice) => ({
      ...slice,
      variants: slice.variants.map((variant) => ({
        ...variant,
        comparison: variant.comparison && (corrected.get(variant.comparison) ?? null),
      })),
    })),
    omitted: all.length - shown.length,
  }
}
