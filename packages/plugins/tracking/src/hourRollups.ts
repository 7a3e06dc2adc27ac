import { prepared, type Statement } from '@espalier/core'
import { addRow, type HourKey, type HourRow, measures, type RevenueRow } from './changedRows.ts'
import type { NewVisitors } from './countedVisitors.ts'
import { placeOf } from './dayValues.ts'
import { other } from './dimensions.ts'
import type { HourChanges } from './hourChanges.ts'
import { lateStatements } from './latePeriods.ts'
import { keptOf, recentStatements } from './recentMinutes.ts'
import { keyColumnsOf, keysOf, keyTypes } from './rollupKeys.ts'
import { fewAndCells, hasNewVisitors, mergedFewAndCells, readFewAndCells } from './visitorRows.ts'

/**
 * Writes changes to the rollups by the hour, and to the last minutes. The caller holds the workspace's turn.
 *
 * @param changed the changes' hours
 * @param beyond see `DayValues`, of these hours
 * @param counted leaves out visitors who are known to be counted
 */
export function hourStatements(
  changed: readonly HourRow[],
  changes: HourChanges,
  beyond: ReadonlySet<string>,
  now: Date,
  counted: Pick<NewVisitors, 'of'> = { of: (rows) => [...rows] },
): Statement[] {
  const rows = together(changed, beyond, addRow, besideOthers)
  const hours = rows.filter((row) => measures.some((measure) => row[measure] !== 0))
  const visitors = counted.of(rows, 'hour').filter(({ visitors }) => visitors.size > 0)
  const revenue = together([...changes.revenue.values()], beyond, addRevenueRow, (row) => ({
    ...row,
    value: other,
  })).filter(({ amountMinor, conversions }) => amountMinor !== 0 || conversions !== 0)
  const timings = [...changes.timings.values()]
  const minutes = keptOf(together(changes.minutes, beyond, addRow, besideOthers), now)

  const statements: Statement[] = []
  if (hours.length > 0)
    statements.push(addToHours(...keysOf(hours), ...measures.map((measure) => hours.map((row) => row[measure]))))
  if (visitors.length > 0) statements.push(addVisitors(...keysOf(visitors), ...fewAndCells(visitors)))
  statements.push(...lateStatements(rows, now))
  if (revenue.length > 0)
    statements.push(
      addRevenue(
        ...keysOf(revenue),
        revenue.map(({ currency }) => currency),
        revenue.map(({ amountMinor }) => amountMinor),
        revenue.map(({ conversions }) => conversions),
      ),
    )
  if (timings.length > 0)
    statements.push(
      addTimings(
        timings.map(({ siteId }) => siteId),
        timings.map(({ pageId }) => pageId),
        timings.map(({ metric }) => metric),
        timings.map(({ hour }) => hour),
        timings.map(({ bucket }) => bucket),
        timings.map(({ count }) => count),
      ),
    )
  return [...statements, ...recentStatements(counted.of(minutes, 'minute'))]
}

/**
 * Rows whose value is beyond its day's move to the value "(other)", together, and with what says so of itself.
 *
 * @param begun the first row of such, from one that it is made of
 */
function together<Row extends HourKey & { currency?: string; minute?: string }>(
  rows: readonly Row[],
  beyond: ReadonlySet<string>,
  add: (row: Row, more: Row) => void,
  begun: (row: Row) => Row,
): Row[] {
  if (beyond.size === 0) return [...rows]
  const kept: Row[] = []
  const others = new Map<string, Row>()
  for (const row of rows) {
    if (row.value !== other && !beyond.has(placeOf(row))) {
      kept.push(row)
      continue
    }
    const key = `${row.siteId} ${row.pageId} ${row.dimension} ${row.minute ?? row.hour} ${row.currency ?? ''}`
    const first = others.get(key)
    if (first) add(first, row)
    else others.set(key, begun(row))
  }
  return [...kept, ...others.values()]
}

function besideOthers<Row extends HourRow>(row: Row): Row {
  return { ...row, value: other, visitors: new Set(row.visitors) }
}

function addRevenueRow(row: RevenueRow, more: RevenueRow): void {
  row.amountMinor += more.amountMinor
  row.conversions += more.conversions
}

const keyColumns = keyColumnsOf('hour')

const addToHours = prepared(
  'tracking_add_to_hours',
  `insert into "TrackingHour" as total (${keyColumns}, ${measures.map((measure) => `"${measure}"`).join(', ')})
   select * from unnest(${keyTypes}, ${measures.map((_, index) => `$${index + 6}::bigint[]`).join(', ')})
   on conflict ("workspaceId", ${keyColumns})
   do update set ${measures.map((measure) => `"${measure}" = total."${measure}" + excluded."${measure}"`).join(', ')}`,
)

const addVisitors = prepared(
  'tracking_add_visitors',
  `insert into "TrackingVisitors" as known (${keyColumns}, "few", "cells")
   select ${keyColumns}, ${readFewAndCells} from unnest(${keyTypes}, $6::text[], $7::varbit[]) as new (${keyColumns}, "few", "cells")
   on conflict ("workspaceId", ${keyColumns}) do update set ("few", "cells") = (${mergedFewAndCells}) where ${hasNewVisitors}`,
)

const addRevenue = prepared(
  'tracking_add_revenue',
  `insert into "TrackingRevenue" as total (${keyColumns}, "currency", "amountMinor", "conversions")
   select * from unnest(${keyTypes}, $6::text[], $7::bigint[], $8::int[])
   on conflict ("workspaceId", "siteId", "pageId", "dimension", "value", "currency", "hour")
   do update set "amountMinor" = total."amountMinor" + excluded."amountMinor", "conversions" = total."conversions" + excluded."conversions"`,
)

const addTimings = prepared(
  'tracking_add_timings',
  `insert into "TrackingTiming" as total ("siteId", "pageId", "metric", "hour", "bucket", "count")
   select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::int[])
   on conflict ("workspaceId", "siteId", "pageId", "metric", "hour", "bucket")
   do update set "count" = total."count" + excluded."count"`,
)
