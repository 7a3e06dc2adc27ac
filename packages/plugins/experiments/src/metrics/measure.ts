import { compileFilter, type MeasuredEvent } from './filter.ts'
import type { Metric } from './metric.ts'

/** What one event adds to a metric, in its unit; undefined where it adds nothing. */
export type Measure = (event: MeasuredEvent) => number | undefined

/** Amounts beyond it are no measurements; squares of those within add up without loss of range. */
const largestAmount = 1e12

/**
 * What an event means for a metric, a pure function of the two. A conversion and a return are 1, a count 1 each time,
 * a value an amount (of a property, or in the smallest unit of the currency), engagement seconds. When and how
 * often it counts for a subject is another question: {@link spanOf} and {@link countsOnce}.
 *
 * @throws RangeError for a ratio, which is measured by its two metrics
 */
export function compileMeasure(metric: Metric): Measure {
  if (metric.kind === 'ratio')
    throw new RangeError(`The metric "${metric.key}" is a ratio. Measure what is above and what is below its line.`)
  const passes = compileFilter(metric.filter)
  const amount = amountOf(metric)
  return (event) => (reaches(event, metric.event) && passes(event) ? amount(event) : undefined)
}

/** A metric's event is the name of one, or the goal that a `conversion` names; null is any. */
function reaches({ name, goal }: MeasuredEvent, wanted: string | null): boolean {
  return wanted === null || name === wanted || (name === 'conversion' && goal === wanted)
}

function amountOf({ kind, property, currency }: Metric): Measure {
  if (kind === 'engagement') return ({ metrics }) => (metrics?.engagedMs ? metrics.engagedMs / 1000 : undefined)
  if (kind !== 'value') return () => 1
  if (property === null)
    return ({ value }) => (value?.currency === currency && value?.amountMinor ? value.amountMinor : undefined)
  return ({ properties }) => {
    const amount = properties?.[property]
    return typeof amount === 'number' && amount !== 0 && Math.abs(amount) <= largestAmount ? amount : undefined
  }
}

/** Whether the first time is the only one that counts. */
export function countsOnce({ kind }: Metric): boolean {
  return kind === 'conversion' || kind === 'retention'
}

/** From and to, in milliseconds after the exposure: [from, to). */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const hourMs = 3600_000

/**
 * When after its exposure a subject's events count for a metric.
 *
 * @param attributionDays the workspace's window, for metrics without one of their own
 */
export function spanOf({ kind, retentionFrom, retentionTo, windowHours }: Metric, attributionDays: number): Span {
  if (kind === 'retention')
    return { fromMs: (retentionFrom ?? 0) * 24 * hourMs, toMs: (retentionTo ?? 0) * 24 * hourMs }
  return { fromMs: 0, toMs: (windowHours ?? attributionDays * 24) * hourMs }
}
