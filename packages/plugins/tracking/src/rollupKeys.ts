import type { HourKey } from './changedRows.ts'
import type { Period } from './periods.ts'

/**
 * SQL of the key that rollups by the hour and by longer periods share, and its parameters `$1` to `$5`: arrays, as
 * `unnest` reads them.
 */
export const keyTypes = '$1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]'

/** @param time the column that says when */
export function keyColumnsOf(time: 'hour' | Period['time']): string {
  return `"siteId", "pageId", "dimension", "value", "${time}"`
}

/** What {@link keyTypes} are of rows; `hour` of a row is whatever its table's time is. */
export function keysOf(rows: readonly HourKey[]): unknown[] {
  return [
    rows.map(({ siteId }) => siteId),
    rows.map(({ pageId }) => pageId),
    rows.map(({ dimension }) => dimension),
    rows.map(({ value }) => value),
    rows.map(({ hour }) => hour),
  ]
}
