import { prepared, type Statement } from '@espalier/core'
import { type MinuteRow, measures } from './changedRows.ts'
import { minuteMs, minuteOf } from './timeZone.ts'
import { fewAndCells, mergedFewAndCells, readFewAndCells } from './visitorRows.ts'

/**
 * The last minutes, with all the keys that hours have: what a dashboard draws of today and yesterday. They take some
 * sixty times the rows of hours, so they are kept for a while only.
 */
export const keptHours = 48

/** The first minute that is still kept. */
export function keptMinutesFrom(now: Date): Date {
  return minuteOf(new Date(now.getTime() - keptHours * 60 * minuteMs))
}

/** Pages served are kept by the hour alone: the server counts them apart from visits. */
const kept = measures.filter((measure) => measure !== 'served')

/** Those of the minutes that are still kept. */
export function keptOf(minutes: readonly MinuteRow[], now: Date): MinuteRow[] {
  const from = keptMinutesFrom(now).toISOString()
  return minutes.filter(({ minute }) => minute >= from)
}

/** Writes what minutes change by. The caller holds the workspace's turn. */
export function recentStatements(minutes: readonly MinuteRow[]): Statement[] {
  const rows = minutes.filter((row) => row.visitors.size > 0 || kept.some((measure) => row[measure] !== 0))
  const visited = rows.filter(({ visitors }) => visitors.size > 0)
  const others = rows.filter(({ visitors }) => visitors.size === 0)
  const statements: Statement[] = []
  if (visited.length > 0) statements.push(addToRecent(...parametersOf(visited), ...fewAndCells(visited)))
  if (others.length > 0) statements.push(addCountsToRecent(...parametersOf(others)))
  return statements
}

function parametersOf(rows: readonly MinuteRow[]): unknown[] {
  return [
    rows.map(({ siteId }) => siteId),
    rows.map(({ pageId }) => pageId),
    rows.map(({ dimension }) => dimension),
    rows.map(({ minute }) => minute),
    rows.map(({ value }) => value),
    ...kept.map((measure) => rows.map((row) => row[measure])),
  ]
}

const keys = '"siteId", "pageId", "dimension", "minute", "value"'
const counts = kept.map((measure) => `"${measure}"`).join(', ')

const types = ['uuid', 'uuid', 'text', 'timestamptz', 'text', ...kept.map(() => 'bigint')]
const parameters = types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')
const addedCounts = kept.map((measure) => `"${measure}" = known."${measure}" + excluded."${measure}"`).join(', ')

const addToRecent = prepared(
  'tracking_add_to_recent',
  `insert into "TrackingRecent" as known (${keys}, ${counts}, "few", "cells")
   select ${keys}, ${counts}, ${readFewAndCells}
   from unnest(${parameters}, $${types.length + 1}::text[], $${types.length + 2}::varbit[]) as new (${keys}, ${counts}, "few", "cells")
   on conflict ("workspaceId", ${keys}) do update set ${addedCounts}, ("few", "cells") = (${mergedFewAndCells})`,
)

// Apart, for what a function hands back is unpacked, and would be packed again though nobody is new.
const addCountsToRecent = prepared(
  'tracking_add_counts_to_recent',
  `insert into "TrackingRecent" as known (${keys}, ${counts}, "few")
   select *, '{}'::bigint[] from unnest(${parameters})
   on conflict ("workspaceId", ${keys}) do update set ${addedCounts}`,
)
