import type { ColumnKind } from './readModel.ts'
import type { RowPart, RowShape } from './readSql.ts'

/** A row as JSON has it: the values of its {@link RowShape}, in their places. */
type JsonRow = readonly unknown[]

/** Makes what turns rows of JSON into objects such as Prisma gives. */
export function rowReader(shape: RowShape): (row: JsonRow) => Record<string, unknown> {
  const parts = shape.map((part) => ({ name: part.name, read: partReader(part) }))
  return (row) => {
    const object: Record<string, unknown> = {}
    for (let place = 0; place < parts.length; place++) {
      const { name, read } = parts[place] as (typeof parts)[number]
      const value = row[place]
      object[name] = read ? read(value) : value
    }
    return object
  }
}

type Read = (value: unknown) => unknown

/** @returns undefined where the value is already what it should be */
function partReader(part: RowPart): Read | undefined {
  if ('counts' in part)
    return (counts) => Object.fromEntries(part.counts.map((name, place) => [name, (counts as number[])[place]]))
  if ('row' in part) {
    const read = rowReader(part.row)
    return part.list
      ? (rows) => ((rows ?? []) as JsonRow[]).map(read)
      : (row) => (row === null ? null : read(row as JsonRow))
  }
  const read = part.column.list ? undefined : readers[part.column.kind]
  return read && ((value) => (value === null ? null : read(value)))
}

const readers: Partial<Record<ColumnKind, Read>> = {
  instant: (text) => new Date(text as string),
  day: (text) => new Date(text as string),
  bigint: (text) => BigInt(text as string),
  // JSON has no words for infinity and what is no number: PostgreSQL writes them as texts.
  float: Number,
  bytes: (hex) => new Uint8Array(Buffer.from(hex as string, 'hex')),
}
