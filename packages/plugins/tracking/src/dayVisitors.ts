import { prepared, type SqlContext, type Statement, type SystemContext, sql } from '@espalier/core'
import type { HourRow } from './hourChanges.ts'
import type { MetricsScope } from './metricsScope.ts'
import type { RollupTable, Values } from './rollupRows.ts'
import { takeTurn } from './turn.ts'
import { exactUpTo } from './visitorCounts.ts'
import {
  fewAndCells,
  hasNewVisitors,
  type Keys,
  mergedFewAndCells,
  readFewAndCells,
  selected,
  visitorsBy,
} from './visitorRows.ts'

const dayMs = 24 * 3600_000

/** How far the clocks of two processes may be apart. */
const clockSkewMs = 3600_000

/** Spans with fewer whole days are read by the hour. */
const leastDays = 3

/**
 * Different visitors over a span, as {@link visitorsBy} gives them: by the day where that is kept, and only the span's ends by the
 * hour. An hour of a busy site holds as much as a day of it.
 *
 * @param keysAt what counts are told apart by, of a row whose time is in this column
 * @param rows of a table over a span, as `from … where …`
 */
export function visitorsOver(
  keysAt: (time: '"hour"' | '"day"') => Keys,
  values: Values,
  span: MetricsScope,
  now: Date,
  rows: (table: RollupTable, span: MetricsScope) => string,
): string {
  const days = wholeDays(span, now)
  const byHour = keysAt('"hour"')
  if (!days) return visitorsBy(byHour, rows('TrackingVisitors', span))
  const kept = `coalesce((select "before" from "TrackingDaysKept"), '-infinity')`
  const since = days.from && `${values.add(days.from.toISOString())}::timestamptz`
  const until = days.to ? `least(${values.add(days.to.toISOString())}::timestamptz, ${kept})` : kept
  const select = (keys: Keys, from: string) => `select ${selected(keys)}, "few", "cells" from ${from}`
  const hours = (part: MetricsScope, also = '') => select(byHour, rows('TrackingVisitors', part) + also)
  const parts = [
    ...(days.from ? [hours({ ...span, to: days.from })] : []),
    select(keysAt('"day"'), `${rows('TrackingDayVisitors', { ...span, ...days })} and "day" < (select ${until})`),
    hours({ ...span, from: days.from }, ` and "hour" >= (select ${since ? `greatest(${since}, ${until})` : until})`),
  ]
  const names = Object.fromEntries(Object.keys(byHour).map((name) => [name, `"${name}"`]))
  return visitorsBy(names, `(${parts.join(' union all ')}) as seen`)
}

/** The days (UTC) that lie in a span as a whole, where that is worth while. */
function wholeDays({ from, to }: MetricsScope, now: Date): Pick<MetricsScope, 'from' | 'to'> | undefined {
  const first = from && new Date(Math.ceil(from.getTime() / dayMs) * dayMs)
  const last = to && dayOf(to.getTime())
  if (first && (last ?? now).getTime() - first.getTime() < leastDays * dayMs) return undefined
  return { from: first, to: last }
}

/** What changed hours add to days that have been put together already. The caller holds the workspace's turn. */
export function lateVisitors(rows: readonly HourRow[], now: Date): Statement[] {
  const settled = dayOf(now.getTime() + clockSkewMs).toISOString()
  const days = new Map<string, DayRow>()
  for (const { siteId, pageId, dimension, value, hour, hashes } of rows) {
    if (hour >= settled || hashes.size === 0) continue
    const day = hour.slice(0, 10)
    const key = JSON.stringify([siteId, pageId, dimension, value, day])
    const known = days.get(key) ?? { siteId, pageId, dimension, value, day, hashes: new Set() }
    for (const hash of hashes) known.hashes.add(hash)
    days.set(key, known)
  }
  if (days.size === 0) return []
  const late = [...days.values()]
  const statement = addToDays(
    late.map(({ siteId }) => siteId),
    late.map(({ pageId }) => pageId),
    late.map(({ dimension }) => dimension),
    late.map(({ value }) => value),
    late.map(({ day }) => `${day}T00:00:00Z`),
    ...fewAndCells(late),
  )
  return [statement]
}

interface DayRow extends Pick<HourRow, 'siteId' | 'pageId' | 'dimension' | 'value'> {
  readonly day: string
  readonly hashes: Set<bigint>
}

/** Its day (UTC). */
function dayOf(instant: number): Date {
  return new Date(Math.floor(instant / dayMs) * dayMs)
}

/**
 * Puts together the days of all workspaces that are over; what comes to one later, which is rare, is added to it. One at a
 * time: events wait for no longer than one takes.
 *
 * @returns how many days
 */
export async function keepDays(system: SystemContext, signal?: AbortSignal): Promise<number> {
  const until = dayOf(system.clock.now().getTime())
  // Through the second door: which workspaces have sites is what it asks.
  const behind = await system.system.query<{ workspaceId: string }>(sql`
    select distinct "workspaceId" from "TrackingSite" site where not exists (
      select from "TrackingDaysKept" kept where kept."workspaceId" = site."workspaceId" and kept."before" >= ${until})`)
  let days = 0
  for (const { workspaceId } of behind) {
    const context = system.workspace(workspaceId)
    while (!signal?.aborted && (await keepNextDay(context, until))) days++
  }
  return days
}

/** @returns whether there was one */
async function keepNextDay(context: SqlContext, until: Date): Promise<boolean> {
  return context.sqlTransaction(async (tx) => {
    await takeTurn(tx)
    const [next] = await tx.db.query<{ day: Date | null }>(selectNextDay())
    const day = next?.day
    const found = day != null && day < until
    if (found) await tx.db.query(insertDay(day.toISOString(), exactUpTo))
    const before = found ? new Date(day.getTime() + dayMs) : until
    await tx.db.query(setKept(before.toISOString()))
    return found
  })
}

const selectNextDay = prepared(
  'tracking_select_next_day',
  `select date_trunc('day', min("hour"), 'UTC') as "day" from "TrackingVisitors"
   where "siteId" = any(array(select "id" from "TrackingSite")) and "pageId" = '00000000-0000-0000-0000-000000000000'
     and "dimension" = '' and "value" = '' and "hour" >= coalesce((select "before" from "TrackingDaysKept"), '-infinity')`,
)

const setKept = prepared(
  'tracking_set_days_kept',
  `insert into "TrackingDaysKept" ("before") values ($1::timestamptz)
   on conflict ("workspaceId") do update set "before" = greatest("TrackingDaysKept"."before", excluded."before")`,
)

const columns = '"siteId", "pageId", "dimension", "value"'

const insertDay = prepared(
  'tracking_insert_day',
  `insert into "TrackingDayVisitors" (${columns}, "day", "few", "cells")
   select ${columns}, $1::timestamptz, case when "cells" is null and cardinality("hashes") <= $2::int then "hashes" else '{}' end,
     case when "cells" is not null then "cells" | tracking_cells("hashes")
       when cardinality("hashes") > $2::int then tracking_cells("hashes") end
   from (
     select ${columns}, bit_or("cells") as "cells",
       array(select distinct unnest("few") from "TrackingVisitors" one
         where one."siteId" = hour."siteId" and one."pageId" = hour."pageId" and one."dimension" = hour."dimension"
           and one."value" = hour."value" and one."hour" >= $1::timestamptz and one."hour" < $1::timestamptz + interval '1 day') as "hashes"
     from "TrackingVisitors" hour
     where "siteId" = any(array(select "id" from "TrackingSite")) and "hour" >= $1::timestamptz and "hour" < $1::timestamptz + interval '1 day'
     group by ${columns}
   ) as day
   on conflict ("workspaceId", ${columns}, "day") do nothing`,
)

const addToDays = prepared(
  'tracking_add_to_days',
  `insert into "TrackingDayVisitors" as known (${columns}, "day", "few", "cells")
   select ${columns}, "day", ${readFewAndCells}
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::varbit[])
     as new (${columns}, "day", "few", "cells")
   where "day" < (select "before" from "TrackingDaysKept")
   on conflict ("workspaceId", ${columns}, "day")
   do update set ("few", "cells") = (${mergedFewAndCells}) where ${hasNewVisitors}`,
)
