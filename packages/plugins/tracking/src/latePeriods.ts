import { prepared, type Statement } from '@espalier/core'
import { addRow, type HourRow, measures } from './changedRows.ts'
import { beginningOf, day, overBefore, type Period, sixHours } from './periods.ts'
import { keyColumnsOf, keysOf, keyTypes } from './rollupKeys.ts'
import { hourMs } from './timeZone.ts'
import { fewAndCells, hasNewVisitors, mergedFewAndCells, readFewAndCells } from './visitorRows.ts'

/** How far the clocks of two processes may be apart. */
const clockSkewMs = hourMs

/** What changed hours add to periods that have been put together already. The caller holds the workspace's turn. */
export function lateStatements(hours: readonly HourRow[], now: Date): Statement[] {
  return additions.flatMap((addition) => additionsTo(addition, hours, now))
}

function additionsTo({ period, addVisitors, addCounts }: Addition, hours: readonly HourRow[], now: Date): Statement[] {
  const rows = together(hours, period, overBefore(period, new Date(now.getTime() + clockSkewMs)).toISOString())
  const visitors = rows.filter(({ visitors }) => visitors.size > 0)
  const counted = rows.filter((row) => measures.some((measure) => row[measure] !== 0))
  const statements: Statement[] = []
  if (visitors.length > 0) statements.push(addVisitors(...keysOf(visitors), ...fewAndCells(visitors)))
  if (counted.length > 0)
    statements.push(addCounts(...keysOf(counted), ...measures.map((measure) => counted.map((row) => row[measure]))))
  return statements
}

/** Together by the period, its first instant in place of the hour, without those that can not have been put together anywhere yet. */
function together(hours: readonly HourRow[], period: Period, settled: string): HourRow[] {
  const periods = new Map<string, HourRow>()
  for (const row of hours) {
    if (row.hour >= settled) continue
    const { siteId, pageId, dimension, value } = row
    const from = beginningOf(period, new Date(row.hour)).toISOString()
    const key = JSON.stringify([siteId, pageId, dimension, value, from])
    const known = periods.get(key)
    if (known) addRow(known, row)
    else periods.set(key, { ...row, hour: from, visitors: new Set(row.visitors) })
  }
  return [...periods.values()]
}

/** How something is added to periods of a kind. */
interface Addition {
  readonly period: Period
  readonly addVisitors: ReturnType<typeof prepared>
  readonly addCounts: ReturnType<typeof prepared>
}

const counts = measures.map((measure) => `"${measure}"`).join(', ')

const additions = [day, sixHours].map(additionTo)

function additionTo(period: Period): Addition {
  const keyColumns = keyColumnsOf(period.time)
  return {
    period,
    addVisitors: prepared(
      `tracking_add_visitors_to_${period.time}`,
      `insert into "${period.visitors}" as known (${keyColumns}, "few", "cells")
       select ${keyColumns}, ${readFewAndCells} from unnest(${keyTypes}, $6::text[], $7::varbit[]) as new (${keyColumns}, "few", "cells")
       where "${period.time}" < (select "${period.visitorsBefore}" from "TrackingDaysKept")
       on conflict ("workspaceId", ${keyColumns})
       do update set ("few", "cells") = (${mergedFewAndCells}) where ${hasNewVisitors}`,
    ),
    addCounts: prepared(
      `tracking_add_counts_to_${period.time}`,
      `insert into "${period.counts}" as total (${keyColumns}, ${counts})
       select * from unnest(${keyTypes}, ${measures.map((_, index) => `$${index + 6}::bigint[]`).join(', ')}) as new (${keyColumns}, ${counts})
       where "${period.time}" < (select "${period.countedBefore}" from "TrackingDaysKept")
       on conflict ("workspaceId", ${keyColumns})
       do update set ${measures.map((measure) => `"${measure}" = total."${measure}" + excluded."${measure}"`).join(', ')}`,
    ),
  }
}
