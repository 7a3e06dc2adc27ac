import { all, type DimensionValue, noId, none } from './dimensions.ts'
import type { MetricsScope } from './metricsScope.ts'
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

/** Counts as the database gives them. */
export interface CountRow extends Omit<Counts, 'visitors' | 'visitorsError'> {
  /** Different visitors, or set cells where that is not exact. Null without any. */
  readonly count: number | null
  readonly exact: boolean | null
}

export function countsOf(row: CountRow | undefined): Counts {
  const { pageviews = 0, clicks = 0, conversions = 0, sessions = 0, bounces = 0, engagedMs = 0 } = row ?? {}
  const { scrollSum = 0, scrollCount = 0, count = 0, exact = true } = row ?? {}
  const visitors = exact === false ? visitorsOfCells(count ?? 0) : (count ?? 0)
  const visitorsError = exact === false ? standardError : 0
  const rest = { clicks, conversions, sessions, bounces, engagedMs, scrollSum, scrollCount }
  return { pageviews, visitors, visitorsError, ...rest }
}

/** The sums that make a {@link CountRow}. */
export const sums = [
  'pageviews',
  'clicks',
  'conversions',
  'sessions',
  'bounces',
  'engagedMs',
  'scrollSum',
  'scrollCount',
]
  .map((measure) => `coalesce(sum("${measure}"), 0)::float8 as "${measure}"`)
  .join(', ')

/** Bound values of a statement, in order. */
export class Values {
  readonly list: unknown[] = []

  /** @returns its place, `$1` and on: the same for the same object */
  add(value: unknown): string {
    const known = typeof value === 'object' && value !== null ? this.list.indexOf(value) : -1
    if (known >= 0) return `$${known + 1}`
    this.list.push(value)
    return `$${this.list.length}`
  }
}

/** Rollups that hold the same keys, and the column of their time. */
const timeOf = {
  TrackingHour: 'hour',
  TrackingSixHours: 'sixHours',
  TrackingDay: 'day',
  TrackingVisitors: 'hour',
  TrackingSixHoursVisitors: 'sixHours',
  TrackingDayVisitors: 'day',
  TrackingRevenue: 'hour',
  TrackingTiming: 'hour',
  TrackingRecent: 'minute',
} as const
export type RollupTable = keyof typeof timeOf

/** A scope, and, where somebody has looked, which sites there are. */
export type ScopeOfSites = MetricsScope & { readonly siteIds?: readonly string[] }

const total: DimensionValue = [all, none]

/**
 * Rows of a rollup as `from … where …`: of a scope, under its value, or under any of a dimension.
 *
 * @param join SQL of what they are joined with
 */
export function rowsOf(table: RollupTable, values: Values, scope: ScopeOfSites, dimension?: string, join = ''): string {
  const [own, value] = scope.value ?? total
  const under = `"dimension" = ${values.add(dimension ?? own)}${dimension === undefined ? ` and "value" = ${values.add(value)}` : ''}`
  return ofPage(table, values, scope, under, join)
}

/** The same under any of some values of any of some dimensions. */
export function rowsUnder(
  table: RollupTable,
  values: Values,
  scope: ScopeOfSites,
  dimensions: readonly string[],
  of: readonly string[],
): string {
  const under = `"dimension" = any(${values.add(dimensions)}::text[]) and "value" = any(${values.add(of)}::text[])`
  return ofPage(table, values, scope, under)
}

/** The same of every page, in all; of one page where the scope has one. */
export function pagesOf(table: RollupTable, values: Values, scope: ScopeOfSites, join = ''): string {
  const page = scope.pageId ? `"pageId" = ${values.add(scope.pageId)}::uuid` : `"pageId" <> '${noId}'`
  return `"${table}" ${join} where "siteId" = any(${sitesOf(values, scope)}) and ${page} and "dimension" = '${all}' and "value" = '${none}' and ${spanOf(table, values, scope)}`
}

/** Rows of a rollup that knows no dimensions. */
export function plainRowsOf(table: RollupTable, values: Values, scope: ScopeOfSites): string {
  return ofPage(table, values, scope)
}

function ofPage(table: RollupTable, values: Values, scope: ScopeOfSites, under = 'true', join = ''): string {
  return `"${table}" ${join} where "siteId" = any(${sitesOf(values, scope)}) and "pageId" = ${values.add(scope.pageId ?? noId)}::uuid and ${under} and ${spanOf(table, values, scope)}`
}

/** The sites, so that keys are read from their beginning: the one of the scope, or the workspace's few. */
function sitesOf(values: Values, { siteId, siteIds }: Pick<ScopeOfSites, 'siteId' | 'siteIds'>): string {
  if (siteId) return `array[${values.add(siteId)}::uuid]`
  return siteIds ? `${values.add(siteIds)}::uuid[]` : `array(select "id" from "TrackingSite")`
}

function spanOf(table: RollupTable, values: Values, { from, to }: Pick<MetricsScope, 'from' | 'to'>): string {
  const time = `"${timeOf[table]}"`
  const clauses = [
    from && `${time} >= ${values.add(from.toISOString())}::timestamptz`,
    to && `${time} < ${values.add(to.toISOString())}::timestamptz`,
  ]
  return clauses.filter(Boolean).join(' and ') || 'true'
}
