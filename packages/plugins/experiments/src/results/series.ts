import type { Rules } from '../decisions/rules.ts'
import type { Experiment, Variant } from '../experiment.ts'
import type { Metric } from '../metrics/metric.ts'
import type { Interval } from '../statistics/confidence.ts'
import { testVariants } from './comparison.ts'
import { estimateArm, readingOf } from './estimates.ts'
import { armsOf, exposuresId, type PhaseWeights, type Total } from './totals.ts'

/** A metric at the end of a day, of everything up to then. */
export interface SeriesPoint {
  /** "2026-11-21", in the workspace's time zone. */
  readonly day: string
  readonly variants: readonly SeriesVariant[]
}

export interface SeriesVariant {
  readonly variant: Variant
  /** Exposed so far, each once. */
  readonly subjects: number
  /** Of the metric so far, over all of them. */
  readonly sum: number
  /** What this day alone added to both. */
  readonly subjectsOfDay: number
  readonly sumOfDay: number
  readonly mean: number | null
  readonly interval: Interval | null
  /** Over the control, with the interval that is valid on every day together; null for the control. */
  readonly relativeLift: number | null
  readonly relativeInterval: Interval | null
}

/**
 * The cumulative course of a metric. A day on which nothing happened has no point: what was known before goes on.
 *
 * @param counted totals by day, in order
 */
export function seriesOf(
  { variants }: Pick<Experiment, 'variants'>,
  metric: Metric,
  { totals, weights }: { totals: readonly Total[]; weights: PhaseWeights },
  { confidence, cupedDays }: Pick<Rules, 'confidence' | 'cupedDays'>,
): SeriesPoint[] {
  const reading = readingOf(metric, { cupedDays })
  const soFar = new Map<string, Total>()
  const days = Map.groupBy(totals, ({ day }) => day)
  return [...days].map(([day, added]) => {
    for (const total of added) {
      const key = `${total.phase} ${total.metricId} ${total.variantId}`
      soFar.set(key, plus(soFar.get(key), total))
    }
    const known = [...soFar.values()]
    const begun = new Set(known.map(({ phase }) => phase))
    const phases = armsOf(known, metric.id, new Map([...weights].filter(([phase]) => begun.has(phase))))
    const control = variants[0]
    return {
      day,
      variants: variants.map((variant) => {
        const comparison =
          control && variant !== control
            ? testVariants(reading, phases, [control.id, variant.id], { confidence, plannedReached: false })
            : null
        return {
          variant,
          ...estimateArm(reading, phases, variant.id, confidence),
          ...ofDay(added, metric, variant),
          relativeLift: comparison?.relativeLift ?? null,
          relativeInterval: comparison?.sequential.relativeInterval ?? null,
        }
      }),
    }
  })
}

/** Exposures of the day, and what was done that day by whoever was exposed by then. */
function ofDay(added: readonly Total[], metric: Metric, { id }: Variant) {
  const own = added.filter(({ variantId }) => variantId === id)
  const total = (metricId: string, part: 'subjects' | 'sum') =>
    own.reduce((sum, row) => sum + (row.metricId === metricId ? row[part] : 0), 0)
  return { subjectsOfDay: total(exposuresId, 'subjects'), sumOfDay: total(metric.id, 'sum') }
}

function plus(before: Total | undefined, added: Total): Total {
  if (!before) return added
  return {
    ...before,
    subjects: before.subjects + added.subjects,
    sum: before.sum + added.sum,
    sumOfSquares: before.sumOfSquares + added.sumOfSquares,
    otherSum: before.otherSum + added.otherSum,
    otherSumOfSquares: before.otherSumOfSquares + added.otherSumOfSquares,
    sumOfProducts: before.sumOfProducts + added.sumOfProducts,
  }
}
