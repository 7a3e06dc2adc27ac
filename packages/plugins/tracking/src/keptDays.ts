import { prepared, type SqlContext, type SystemContext, sql } from '@espalier/core'
import { measures } from './changedRows.ts'
import { dayMs, dayOf } from './timeZone.ts'
import { takeTurn } from './turn.ts'
import { exactUpTo } from './visitorCounts.ts'

/**
 * Puts together the days of all workspaces that are over, their visitors and their counts; what comes to one later, which is rare,
 * is added to it. One at a time: events wait for no longer than one takes.
 *
 * @returns how many days
 */
export async function keepDays(system: SystemContext, signal?: AbortSignal): Promise<number> {
  const until = dayOf(system.clock.now())
  // Through the second door: which workspaces have sites is what it asks.
  const behind = await system.system.query<{ workspaceId: string }>(sql`
    select distinct "workspaceId" from "TrackingSite" site where not exists (
      select from "TrackingDaysKept" kept
      where kept."workspaceId" = site."workspaceId" and kept."before" >= ${until} and kept."countedBefore" >= ${until})`)
  let days = 0
  for (const { workspaceId } of behind) {
    const context = system.workspace(workspaceId)
    // Visitors first: they make the row that says up to when there are days.
    for (const kept of [keptVisitors, keptCounts])
      while (!signal?.aborted && (await keepNextDay(context, kept, until))) days++
  }
  return days
}

/** @returns whether there was one */
async function keepNextDay(context: SqlContext, kept: typeof keptVisitors, until: Date): Promise<boolean> {
  return context.sqlTransaction(async (tx) => {
    await takeTurn(tx)
    const [next] = await tx.db.query<{ day: Date | null }>(kept.selectNext())
    const day = next?.day
    const found = day != null && day < until
    if (found) await tx.db.query(kept.insert(day.toISOString()))
    const before = found ? new Date(day.getTime() + dayMs) : until
    await tx.db.query(kept.set(before.toISOString()))
    return found
  })
}

const columns = '"siteId", "pageId", "dimension", "value"'
const ofSites = `"siteId" = any(array(select "id" from "TrackingSite"))`

/** The day of the first hour of a table that days lack. */
function nextDay(table: string, before: string): string {
  return `select date_trunc('day', min("hour"), 'UTC') as "day" from ${table}
    where ${ofSites} and "pageId" = '00000000-0000-0000-0000-000000000000'
      and "dimension" = '' and "value" = '' and "hour" >= coalesce((select ${before} from "TrackingDaysKept"), '-infinity')`
}

const keptVisitors = {
  selectNext: prepared('tracking_select_next_day', nextDay('"TrackingVisitors"', '"before"')),
  insert: prepared(
    'tracking_insert_day',
    `insert into "TrackingDayVisitors" (${columns}, "day", "few", "cells")
     select ${columns}, $1::timestamptz, case when "cells" is null and cardinality("hashes") <= ${exactUpTo} then "hashes" else '{}' end,
       case when "cells" is not null then "cells" | tracking_cells("hashes")
         when cardinality("hashes") > ${exactUpTo} then tracking_cells("hashes") end
     from (
       select ${columns}, bit_or("cells") as "cells",
         array(select distinct unnest("few") from "TrackingVisitors" one
           where one."siteId" = hour."siteId" and one."pageId" = hour."pageId" and one."dimension" = hour."dimension"
             and one."value" = hour."value" and one."hour" >= $1::timestamptz and one."hour" < $1::timestamptz + interval '1 day') as "hashes"
       from "TrackingVisitors" hour
       where ${ofSites} and "hour" >= $1::timestamptz and "hour" < $1::timestamptz + interval '1 day'
       group by ${columns}
     ) as day
     on conflict ("workspaceId", ${columns}, "day") do nothing`,
  ),
  set: prepared(
    'tracking_set_days_kept',
    `insert into "TrackingDaysKept" ("before") values ($1::timestamptz)
     on conflict ("workspaceId") do update set "before" = greatest("TrackingDaysKept"."before", excluded."before")`,
  ),
}

const counts = measures.map((measure) => `"${measure}"`).join(', ')

const keptCounts: typeof keptVisitors = {
  selectNext: prepared('tracking_select_next_counted_day', nextDay('"TrackingHour"', '"countedBefore"')),
  // Two days before it are summed up again: a server of the version before this one, which may run beside it for a while, adds to
  // hours alone what comes up to 48 hours late.
  insert: prepared(
    'tracking_insert_counted_day',
    `insert into "TrackingDay" (${columns}, "day", ${counts})
     select ${columns}, date_trunc('day', "hour", 'UTC'), ${measures.map((measure) => `sum("${measure}")`).join(', ')}
     from "TrackingHour"
     where ${ofSites} and "hour" >= $1::timestamptz - interval '2 days' and "hour" < $1::timestamptz + interval '1 day'
     group by ${columns}, date_trunc('day', "hour", 'UTC')
     on conflict ("workspaceId", ${columns}, "day") do update set ${measures.map((measure) => `"${measure}" = excluded."${measure}"`).join(', ')}`,
  ),
  set: prepared(
    'tracking_set_days_counted',
    `update "TrackingDaysKept" set "countedBefore" = greatest("countedBefore", $1::timestamptz)`,
  ),
}
