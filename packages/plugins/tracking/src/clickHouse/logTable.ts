import type { ArrayElement } from '@espalier/core'
import type { TrackedEvent } from '../event.ts'
import { instantOf } from '../eventId.ts'
import { type LogColumn, logColumns } from '../logColumns.ts'
import type { ClickHouse } from './clickHouse.ts'
import { RowBinary } from './rowBinary.ts'
import { joined, name, type Sql, sqlText } from './sqlText.ts'

/** The table on each node, and what rows are written to and read from: itself, or all nodes' together. */
export interface LogTables {
  readonly own: Sql
  readonly all: Sql
  readonly settled: Sql
}

export function tablesOf({ cluster }: ClickHouse): LogTables {
  const own = name('tracking_event')
  return { own, all: cluster ? name('tracking_event_all') : own, settled: name('tracking_settled') }
}

const hourMs = 3600_000

/** DateTime ends in 2106. */
const lastHour = Math.floor((2 ** 32 - 1) / 3600) * 3600

/** The hour of an instant, such as that of an event's id, in seconds: the second column of the key. */
export function hourOf(at: Date): number {
  return Math.min(lastHour, Math.max(0, Math.floor(at.getTime() / hourMs) * 3600))
}

/**
 * Makes the tables that are missing, and columns that a later version has added.
 *
 * The key is workspace, hour, visitor, id: one workspace's hours lie together, so that the newest events and any span are found
 * by it; within an hour a visitor's lie together, so that a session is, too. A row that was written twice is one row again when
 * its parts are merged; until then readers see to it.
 */
export async function makeTables(house: ClickHouse): Promise<void> {
  await house.everywhere(sqlText`CREATE DATABASE IF NOT EXISTS ${name(house.database)}`, { database: false })
  const { own, all, settled } = tablesOf(house)
  const columns = allColumns.map(({ name: column, clickHouse }) => sqlText`${name(column)} ${clickHouse}`)
  await house.everywhere(sqlText`CREATE TABLE IF NOT EXISTS ${own} (${joined(columns, ', ')})
    ENGINE = ReplacingMergeTree() PARTITION BY toMonday("hour")
    ORDER BY ("workspaceId", "hour", "visitorId", "id", "batch")`)
  await house.everywhere(
    sqlText`CREATE TABLE IF NOT EXISTS ${settled} ("batch" UInt64) ENGINE = MergeTree() ORDER BY "batch"`,
  )
  const present = await house.readEverywhere<[string]>(
    sqlText`SELECT "name" FROM system.columns WHERE "database" = ${house.database} AND "table" = 'tracking_event'`,
  )
  const known = new Set(present.map(([column]) => column))
  for (const column of allColumns)
    if (!known.has(column.name))
      await house.everywhere(sqlText`ALTER TABLE ${own} ADD COLUMN ${name(column.name)} ${column.clickHouse}`)
  if (house.cluster)
    // One visitor's events of a workspace lie on one node: what counts by visitor is asked of one.
    await house.everywhere(sqlText`CREATE TABLE IF NOT EXISTS ${all} AS ${own}
      ENGINE = Distributed(${name(house.cluster)}, ${name(house.database)}, ${own}, cityHash64("workspaceId", "visitorId"))`)
}

interface TableColumn {
  readonly name: string
  readonly clickHouse: Sql
}

/** Columns of the log that are never null. The others may be. */
const required = new Set(['id', 'siteId', 'visitorId', 'name', 'at'])

const typeNames: Readonly<Record<ArrayElement, Sql>> = {
  // By its bytes: ClickHouse's own UUID sorts by its second half first.
  uuid: sqlText`FixedString(16)`,
  text: sqlText`String`,
  // Milliseconds: versions before 19.15 know instants to the second.
  timestamptz: sqlText`Int64`,
  bigint: sqlText`Int64`,
  boolean: sqlText`UInt8`,
  jsonb: sqlText`String`,
  varbit: sqlText`String`,
}

const allColumns: readonly TableColumn[] = [
  { name: 'workspaceId', clickHouse: sqlText`FixedString(16)` },
  { name: 'hour', clickHouse: sqlText`DateTime('UTC')` },
  ...logColumns.map(({ name, type }) => ({
    name,
    clickHouse: required.has(name) ? typeNames[type] : sqlText`Nullable(${typeNames[type]})`,
  })),
  { name: 'receivedAt', clickHouse: sqlText`Int64` },
  { name: 'batch', clickHouse: sqlText`UInt64` },
]

/** The columns in the order in which {@link rowsOf} writes them. */
export const writtenColumns: Sql = joined(
  allColumns.map((column) => name(column.name)),
  ', ',
)

/** All columns but the batch: where a row is kept and put back, it is believed as it stands, and 0 says so. */
export const keptColumns: Sql = joined(
  allColumns.filter((column) => column.name !== 'batch').map((column) => name(column.name)),
  ', ',
)

/** Events as rows to insert. */
export function rowsOf(
  events: readonly TrackedEvent[],
  of: { workspaceId: string; batch: bigint; receivedAt: Date },
): Buffer {
  const out = new RowBinary()
  for (const event of events) {
    out.uuid(of.workspaceId)
    out.dateTime(hourOf(instantOf(event.id)))
    for (const column of logColumns) writeValue(out, column, event)
    out.int64(of.receivedAt.getTime())
    out.int64(of.batch)
  }
  return out.rows
}

function writeValue(out: RowBinary, column: LogColumn, event: TrackedEvent): void {
  const value = column.of(event)
  if (!required.has(column.name) && !out.nullable(value == null)) return
  if (value == null) throw new TypeError(`An event has no ${column.name}.`)
  if (column.type === 'uuid') out.uuid(value as string)
  else if (value instanceof Date) out.int64(value.getTime())
  else if (typeof value === 'number') out.int64(value)
  else out.text(value as string)
}

/** A row as it is read: every column of the log, with when it was received. */
export type LogRow = { readonly [column: string]: unknown } & { readonly id: string }

const readColumns = [
  ...logColumns.map(({ name, type }) => ({ name, type })),
  { name: 'receivedAt', type: 'timestamptz' as const },
]

/** What to select for {@link readRow}; the id comes first. */
export const readList: Sql = joined(
  readColumns.map(({ name: column, type }) =>
    type === 'uuid' ? sqlText`UUIDNumToString(${name(column)})` : name(column),
  ),
  ', ',
)

export function readRow(values: readonly unknown[]): LogRow {
  return Object.fromEntries(
    readColumns.map(({ name: column, type }, index) => [column, readValue(type, values[index] as string | null)]),
  ) as LogRow
}

function readValue(type: ArrayElement, value: string | null): unknown {
  if (value === null) return null
  if (type === 'timestamptz') return new Date(Number(value))
  if (type === 'bigint') return Number(value)
  if (type === 'jsonb') return JSON.parse(value)
  return value
}
