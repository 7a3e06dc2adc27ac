import type { SqlContext } from '@espalier/core'
import { firstIdAt } from './eventId.ts'
import { checkSeries, conditions, type Granularity, type MetricsScope, widened } from './metricsScope.ts'
import { noId } from './rollups.ts'

/** What was counted. */
export interface Counts {
  readonly pageviews: number
  /** Different visitors with a pageview: exact, also over a long span. */
  readonly visitors: number
  readonly clicks: number
  readonly conversions: number
}

/** What was counted over a span. */
export interface Totals extends Counts {
  /** The span as it was counted. */
  readonly from: Date | null
  readonly to: Date | null
  readonly scope: MetricsScope
}

/**
 * Totals of a span. Its ends are moved outward to the quarter of an hour, the grain in which visitors are kept.
 * One statement, so that its numbers are of one moment.
 */
export async function readTotals(context: SqlContext, scope: MetricsScope): Promise<Totals> {
  const span = widened(scope, 15)
  const where = conditions(span)
  const rows = await context.db.query<CountRow>({
    text: `
      select "name", sum("count")::float8 as "count" from "TrackingMinute"
        where "experimentId" = '${noId}' and ${where.on('minute')} group by 1
      union all
      select '${visitors}', count(distinct "visitorId")::float8 from "TrackingPresence" where ${where.on('quarter')}`,
    values: where.values,
  })
  return { ...countsOf(rows), from: span.from ?? null, to: span.to ?? null, scope }
}

export interface SeriesPoint extends Counts {
  /** Beginning of the minute, hour or day. */
  readonly at: Date
}

/**
 * Counts per minute, hour or day, in order; steps in which nothing happened are left out.
 *
 * @param timeZone IANA name: where days and hours begin
 * @throws InvalidInputError for a span that is too long or an unknown time zone
 */
export async function readSeries(
  context: SqlContext,
  scope: MetricsScope,
  granularity: Granularity,
  timeZone = 'UTC',
): Promise<SeriesPoint[]> {
  checkSeries(scope, granularity, timeZone, context.clock.now())
  const byMinute = granularity === 'MINUTE'
  const span = widened(scope, byMinute ? 1 : 15)
  const where = conditions(span)
  const [zone, firstId] = [`$${where.values.length + 1}::text`, `$${where.values.length + 2}::uuid`]
  const step = (column: string) => `date_trunc('${granularity.toLowerCase()}', "${column}", ${zone})`
  // The log alone knows visitors by the minute; the ids bound the partitions that are read.
  const presence = byMinute
    ? `"TrackingEvent" where "name" = 'pageview' and "id" >= ${firstId} and ${where.on('at')}`
    : `"TrackingPresence" where ${where.on('quarter')}`
  const rows = await context.db.query<CountRow & { at: Date }>({
    text: `
      select ${step('minute')} as "at", "name", sum("count")::float8 as "count" from "TrackingMinute"
        where "experimentId" = '${noId}' and ${where.on('minute')} group by 1, 2
      union all
      select ${step(byMinute ? 'at' : 'quarter')}, '${visitors}', count(distinct "visitorId")::float8 from ${presence} group by 1
      order by 1`,
    values: [...where.values, timeZone, ...(byMinute ? [firstIdAt(span.from ?? new Date(0))] : [])],
  })
  const steps = Map.groupBy(rows, ({ at }) => at.getTime())
  return [...steps].map(([at, rows]) => ({ at: new Date(at), ...countsOf(rows) }))
}

/** Stands among the names of events for the count of visitors. No event has it: theirs begin with a letter. */
const visitors = '(visitors)'

interface CountRow {
  readonly name: string
  readonly count: number
}

function countsOf(rows: readonly CountRow[]): Counts {
  const count = (name: string) => rows.find((row) => row.name === name)?.count ?? 0
  return {
    pageviews: count('pageview'),
    visitors: count(visitors),
    clicks: count('click'),
    conversions: count('conversion'),
  }
}
