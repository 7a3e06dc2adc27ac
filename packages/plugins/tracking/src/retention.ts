import { type SystemContext, sql } from '@espalier/core'
import type { EventStore } from './eventStore.ts'
import { sixHoursKeptMs } from './periods.ts'
import { keptMinutesFrom } from './recentMinutes.ts'
import { hourMs } from './timeZone.ts'

/** The shortest time for which events can be kept, in days: late ones may still reach what is younger. */
export const minRetentionDays = 14

/** Days after which no event of a day can come any more. */
const lateDays = 3

export interface Dropped {
  /** Weeks of the log. */
  readonly partitions: number
  readonly sessions: number
}

/**
 * Drops what is older than the installation keeps: whole weeks of the log, and the sessions that were derived from
 * them. Rollups are kept for ever, so numbers stay. One setting for all workspaces: they share the partitions.
 *
 * Tables are dropped by a function of the owner's that the system role may call; see the migration.
 *
 * @param days that events are kept; undefined: for ever
 */
export async function dropOld(system: SystemContext, store: EventStore, days: number | undefined): Promise<Dropped> {
  const now = system.clock.now().getTime()
  const before = (days: number) => new Date(now - days * 24 * 3600_000).toISOString()
  // Working data of the rollups, of no use once its time is over. Across workspaces: nobody else sees to it.
  await system.system.query(
    sql`delete from "TrackingRecent" where "minute" < ${keptMinutesFrom(system.clock.now()).toISOString()}::timestamptz`,
  )
  await system.system.query(sql`delete from "TrackingDayValue" where "day" < ${before(lateDays)}::date`)
  await forgetSixHours(system)
  if (days === undefined) return { partitions: 0, sessions: 0 }
  if (days < minRetentionDays)
    throw new RangeError(`Events are kept for ${minRetentionDays} days at least, not ${days}.`)
  const partitions = await store.dropBefore(system, new Date(before(days)))
  const [sessions] = await system.system.query<{ count: number }>(
    sql`with gone as (delete from "TrackingSession" where "endedAt" < ${before(days)}::timestamptz returning 1)
      select count(*)::int as count from gone`,
  )
  return { partitions, sessions: sessions?.count ?? 0 }
}

/** Says first that they are not there any more: whoever is reading has a day. */
async function forgetSixHours(system: SystemContext): Promise<void> {
  const kept = `${sixHoursKeptMs / hourMs} hours`
  await system.system.query(
    sql`update "TrackingDaysKept" set "sixHoursFrom" = "sixHoursBefore" - ${kept}::interval
      where "sixHoursFrom" < "sixHoursBefore" - ${kept}::interval`,
  )
  await system.system.query(
    sql`delete from "TrackingSixHours" six using "TrackingDaysKept" kept
      where kept."workspaceId" = six."workspaceId" and six."sixHours" < kept."sixHoursFrom" - interval '24 hours'`,
  )
  await system.system.query(
    sql`delete from "TrackingSixHoursVisitors" six using "TrackingDaysKept" kept
      where kept."workspaceId" = six."workspaceId" and six."sixHours" < kept."sixHoursFrom" - interval '24 hours'`,
  )
}
