import { baseOf, type Metric, type MetricPoint, totalOf } from './metric.ts'
import { robustScore } from './robustScore.ts'
import type { Span } from './windows.ts'

/** When to raise an alert, as far as numbers go. */
export interface Condition {
  readonly kind: 'threshold' | 'anomaly'
  readonly direction: 'above' | 'below' | 'both'
  readonly threshold: number | null
  /** Robust z-score from which on a value is an anomaly. */
  readonly sensitivity: number
  /** Least volume: of a share what is below its line, of others what is usual. Below it nothing is judged. */
  readonly minimum: number
}

/** What a rule found in a span. */
export interface Reading {
  readonly span: Span
  /** Null where there is too little to say. */
  readonly value: number | null
  /** Median of the same time of past weeks; for anomalies. */
  readonly expected: number | null
  readonly spread: number | null
  readonly score: number | null
  /** Past values that it was compared with. */
  readonly compared: number
  /**
   * `met`: raise an alert; `clear`: end one. Between them lies a margin in which an alert stays what it is, so that a value
   * at the edge does not open and end one after the other. `unknown`: too little data.
   */
  readonly verdict: 'met' | 'margin' | 'clear' | 'unknown'
}

/** Past values without which there is no saying what is usual. */
export const leastPast = 4
/** An alert of a threshold ends this much on the good side of it, as a share of it. */
const thresholdMargin = 0.05

/**
 * Judges a span by its points, and by those of the same time in past weeks.
 *
 * @param past spans for which there are data, with their points
 */
export function judge(
  metric: Pick<Metric, 'unit'>,
  condition: Condition,
  span: Span,
  points: readonly MetricPoint[],
  past: readonly (readonly MetricPoint[])[] = [],
): Reading {
  const value = totalOf(metric, points)
  const none = { span, value, expected: null, spread: null, score: null, compared: 0 }
  const base = baseOf(points)
  if (value === null || (metric.unit === 'share' && base < condition.minimum)) return { ...none, verdict: 'unknown' }
  if (condition.kind === 'threshold') return { ...none, verdict: againstThreshold(value, condition) }

  const values = past.map((points) => totalOf(metric, points)).filter((value) => value !== null)
  if (values.length < leastPast) return { ...none, compared: values.length, verdict: 'unknown' }
  const { median: expected } = robustScore(value, values)
  const { spread, score } = robustScore(value, values, leastSpread(metric.unit, expected, base))
  const reading = { span, value, expected, spread, score, compared: values.length }
  if (metric.unit !== 'share' && expected < condition.minimum) return { ...reading, verdict: 'unknown' }
  const towards = { above: score, below: -score, both: Math.abs(score) }[condition.direction]
  const { sensitivity } = condition
  return { ...reading, verdict: towards >= sensitivity ? 'met' : towards < sensitivity / 2 ? 'clear' : 'margin' }
}

function againstThreshold(value: number, { direction, threshold }: Condition): Reading['verdict'] {
  const limit = threshold ?? 0
  const beyond = direction === 'below' ? limit - value : value - limit
  if (beyond > 0) return 'met'
  return -beyond >= Math.abs(limit) * thresholdMargin ? 'clear' : 'margin'
}

/**
 * What chance alone makes a value vary by: counts as Poisson has it, the root of what is expected; shares as the binomial
 * distribution has it; money by a tenth of what is usual, and by a cent.
 */
function leastSpread(unit: Metric['unit'], expected: number, base: number): number {
  if (unit === 'count') return Math.sqrt(Math.max(expected, 1))
  if (unit === 'microDollars') return Math.max(expected / 10, 10_000)
  // A share that was always 0 or 1 may still vary: as if one in the base had been otherwise.
  const share = Math.min(Math.max(expected, 1 / (base + 1)), base / (base + 1))
  return Math.sqrt((share * (1 - share)) / base)
}
