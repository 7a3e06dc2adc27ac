import { prepared, type SqlContext, type Statement, type SystemContext, sql } from '@espalier/core'
import { measures } from './changedRows.ts'
import { day, overBefore, type Period, sixHours, sixHoursKeptMs } from './periods.ts'
import { takeTurn } from './turn.ts'
import { exactUpTo } from './visitorCounts.ts'

/**
 * Puts together the days and six hours of all workspaces that are over, their visitors and their counts; what comes to one later,
 * which is rare, is added to it. One at a time: events wait for no longer than one takes.
 *
 * @returns how many
 */
export async function keepPeriods(system: SystemContext, signal?: AbortSignal): Promise<number> {
  const now = system.clock.now()
  const [days, quarters] = [overBefore(day, now), overBefore(sixHours, now)]
  // Through the second door: which workspaces have sites is what it asks.
  const behind = await system.system.query<{ workspaceId: string }>(sql`
    select distinct "workspaceId" from "TrackingSite" site where not exists (
      select from "TrackingDaysKept" kept where kept."workspaceId" = site."workspaceId"
        and kept."before" >= ${days} and kept."countedBefore" >= ${days} and kept."sixHoursBefore" >= ${quarters})`)
  let kept = 0
  for (const { workspaceId } of behind) {
    const context = system.workspace(workspaceId)
    const before = kept
    for (const keeping of [dayVisitors, dayCounts])
      while (!signal?.aborted && (await keepNext(context, keeping, days))) kept++
    await beginSixHours(context, quarters, kept > before)
    while (!signal?.aborted && (await keepNext(context, quarterDays, quarters))) kept++
  }
  return kept
}

/** Something of periods that is put together, one period after the other. */
interface Keeping {
  readonly period: Period
  /** The first instant of the first period that is not. */
  readonly selectNext: () => Statement
  /** Takes the first instant of a period. */
  readonly insert: readonly ((from: string) => Statement)[]
  /** Says up to when that was done. */
  readonly set: (before: string) => Statement
}

/** The first of them makes the row that says up to when the others are. @returns whether there was one */
async function keepNext(context: SqlContext, { period, ...keeping }: Keeping, until: Date): Promise<boolean> {
  return context.sqlTransaction(async (tx) => {
    await takeTurn(tx)
    const [next] = await tx.db.query<{ from: Date | null }>(keeping.selectNext())
    const from = next?.from
    const found = from != null && from < until
    if (found) for (const insert of keeping.insert) await tx.db.query(insert(from.toISOString()))
    const before = found ? new Date(from.getTime() + period.ms) : until
    await tx.db.query(keeping.set(before.toISOString()))
    return found
  })
}

const columns = '"siteId", "pageId", "dimension", "value"'
const ofSites = `"siteId" = any(array(select "id" from "TrackingSite"))`
const counts = measures.map((measure) => `"${measure}"`).join(', ')

/** The period that an hour lies in. */
function periodOf({ length }: Period): string {
  return `date_bin('${length}', "hour", timestamptz '1970-01-01Z')`
}

/** The period of the first hour of a table that they lack. */
function nextOf(period: Period, table: string, before: string): string {
  return `select ${periodOf(period)} as "from" from (
    select min("hour") as "hour" from ${table} where ${ofSites} and "pageId" = '00000000-0000-0000-0000-000000000000'
      and "dimension" = '' and "value" = '' and "hour" >= coalesce((select ${before} from "TrackingDaysKept"), '-infinity')) as first`
}

function insertVisitors({ visitors, time, length }: Period): (from: string) => Statement {
  const within = `"hour" >= $1::timestamptz and "hour" < $1::timestamptz + interval '${length}'`
  return prepared(
    `tracking_insert_${time}_visitors`,
    `insert into "${visitors}" (${columns}, "${time}", "few", "cells")
     select ${columns}, $1::timestamptz, case when "cells" is null and cardinality("hashes") <= ${exactUpTo} then "hashes" else '{}' end,
       case when "cells" is not null then "cells" | tracking_cells("hashes")
         when cardinality("hashes") > ${exactUpTo} then tracking_cells("hashes") end
     from (
       select ${columns}, bit_or("cells") as "cells",
         array(select distinct unnest("few") from "TrackingVisitors" one
           where one."siteId" = hour."siteId" and one."pageId" = hour."pageId" and one."dimension" = hour."dimension"
             and one."value" = hour."value" and ${within.replaceAll('"hour"', 'one."hour"')}) as "hashes"
       from "TrackingVisitors" hour where ${ofSites} and ${within}
       group by ${columns}
     ) as together
     on conflict ("workspaceId", ${columns}, "${time}") do update set "few" = excluded."few", "cells" = excluded."cells"`,
  )
}

/** @param again how far before the period sums are made anew, as an interval */
function insertCounts(period: Period, again: string): (from: string) => Statement {
  const { counts: table, time, length } = period
  return prepared(
    `tracking_insert_${time}_counts`,
    `insert into "${table}" (${columns}, "${time}", ${counts})
     select ${columns}, ${periodOf(period)}, ${measures.map((measure) => `sum("${measure}")`).join(', ')}
     from "TrackingHour" where ${ofSites}
       and "hour" >= $1::timestamptz - interval '${again}' and "hour" < $1::timestamptz + interval '${length}'
     group by ${columns}, ${periodOf(period)}
     on conflict ("workspaceId", ${columns}, "${time}") do update set ${measures.map((measure) => `"${measure}" = excluded."${measure}"`).join(', ')}`,
  )
}

const setBefore = (column: string) =>
  prepared(
    `tracking_set_${column}`,
    `update "TrackingDaysKept" set "${column}" = greatest("${column}", $1::timestamptz)`,
  )

const dayVisitors: Keeping = {
  period: day,
  selectNext: prepared('tracking_select_next_day', nextOf(day, '"TrackingVisitors"', '"before"')),
  insert: [insertVisitors(day)],
  set: prepared(
    'tracking_set_before',
    `insert into "TrackingDaysKept" ("before") values ($1::timestamptz)
     on conflict ("workspaceId") do update set "before" = greatest("TrackingDaysKept"."before", excluded."before")`,
  ),
}

const dayCounts: Keeping = {
  period: day,
  selectNext: prepared('tracking_select_next_counted_day', nextOf(day, '"TrackingHour"', '"countedBefore"')),
  // Two days before it are summed up again: a server of a version that keeps no days, which may run beside this one for a while, adds
  // to hours alone what comes up to 48 hours late.
  insert: [insertCounts(day, '48 hours')],
  set: setBefore('countedBefore'),
}

const quarterDays: Keeping = {
  period: sixHours,
  selectNext: prepared('tracking_select_next_six_hours', nextOf(sixHours, '"TrackingHour"', '"sixHoursBefore"')),
  insert: [insertVisitors(sixHours), insertCounts(sixHours, '0 hours')],
  set: setBefore('sixHoursBefore'),
}

/**
 * Six hours are put together from where that stopped, and for as long as they are kept. Once a day, and where it missed some, three days
 * of them are put together again: what came since yesterday, up to 48 hours late, for the same reason as days are summed up again.
 */
async function beginSixHours(context: SqlContext, until: Date, again: boolean): Promise<void> {
  const asOf = new Date(until.getTime() + (again ? sixHours.ms : -sixHours.ms)).toISOString()
  const first = new Date(until.getTime() - sixHoursKeptMs).toISOString()
  await context.sqlTransaction(async (tx) => {
    await takeTurn(tx)
    await tx.db.query(sql`
      update "TrackingDaysKept" set
        "sixHoursFrom" = case when "sixHoursBefore" >= ${first}::timestamptz then "sixHoursFrom" else ${first}::timestamptz end,
        "sixHoursBefore" = greatest("sixHoursBefore" - interval '72 hours', ${first}::timestamptz)
      where "sixHoursBefore" is null or "sixHoursBefore" < ${asOf}::timestamptz`)
  })
}
