import type { SqlContext } from '@espalier/core'
import { type MetricsScope, widened } from './metricsScope.ts'
import { reportRows } from './reportRows.ts'
import { type CountRow, type Counts, countsOf, pagesOf, sums, Values } from './rollupRows.ts'
import { type SeriesPoint, SplitSeries } from './series.ts'
import { visitorsBy } from './visitorRows.ts'

/**
 * Counts of some pages over a span, read together. Its ends are moved outward to the hour.
 *
 * @returns by the page's id; pages on which nothing happened are left out
 */
export async function readPageCounts(
  context: SqlContext,
  pageIds: readonly string[],
  scope: Pick<MetricsScope, 'from' | 'to'>,
  timeZone = 'UTC',
): Promise<ReadonlyMap<string, Counts>> {
  const span = widened(scope, timeZone)
  const values = new Values()
  const shown = (values: Values) => `join unnest(${values.add(pageIds)}::uuid[]) as shown ("key") on "pageId" = "key"`
  const rows = await reportRows<CountRow & { key: string }>(context, {
    text: `with seen as (${visitorsBy({ key: '"key"' }, pagesOf('TrackingVisitors', values, span, shown(values)))}),
        counted as (select "key", ${sums} from ${pagesOf('TrackingHour', values, span, shown(values))} group by 1)
      select counted.*, seen."count", seen."exact" from counted left join seen using ("key")`,
    values: values.list,
  })
  return new Map(rows.map((row) => [row.key, countsOf(row)]))
}

/**
 * The course of some pages by day, read together; days on which nothing happened are left out.
 *
 * @param timeZone where days begin, the workspace's
 */
export async function readPageDays(
  context: SqlContext,
  pageIds: readonly string[],
  scope: Pick<MetricsScope, 'from' | 'to'>,
  timeZone = 'UTC',
): Promise<ReadonlyMap<string, readonly SeriesPoint[]>> {
  const series = new SplitSeries(scope, 'page', pageIds)
  const steps = { granularity: 'DAY', timeZone, keptIn: timeZone } as const
  return new Map(await Promise.all(pageIds.map(async (id) => [id, await series.of(context, id, steps)] as const)))
}
