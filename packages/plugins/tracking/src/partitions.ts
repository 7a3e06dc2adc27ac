import { type SystemContext, sql } from '@espalier/core'

/** Weeks of the log that are made ahead. */
const weeksAhead = 8

/**
 * Makes the log's partitions from last week (late events) to two months ahead, those that are missing. Where
 * this fails for longer, events go to the default partition: none is refused.
 *
 * Tables are made by a function of the owner's that the system role may call; see the migration.
 * @returns how many partitions were made
 */
export async function makePartitions(system: SystemContext): Promise<number> {
  const lastWeek = new Date(system.clock.now().getTime() - 7 * 24 * 3600_000)
  const [row] = await system.system.query<{ made: number }>(
    sql`select make_tracking_partitions(${lastWeek.toISOString()}::timestamptz, ${weeksAhead + 2}::int) as made`,
  )
  return row?.made ?? 0
}

/** Drops whole weeks of the log that ended before an instant. @returns how many */
export async function dropPartitions(system: SystemContext, before: Date): Promise<number> {
  const [dropped] = await system.system.query<{ count: number }>(
    sql`select drop_tracking_partitions(${before.toISOString()}::timestamptz) as count`,
  )
  return dropped?.count ?? 0
}
