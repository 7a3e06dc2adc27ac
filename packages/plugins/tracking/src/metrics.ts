import { InvalidInputError, type SqlContext } from '@espalier/core'
import { all, type DimensionValue, noId, none } from './dimensions.ts'
import { quantile } from './histogram.ts'
import { clsSteps } from './hourChanges.ts'
import { checkSeries, type Granularity, type MetricsScope, widened } from './metricsScope.ts'
import { standardError, visitorsOfCells } from './visitorCounts.ts'

/** What was counted. Everything is read from rollups: the cost follows the span and the number of values, never the number of events. */
export interface Counts {
  readonly pageviews: number
  /** Different visitors with a pageview. */
  readonly visitors: number
  /** Standard error of `visitors`, relative; 0 where the number is exact. */
  readonly visitorsError: number
  readonly clicks: number
  readonly conversions: number
  readonly sessions: number
  readonly bounces: number
  readonly engagedMs: number
  readonly scrollSum: number
  readonly scrollCount: number
}

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
  const [row] = await context.db.query<CountRow>({
    text: `with seen as (${visitorsBy('1', hours('TrackingVisitors', values, span))})
      select ${sums}, (select "count" from seen), (select "exact" from seen) from ${hours('TrackingHour', values, span)}`,
    values: values.list,
  })
  return { ...countsOf(row), from: span.from ?? null, to: span.to ?? null, scope }
}

/** The span of the same length that ends where this one begins; undefined where it has no beginning. */
export function previousScope(scope: MetricsScope, now: Date): MetricsScope | undefined {
  if (!scope.from) return undefined
  const length = (scope.to ?? now).getTime() - scope.from.getTime()
  return { ...scope, from: new Date(scope.from.getTime() - length), to: scope.from }
}

export interface SeriesPoint extends Counts {
  /** Beginning of the minute, hour or day. */
  readonly at: Date
}

/**
 * Counts per minute, hour or day, in order; steps in which nothing happened are left out.
 *
 * @param timeZone IANA name: where days and hours begin
 * @param keptIn the workspace's time zone, in whose hours numbers are kept: steps are exact in time zones that are
 * whole hours apart from it
 * @throws InvalidInputError for a span that is too long, an unknown time zone, or minutes of what is kept by the hour
 */
export async function readSeries(
  context: SqlContext,
  scope: MetricsScope,
  granularity: Granularity,
  timeZone = 'UTC',
  keptIn = timeZone,
): Promise<SeriesPoint[]> {
  checkSeries(scope, granularity, timeZone, context.clock.now())
  if (granularity === 'MINUTE') return readMinutes(context, scope)
  return readSteps(context, widened(scope, keptIn), granularity, timeZone)
}

async function readSteps(
  context: SqlContext,
  span: MetricsScope,
  granularity: 'HOUR' | 'DAY',
  timeZone: string,
): Promise<SeriesPoint[]> {
  const values = new Values()
  const step = `date_trunc('${granularity.toLowerCase()}', "hour", ${values.add(timeZone)}::text)`
  const rows = await context.db.query<CountRow & { at: Date }>({
    text: `with seen as (${visitorsBy(step, hours('TrackingVisitors', values, span))}),
        counted as (select ${step} as "key", ${sums} from ${hours('TrackingHour', values, span)} group by 1)
      select "key" as "at", counted.*, seen."count", seen."exact" from counted left join seen using ("key") order by 1`,
    values: values.list,
  })
  return rows.map((row) => ({ at: row.at, ...countsOf(row) }))
}

async function readMinutes(context: SqlContext, scope: MetricsScope): Promise<SeriesPoint[]> {
  const { value: [dimension, value] = total } = scope
  if (dimension !== all)
    throw InvalidInputError.of(
      'granularity',
      'NOT_KEPT',
      'Minutes are kept in all, not by what numbers are split by. Ask by hour.',
    )
  const values = new Values()
  const sites = sitesOf(values, scope)
  const page = values.add(scope.pageId ?? noId)
  const span = (column: string) =>
    [
      scope.from && `"${column}" >= date_trunc('minute', ${values.add(scope.from.toISOString())}::timestamptz)`,
      scope.to && `"${column}" < ${values.add(scope.to.toISOString())}::timestamptz`,
    ]
      .filter(Boolean)
      .join(' and ') || 'true'
  const count = (name: string) => `coalesce(sum("count") filter (where "name" = '${name}'), 0)::float8`
  const rows = await context.db.query<CountRow & { at: Date }>({
    text: `with seen as (${visitorsBy(
      '"hour"',
      `"TrackingVisitors" where "siteId" = any(${sites}) and "pageId" = ${page}::uuid
          and "dimension" = 'minute' and "value" = ${values.add(value)} and ${span('hour')}`,
    )}),
        counted as (select "minute" as "key", ${count('pageview')} as "pageviews", ${count('click')} as "clicks",
          ${count('conversion')} as "conversions" from "TrackingMinute"
        where "siteId" = any(${sites}) and ${scope.pageId ? `"pageId" = ${page}::uuid` : 'true'} and "experimentId" = '${noId}' and "name" in ('pageview', 'click', 'conversion')
          and ${span('minute')} group by 1)
      select "key" as "at", counted.*, seen."count", seen."exact" from counted left join seen using ("key") order by 1`,
    values: values.list,
  })
  return rows.map((row) => ({ at: row.at, ...countsOf(row) }))
}

export interface Group extends Counts {
  /** Null: unknown or none. "(other)": what came after the values that a day keeps apart. */
  readonly value: string | null
  readonly scope: MetricsScope
}

/** Counts by the values of a dimension, or by page: those with the most pageviews and sessions, largest first. */
export async function readSplit(
  context: SqlContext,
  scope: MetricsScope,
  dimension: string,
  first: number,
  timeZone = 'UTC',
): Promise<Group[]> {
  if (scope.value)
    throw InvalidInputError.of('by', 'NOT_KEPT', 'Numbers are split once: what is split cannot be split again.')
  const byPage = dimension === 'page'
  const key = byPage ? '"pageId"::text' : '"value"'
  const span = widened(scope, timeZone)
  const values = new Values()
  const from = (table: string) => (byPage ? pagesOf(table, values, span) : hours(table, values, span, dimension))
  const rows = await context.db.query<CountRow & { key: string }>({
    text: `with counted as (select ${key} as "key", ${sums} from ${from('TrackingHour')} group by 1
          having sum("pageviews" + "clicks" + "conversions" + "sessions") > 0 order by sum("pageviews" + "sessions") desc, 1 limit ${values.add(first)}),
        seen as (${visitorsBy(key, `${from('TrackingVisitors')} and ${key} in (select "key" from counted)`)})
      select counted.*, seen."count", seen."exact" from counted left join seen using ("key")
      order by "pageviews" + "sessions" desc, 1`,
    values: values.list,
  })
  return rows.map((row) => ({
    value: row.key === none ? null : row.key,
    ...countsOf(row),
    scope: byPage ? { ...scope, pageId: row.key } : { ...scope, value: [dimension, row.key] },
  }))
}

/** What conversions were worth, by currency. */
export async function readRevenue(
  context: SqlContext,
  scope: MetricsScope,
  timeZone = 'UTC',
): Promise<{ amountMinor: number; currency: string }[]> {
  const values = new Values()
  return context.db.query({
    text: `select "currency", sum("amountMinor")::float8 as "amountMinor" from ${hours('TrackingRevenue', values, widened(scope, timeZone))}
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
  const { siteId, pageId, from, to } = widened(scope, timeZone)
  const rows = await context.db.query<{ metric: Timing; bucket: number; count: number }>({
    text: `select "metric", "bucket", sum("count")::float8 as "count" from "TrackingTiming"
      where "siteId" = any(${sitesOf(values, { siteId })}) and "pageId" = ${values.add(pageId ?? noId)}::uuid and ${spanOf(values, { from, to })}
      group by 1, 2 order by 1, 2`,
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
  const [row] = await context.db.query<{ served: number; confirmed: number }>({
    text: `select coalesce(sum("served"), 0)::float8 as "served", coalesce(sum("pageviews"), 0)::float8 as "confirmed"
      from ${pagesOf('TrackingHour', values, widened(scope, timeZone))}`,
    values: values.list,
  })
  return row ?? { served: 0, confirmed: 0 }
}

interface CountRow extends Omit<Counts, 'visitors' | 'visitorsError'> {
  /** Different visitors, or set cells where that is not exact. Null without any. */
  readonly count: number | null
  readonly exact: boolean | null
}

function countsOf(row: CountRow | undefined): Counts {
  const { pageviews = 0, clicks = 0, conversions = 0, sessions = 0, bounces = 0, engagedMs = 0 } = row ?? {}
  const { scrollSum = 0, scrollCount = 0, count = 0, exact = true } = row ?? {}
  const visitors = exact === false ? visitorsOfCells(count ?? 0) : (count ?? 0)
  const visitorsError = exact === false ? standardError : 0
  const rest = { clicks, conversions, sessions, bounces, engagedMs, scrollSum, scrollCount }
  return { pageviews, visitors, visitorsError, ...rest }
}

const sums = ['pageviews', 'clicks', 'conversions', 'sessions', 'bounces', 'engagedMs', 'scrollSum', 'scrollCount']
  .map((measure) => `coalesce(sum("${measure}"), 0)::float8 as "${measure}"`)
  .join(', ')

/** Different visitors by a key: exactly where every row of it keeps them one by one, as set cells where not. */
function visitorsBy(key: string, from: string): string {
  return `
    with picked as (select ${key} as "key", "few", "cells" from ${from}),
      dense as (select "key", bit_or("cells") as "cells" from picked where "cells" is not null group by 1),
      hashes as (select "key", "hash" from picked, unnest("few") as "hash" group by 1, 2),
      sparse as (select "key", count(*) as "visitors", array_agg("hash") filter (where "key" in (select "key" from dense)) as "hashes"
        from hashes group by 1)
    select "key", "cells" is null as "exact", (case when "cells" is null then "visitors"
      else bit_count("cells" | tracking_cells(coalesce("hashes", '{}'))) end)::int as "count"
    from dense full join sparse using ("key")`
}

/** Bound values of a statement, in order. */
class Values {
  readonly list: unknown[] = []

  /** @returns its place, `$1` and on */
  add(value: unknown): string {
    this.list.push(value)
    return `$${this.list.length}`
  }
}

const total: DimensionValue = [all, none]

/** Rows of a rollup by the hour: of a scope, under its value or under any of a dimension. For after `from`. */
function hours(table: string, values: Values, scope: MetricsScope, dimension?: string): string {
  const [own, value] = scope.value ?? total
  const of = `"siteId" = any(${sitesOf(values, scope)}) and "pageId" = ${values.add(scope.pageId ?? noId)}::uuid`
  const under = `"dimension" = ${values.add(dimension ?? own)}${dimension === undefined ? ` and "value" = ${values.add(value)}` : ''}`
  return `"${table}" where ${of} and ${under} and ${spanOf(values, scope)}`
}

/** The same of every page, in all; of one page where the scope has one. */
function pagesOf(table: string, values: Values, scope: MetricsScope): string {
  const page = scope.pageId ? `"pageId" = ${values.add(scope.pageId)}::uuid` : `"pageId" <> '${noId}'`
  return `"${table}" where "siteId" = any(${sitesOf(values, scope)}) and ${page} and "dimension" = '${all}' and "value" = '${none}' and ${spanOf(values, scope)}`
}

/** The sites, so that keys are read from their beginning: the one of the scope, or the workspace's few. */
function sitesOf(values: Values, { siteId }: Pick<MetricsScope, 'siteId'>): string {
  return siteId ? `array[${values.add(siteId)}::uuid]` : `array(select "id" from "TrackingSite")`
}

function spanOf(values: Values, { from, to }: Pick<MetricsScope, 'from' | 'to'>): string {
  const clauses = [
    from && `"hour" >= ${values.add(from.toISOString())}::timestamptz`,
    to && `"hour" < ${values.add(to.toISOString())}::timestamptz`,
  ]
  return clauses.filter(Boolean).join(' and ') || 'true'
}
