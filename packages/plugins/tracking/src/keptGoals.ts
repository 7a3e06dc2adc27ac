import type { SqlContext } from '@espalier/core'
import { all, goals, keyText, none, other } from './dimensions.ts'
import type { GoalScope } from './goalCounts.ts'
import { keptMinutesFrom } from './recentMinutes.ts'
import { rowsUnder, Values } from './rollupRows.ts'
import { hourOf, minuteOf } from './timeZone.ts'

/**
 * How often a goal was reached, by steps of time counted from `from` on, read from the rollups: it grows with the steps, not with
 * the conversions.
 *
 * A conversion counts in all, among those of any goal, and under its own. Where the first two do not say the same, not all that
 * happened was counted by goal: by a server of a version that did not yet, or before there were such counts.
 *
 * @param timeZone in whose hours numbers are kept
 * @returns by the beginning of the step in milliseconds; undefined: the rollups do not know, only the log does
 */
export async function readKeptGoals(
  context: SqlContext,
  scope: GoalScope,
  by: 'HOUR' | 'MINUTE',
  timeZone: string,
): Promise<Map<number, number> | undefined> {
  const { goal, from, to } = scope
  if (goal === none || goal === other || keyText(goal) !== goal) return undefined
  const begins = (at: Date) => (by === 'HOUR' ? hourOf(at, timeZone) : minuteOf(at)).getTime() === at.getTime()
  if (!begins(from) || !begins(to)) return undefined
  if (by === 'MINUTE' && from < keptMinutesFrom(context.clock.now())) return undefined
  const values = new Values()
  const [table, time] = by === 'HOUR' ? (['TrackingHour', 'hour'] as const) : (['TrackingRecent', 'minute'] as const)
  const step = `date_bin('1 ${by.toLowerCase()}', "${time}", ${values.add(from.toISOString())}::timestamptz)`
  const rows = await context.db.query<{ at: Date; dimension: string; value: string; count: number }>({
    text: `select ${step} as "at", "dimension", "value", sum("conversions")::int as "count"
      from ${rowsUnder(table, values, scope, [all, goals], [none, goal, other])} group by 1, 2, 3`,
    values: values.list,
  })
  const sumOf = (dimension: string, value: string) =>
    rows.reduce((sum, row) => sum + (row.dimension === dimension && row.value === value ? row.count : 0), 0)
  // What came after the goals that a day keeps apart may be of this one.
  if (sumOf(all, none) !== sumOf(goals, none) || sumOf(goals, other) > 0) return undefined
  return new Map(
    rows
      .filter(({ dimension, value }) => dimension === goals && value === goal)
      .map(({ at, count }) => [at.getTime(), count]),
  )
}
