import type { SqlContext } from '@espalier/core'
import { noId } from './dimensions.ts'
import type { MetricsScope } from './metricsScope.ts'
import { activeIn } from './sessions.ts'
import { minuteMs } from './timeZone.ts'

/** What happens now. */
export interface LiveMetrics {
  /** Different visitors who did something in the last {@link presentMinutes} minutes. */
  readonly visitors: number
  /** Mean of the last 60 seconds. */
  readonly eventsPerSecond: number
  /** In the last {@link recentMinutes} minutes. */
  readonly conversions: number
  readonly pages: readonly LiveGroup[]
  readonly paths: readonly LiveGroup[]
  readonly variants: readonly LiveGroup[]
}

export interface LiveGroup {
  /** A page's or a variant's id, or a path. */
  readonly key: string
  readonly visitors: number
  readonly conversions: number
}

export const presentMinutes = 5
export const recentMinutes = 30
/** Groups of a kind that are told: those with the most visitors. */
export const liveGroups = 20

/**
 * What happens now, in one statement, so that its numbers are of one moment. Reads the sessions that are going on
 * and the last minutes of the rollup: the cost follows who is there, not what was logged.
 */
export async function readLive(
  context: SqlContext,
  { siteId, pageId }: Pick<MetricsScope, 'siteId' | 'pageId'>,
): Promise<LiveMetrics> {
  const now = context.clock.now()
  const second = (now.getTime() % 60_000) / 1000
  const rows = await context.db.query<LiveGroup & { kind: 'all' | 'page' | 'path' | 'variant'; events: number }>({
    text: statement,
    values: [
      ...[now.toISOString(), siteId ?? null, pageId ?? null, (60 - second) / 60],
      activeIn(new Date(now.getTime() - presentMinutes * minuteMs)).toISOString(),
    ],
  })
  const groups = (kind: string) =>
    rows
      .filter((row) => row.kind === kind)
      .sort((one, other) => other.visitors - one.visitors || other.conversions - one.conversions)
      .slice(0, liveGroups)
      .map(({ key, visitors, conversions }) => ({ key, visitors, conversions }))
  const [total] = rows.filter(({ kind }) => kind === 'all')
  return {
    visitors: total?.visitors ?? 0,
    eventsPerSecond: (total?.events ?? 0) / 60,
    conversions: total?.conversions ?? 0,
    pages: groups('page'),
    paths: groups('path'),
    variants: groups('variant'),
  }
}

const inScope = (page: string) =>
  `($2::uuid is null or "siteId" = $2::uuid) and ($3::uuid is null or "${page}" = $3::uuid)`

const statement = `
  with present as materialized (
      select "visitorId", "exitPageId", "exitPath", "experiments" from "TrackingSession"
      where "activeIn" >= $5::timestamptz and "endedAt" > $1::timestamptz - interval '${presentMinutes} minutes' and ${inScope('exitPageId')}),
    recent as materialized (
      select "pageId", "name", "experimentId", "variantId", "minute", "count" from "TrackingMinute"
      where "minute" > $1::timestamptz - interval '${recentMinutes} minutes' and ${inScope('pageId')}),
    page_visitors as (select "exitPageId" as "key", count(distinct "visitorId") as "visitors" from present
      where "exitPageId" is not null group by 1),
    page_conversions as (select "pageId" as "key", sum("count") as "conversions" from recent
      where "name" = 'conversion' and "experimentId" = '${noId}' and "pageId" <> '${noId}' group by 1),
    variant_visitors as (select "value"::uuid as "key", count(distinct "visitorId") as "visitors"
      from present, jsonb_each_text("experiments") group by 1),
    variant_conversions as (select "variantId" as "key", sum("count") as "conversions" from recent
      where "name" = 'conversion' and "experimentId" <> '${noId}' group by 1)
  select 'all' as "kind", '' as "key", (select count(distinct "visitorId") from present)::int as "visitors",
    coalesce(sum("count") filter (where "name" = 'conversion'), 0)::int as "conversions",
    (coalesce(sum("count") filter (where "minute" = date_trunc('minute', $1::timestamptz)), 0) + $4::float8 *
     coalesce(sum("count") filter (where "minute" = date_trunc('minute', $1::timestamptz) - interval '1 minute'), 0))::float8 as "events"
  from recent where "experimentId" = '${noId}'
  union all
  select 'page', "key"::text, coalesce("visitors", 0)::int, coalesce("conversions", 0)::int, 0
  from page_visitors full join page_conversions using ("key")
  union all
  (select 'path', "exitPath", count(distinct "visitorId")::int, 0, 0 from present where "exitPath" is not null
   group by 2 order by 3 desc limit ${liveGroups})
  union all
  select 'variant', "key"::text, coalesce("visitors", 0)::int, coalesce("conversions", 0)::int, 0
  from variant_visitors full join variant_conversions using ("key")`
