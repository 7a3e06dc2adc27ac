import type { SqlContext } from '@espalier/core'
import { quantile } from './histogram.ts'
import { clsSteps } from './hourChanges.ts'
import { type MetricsScope, widened } from './metricsScope.ts'
import { reportRows } from './reportRows.ts'
import { type CountRow, type Counts, countsOf, pagesOf, plainRowsOf, rowsOf, sums, Values } from './rollupRows.ts'
import { countsOver, type Reading, readKnown, visitorsOver } from './spans.ts'

/** What was counted over a span. */
export interface Totals extends Counts {
  /** The span as it was counted. */
  readonly from: Date | null
  readonly to: Date | null
  readonly scope: MetricsScope
}

/** Totals of a span. Its ends are moved outward to the hour, as clocks in the time zone show it. */
export async function readTotals(context: SqlContext, scope: MetricsScope, timeZone = 'UTC'): Promise<Totals> {
  const span = widened(scope, timeZone)
  const values = new Values()
  const reading: Reading = {
    keysAt: () => ({ key: '1' }),
    rows: (table, part) => rowsOf(table, values, part),
    ...{ span, known: await readKnown(context) },
  }
  const [row] = await reportRows<CountRow>(context, {
    text: `with seen as (${visitorsOver(reading)})
      select ${sums}, (select "count" from seen), (select "exact" from seen) from (${countsOver(reading)}) as counted`,
    values: values.list,
  })
  return { ...countsOf(row), from: span.from ?? null, to: span.to ?? null, scope }
}

/** What a span is compared with: the one right before, or the same one a year earlier. */
export type Comparison = 'period' | 'year'

/** 52 weeks: a year earlier Saturdays are compared with Saturdays. */
const yearMs = 52 * 7 * 24 * 3_600_000

/**
 * The span of the same length that ends where this one begins, or that began 52 weeks earlier; undefined where it has no
 * beginning.
 */
export function previousScope(scope: MetricsScope, now: Date, by: Comparison = 'period'): MetricsScope | undefined {
  if (!scope.from) return undefined
  if (by === 'year')
    return {
      ...scope,
      from: new Date(scope.from.getTime() - yearMs),
      to: new Date((scope.to ?? now).getTime() - yearMs),
    }
  const length = (scope.to ?? now).getTime() - scope.from.getTime()
  return { ...scope, from: new Date(scope.from.getTime() - length), to: scope.from }
}

/** What conversions were worth, by currency. */
export async function readRevenue(
  context: SqlContext,
  scope: MetricsScope,
  timeZone = 'UTC',
): Promise<{ amountMinor: number; currency: string }[]> {
  const values = new Values()
  return reportRows(context, {
    text: `select "currency", sum("amountMinor")::float8 as "amountMinor" from ${rowsOf('TrackingRevenue', values, widened(scope, timeZone))}
      group by 1 order by 1`,
    values: values.list,
  })
}

export type Timing = 'load' | 'lcp' | 'inp' | 'cls'

/** The 75th percentile of what browsers measured (the share that Web Vitals are judged by), with the number of values. */
export async function readTimings(
  context: SqlContext,
  scope: MetricsScope,
  timeZone = 'UTC',
): Promise<Record<Timing, { p75: number | null; samples: number }>> {
  const values = new Values()
  const rows = await reportRows<{ metric: Timing; bucket: number; count: number }>(context, {
    text: `select "metric", "bucket", sum("count")::float8 as "count"
      from ${plainRowsOf('TrackingTiming', values, widened(scope, timeZone))} group by 1, 2 order by 1, 2`,
    values: values.list,
  })
  const of = (metric: Timing, unit = 1) => {
    const counts = rows.filter((row) => row.metric === metric)
    const p75 = quantile(counts, 0.75)
    return { p75: p75 === null ? null : p75 / unit, samples: counts.reduce((sum, { count }) => sum + count, 0) }
  }
  return { load: of('load'), lcp: of('lcp'), inp: of('inp'), cls: of('cls', clsSteps) }
}

/** Pages that the server rendered for people who are counted, and pageviews that their trackers confirmed. */
export async function readDataQuality(
  context: SqlContext,
  scope: MetricsScope,
  timeZone = 'UTC',
): Promise<{ served: number; confirmed: number }> {
  const values = new Values()
  const [row] = await reportRows<{ served: number; confirmed: number }>(context, {
    text: `select coalesce(sum("served"), 0)::float8 as "served", coalesce(sum("pageviews"), 0)::float8 as "confirmed"
      from ${pagesOf('TrackingHour', values, widened(scope, timeZone))}`,
    values: values.list,
  })
  return row ?? { served: 0, confirmed: 0 }
}
