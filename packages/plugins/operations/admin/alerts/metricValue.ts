import type { Format } from '@espalier/admin-kit'

export type MetricUnit = 'COUNT' | 'SHARE' | 'MICRO_DOLLARS'

/** A value of what is watched, in words. */
export function metricValue({ number, percent, moneyMicros }: Format, unit: MetricUnit, value: number): string {
  if (unit === 'SHARE') return percent(value)
  if (unit === 'MICRO_DOLLARS') return moneyMicros(value)
  return number(value, Number.isInteger(value) ? 0 : 1)
}
