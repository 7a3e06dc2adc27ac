import { prepared, type Statement } from '@espalier/core'
import { addRow, type HourRow, measures } from './changedRows.ts'
import { keyColumnsOf, keysOf, keyTypes } from './rollupKeys.ts'
import { dayOf, hourMs } from './timeZone.ts'
import { fewAndCells, hasNewVisitors, mergedFewAndCells, readFewAndCells } from './visitorRows.ts'

/** How far the clocks of two processes may be apart. */
const clockSkewMs = hourMs

/** What changed hours add to days that have been put together already. The caller holds the workspace's turn. */
export function lateStatements(hours: readonly HourRow[], now: Date): Statement[] {
  const days = daysOf(hours, dayOf(new Date(now.getTime() + clockSkewMs)).toISOString())
  const visitors = days.filter(({ visitors }) => visitors.size > 0)
  const counted = days.filter((row) => measures.some((measure) => row[measure] !== 0))
  const statements: Statement[] = []
  if (visitors.length > 0) statements.push(addVisitors(...keysOf(visitors), ...fewAndCells(visitors)))
  if (counted.length > 0)
    statements.push(addCounts(...keysOf(counted), ...measures.map((measure) => counted.map((row) => row[measure]))))
  return statements
}

/** Together by the day, its first instant in place of the hour, without those that can not be over anywhere yet. */
function daysOf(hours: readonly HourRow[], settled: string): HourRow[] {
  const days = new Map<string, HourRow>()
  for (const row of hours) {
    if (row.hour >= settled) continue
    const { siteId, pageId, dimension, value } = row
    const day = `${row.hour.slice(0, 10)}T00:00:00.000Z`
    const key = JSON.stringify([siteId, pageId, dimension, value, day])
    const known = days.get(key)
    if (known) addRow(known, row)
    else days.set(key, { ...row, hour: day, visitors: new Set(row.visitors) })
  }
  return [...days.values()]
}

const keyColumns = keyColumnsOf('day')
const counts = measures.map((measure) => `"${measure}"`).join(', ')

const addVisitors = prepared(
  'tracking_add_to_days',
  `insert into "TrackingDayVisitors" as known (${keyColumns}, "few", "cells")
   select ${keyColumns}, ${readFewAndCells} from unnest(${keyTypes}, $6::text[], $7::varbit[]) as new (${keyColumns}, "few", "cells")
   where "day" < (select "before" from "TrackingDaysKept")
   on conflict ("workspaceId", ${keyColumns})
   do update set ("few", "cells") = (${mergedFewAndCells}) where ${hasNewVisitors}`,
)

const addCounts = prepared(
  'tracking_add_counts_to_days',
  `insert into "TrackingDay" as total (${keyColumns}, ${counts})
   select * from unnest(${keyTypes}, ${measures.map((_, index) => `$${index + 6}::bigint[]`).join(', ')}) as new (${keyColumns}, ${counts})
   where "day" < (select "countedBefore" from "TrackingDaysKept")
   on conflict ("workspaceId", ${keyColumns})
   do update set ${measures.map((measure) => `"${measure}" = total."${measure}" + excluded."${measure}"`).join(', ')}`,
)
