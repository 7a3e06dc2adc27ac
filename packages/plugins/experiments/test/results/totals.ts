import type { Experiment, ExperimentGoal, Variant } from '../../src/experiment.ts'
import type { Metric, MetricKind, MetricRole } from '../../src/metrics/metric.ts'
import { exposuresId, type Total } from '../../src/results/totals.ts'

export const metric = (kind: MetricKind, change: Partial<Metric> = {}): Metric =>
  ({ id: kind, key: kind, name: kind, kind, higherIsBetter: true, ...change }) as Metric

/** What results read of an experiment with variants by these ids, the first of them the control. */
export function experimentWith(ids: readonly string[], metrics: readonly (Metric | [Metric, MetricRole])[] = []) {
  const goals = metrics.map((entry): ExperimentGoal => {
    const [of, role] = Array.isArray(entry) ? entry : ([entry, 'goal'] as const)
    return { metric: of, role, position: 0 }
  })
  const variants = ids.map((id) => ({ id, key: id, name: id, retiredAt: null }) as Variant)
  return { id: 'x', phase: 1, variants, goals } as unknown as Experiment
}

/** Subjects of an arm. */
export const exposed = (variantId: string, subjects: number, change: Partial<Total> = {}): Total => ({
  phase: 1,
  metricId: exposuresId,
  variantId,
  value: '',
  day: '',
  subjects,
  sum: 0,
  sumOfSquares: 0,
  otherSum: 0,
  otherSumOfSquares: 0,
  sumOfProducts: 0,
  ...change,
})

/** What they did: each number is one subject's. */
export const did = (
  metricId: string,
  variantId: string,
  values: readonly number[] | number,
  change: Partial<Total> = {},
): Total => {
  // A number stands for as many subjects with a 1 each.
  const sum = typeof values === 'number' ? values : values.reduce((total, value) => total + value, 0)
  const sumOfSquares = typeof values === 'number' ? values : values.reduce((total, value) => total + value ** 2, 0)
  return { ...exposed(variantId, 0), metricId, sum, sumOfSquares, ...change }
}

export const rules = { confidence: 0.95, plannedSubjects: null, cupedDays: 0, correction: 'holm' } as const
export const halves = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, 1 / ids.length]))
