import { InvalidInputError, type SqlContext, type Statement } from '@espalier/core'
import { firstIdAt } from './eventId.ts'
import { noId } from './rollups.ts'

/** What was counted. */
export interface Counts {
  readonly pageviews: number
  /** Different visitors with a pageview: exact, also over a long span. */
  readonly visitors: number
  readonly clicks: number
  readonly conversions: number
}

export type Granularity = 'MINUTE' | 'HOUR' | 'DAY'

/** What to count over: everything of the workspace, a site, or a page. */
export interface MetricsScope {
  readonly siteId?: string | null | undefined
  readonly pageId?: string | null | undefined
  /** From this instant, included. Default: the beginning. */
  readonly from?: Date | null | undefined
  /** Up to this instant, excluded. Default: now and everything that follows. */
  readonly to?: Date | null | undefined
}

/** What was counted over a span. */
export interface Totals extends Counts {
  /** The span as it was counted. */
  readonly from: Date | null
  readonly to: Date | null
  readonly scope: MetricsScope
}

/** Longest span of a series. Milliseconds. Visitors by the minute are counted from the log itself. */
const maxSpan: Record<Granularity, number> = {
  MINUTE: 24 * 3600_000,
  HOUR: 92 * 24 * 3600_000,
  DAY: 3660 * 24 * 3600_000,
}

/**
 * Totals of a span. Its ends are moved outward to the quarter of an hour, the grain in which visitors are kept.
 */
export async function readTotals(context: SqlContext, scope: MetricsScope): Promise<Totals> {
  const bounds = quarters(scope)
  const where = condition(scope, bounds)
  const [events, visitors] = await Promise.all([
    context.db.query<{ name: string; count: number }>({
      text: `select "name", sum("count")::float8 as "count" from "TrackingMinute" where "experimentId" = '${noId}' and ${where.text('minute')} group by 1`,
      values: where.values,
    }),
    context.db.query<{ count: number }>({
      text: `select count(distinct "visitorId")::float8 as "count" from "TrackingPresence" where ${where.text('quarter')}`,
      values: where.values,
    }),
  ])
  const total = counts(new Map(events.map(({ name, count }) => [name, count])), visitors[0]?.count ?? 0)
  return { ...total, from: bounds.from ?? null, to: bounds.to ?? null, scope }
}

export interface SeriesPoint extends Counts {
  /** Beginning of the minute, hour or day. */
  readonly at: Date
}

/**
 * Counts per minute, hour or day, in order; steps in which nothing happened are left out.
 * @param timeZone IANA name: where days and hours begin
 */
export async function readSeries(
  context: SqlContext,
  scope: MetricsScope,
  granularity: Granularity,
  timeZone = 'UTC',
): Promise<SeriesPoint[]> {
  checkSeries(scope, granularity, timeZone, context.clock.now())
  const bounds = granularity === 'MINUTE' ? minutes(scope) : quarters(scope)
  const where = condition(scope, bounds)
  const zone = `$${where.values.length + 1}::text`
  const step = (column: string) => `date_trunc('${granularity.toLowerCase()}', ${column}, ${zone})`
  const values = [...where.values, timeZone]
  const [events, visitors] = await Promise.all([
    context.db.query<{ at: Date; name: string; count: number }>({
      text: `select ${step('"minute"')} as "at", "name", sum("count")::float8 as "count" from "TrackingMinute" where "experimentId" = '${noId}' and ${where.text('minute')} group by 1, 2 order by 1`,
      values,
    }),
    context.db.query<{ at: Date; count: number }>(
      granularity === 'MINUTE'
        ? visitorsByMinute(scope, bounds)
        : {
            text: `select ${step('"quarter"')} as "at", count(distinct "visitorId")::float8 as "count" from "TrackingPresence" where ${where.text('quarter')} group by 1`,
            values,
          },
    ),
  ])
  const steps = new Map<number, Map<string, number>>()
  for (const { at, name, count } of events) {
    const step = steps.get(at.getTime()) ?? new Map<string, number>()
    steps.set(at.getTime(), step.set(name, count))
  }
  const visitorsAt = new Map(visitors.map(({ at, count }) => [at.getTime(), count]))
  return [...steps].map(([at, byName]) => ({ at: new Date(at), ...counts(byName, visitorsAt.get(at) ?? 0) }))
}

interface Bounds {
  readonly from: Date | undefined
  readonly to: Date | undefined
}

function quarters({ from, to }: MetricsScope): Bounds {
  return { from: from ? floor(from, 15) : undefined, to: to ? ceil(to, 15) : undefined }
}

function minutes({ from, to }: MetricsScope): Bounds {
  return { from: from ? floor(from, 1) : undefined, to: to ? ceil(to, 1) : undefined }
}

function checkSeries({ from, to }: MetricsScope, granularity: Granularity, timeZone: string, now: Date): void {
  const span = (to ?? now).getTime() - (from?.getTime() ?? 0)
  if (granularity !== 'DAY' || from) {
    const days = maxSpan[granularity] / (24 * 3600_000)
    const wanted = from ? `${(span / (24 * 3600_000)).toFixed(1)} days` : 'a span without a beginning'
    if (span > maxSpan[granularity])
      throw InvalidInputError.of(
        'from',
        'SPAN_TOO_LONG',
        `A series by ${granularity.toLowerCase()} covers at most ${days} days, not ${wanted}. Give a later "from" or longer steps.`,
      )
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw InvalidInputError.of(
      'timeZone',
      'UNKNOWN_TIME_ZONE',
      `"${timeZone}" is not an IANA time zone. Write it like "Europe/Paris".`,
    )
  }
}

function floor(at: Date, step: number): Date {
  return new Date(Math.floor(at.getTime() / (step * 60_000)) * step * 60_000)
}

function ceil(at: Date, step: number): Date {
  return new Date(Math.ceil(at.getTime() / (step * 60_000)) * step * 60_000)
}

/** Conditions on page, site and time that are given, for a table whose time is in `column`. */
function condition(
  { siteId, pageId }: MetricsScope,
  { from, to }: Bounds,
): { text: (column: string) => string; values: unknown[] } {
  const given = [
    [pageId, (place: string) => `"pageId" = ${place}::uuid`],
    [siteId, (place: string) => `"siteId" = ${place}::uuid`],
    [from?.toISOString(), (place: string, column: string) => `"${column}" >= ${place}::timestamptz`],
    [to?.toISOString(), (place: string, column: string) => `"${column}" < ${place}::timestamptz`],
  ] as const
  const used = given.filter(([value]) => value !== undefined && value !== null)
  return {
    text: (column) => ['true', ...used.map(([, clause], index) => clause(`$${index + 1}`, column))].join(' and '),
    values: used.map(([value]) => value),
  }
}

/** From the log: it is the only place that knows visitors by the minute. The ids bound the partitions that are read. */
function visitorsByMinute(scope: MetricsScope, bounds: Bounds): Statement {
  const where = condition(scope, bounds)
  const next = where.values.length + 1
  return {
    text: `select date_trunc('minute', "at") as "at", count(distinct "visitorId")::float8 as "count" from "TrackingEvent" where "name" = 'pageview' and "id" >= $${next}::uuid and ${where.text('at')} group by 1`,
    values: [...where.values, firstIdAt(bounds.from ?? new Date(0))],
  }
}

function counts(byName: ReadonlyMap<string, number>, visitors: number): Counts {
  return {
    pageviews: byName.get('pageview') ?? 0,
    visitors,
    clicks: byName.get('click') ?? 0,
    conversions: byName.get('conversion') ?? 0,
  }
}
