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

/** Writes what minutes change by, without those that are no longer kept. The caller holds the workspace's turn. */
export function recentStatements(minutes: readonly MinuteRow[], now: Date): Statement[] {
  const from = keptMinutesFrom(now).toISOString()
  const rows = minutes.filter(
    (row) => row.minute >= from && (row.hashes.size > 0 || kept.some((measure) => row[measure] !== 0)),
  )
  if (rows.length === 0) return []
  const statement = addToRecent(
    rows.map(({ siteId }) => siteId),
    rows.map(({ pageId }) => pageId),
    rows.map(({ dimension }) => dimension),
    rows.map(({ minute }) => minute),
    rows.map(({ value }) => value),
    ...fewAndCells(rows),
    ...kept.map((measure) => rows.map((row) => row[measure])),
  )
  return [statement]
}

const keys = '"siteId", "pageId", "dimension", "minute", "value"'
const counts = kept.map((measure) => `"${measure}"`).join(', ')

const addToRecent = prepared(
  'tracking_add_to_recent',
  `insert into "TrackingRecent" as known (${keys}, ${counts}, "few", "cells")
   select ${keys}, ${counts}, ${readFewAndCells}
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::varbit[],
     ${kept.map((_, index) => `$${index + 8}::bigint[]`).join(', ')}) as new (${keys}, "few", "cells", ${counts})
   on conflict ("workspaceId", ${keys})
   do update set ${kept.map((measure) => `"${measure}" = known."${measure}" + excluded."${measure}"`).join(', ')},
     ("few", "cells") = (${mergedFewAndCells})`,
)
