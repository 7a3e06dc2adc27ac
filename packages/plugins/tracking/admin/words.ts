import type { Format } from '@espalier/admin-kit'

/** The figures that can be drawn, in the order in which they stand. */
export const metricIds = [
  'visitors',
  'pageviews',
  'sessions',
  'conversions',
  'bounceRate',
  'engagementSeconds',
] as const
export type MetricId = (typeof metricIds)[number]

/** What numbers can be split by here: dimensions of the API whose values people can read. */
export const dimensions = [
  'PATH',
  'ENTRY_PATH',
  'EXIT_PATH',
  'CHANNEL',
  'REFERRER',
  'COUNTRY',
  'DEVICE',
  'BROWSER',
  'OS',
  'UTM_SOURCE',
  'UTM_MEDIUM',
  'UTM_CAMPAIGN',
] as const
export type Dimension = (typeof dimensions)[number]

/** Which way is good news. */
export function betterOf(metric: MetricId): 'up' | 'down' {
  return metric === 'bounceRate' ? 'down' : 'up'
}

/** A figure in words: counts, a share, or seconds. */
export function formatMetric(metric: MetricId, value: number, { number, percent, duration }: Format): string {
  if (metric === 'bounceRate') return percent(value)
  if (metric === 'engagementSeconds') return duration(Math.round(value) * 1000)
  return number(value)
}
