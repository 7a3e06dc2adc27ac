import { type Estimate, proportionEstimate } from '@espalier/experiments/statistics'

/** A rate over periods as if they were one, which is what the weighing by period is compared with. */
export function pool(periods: readonly Estimate[]): Estimate {
  const subjects = periods.reduce((sum, period) => sum + period.subjects, 0)
  const converted = periods.reduce((sum, period) => sum + period.subjects * (period.mean ?? 0), 0)
  return proportionEstimate({ subjects, sum: Math.round(converted) })
}
