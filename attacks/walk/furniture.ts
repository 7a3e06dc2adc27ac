import type { Column, Table } from './catalog.ts'
import { byName, shapes } from './shapes.ts'

/**
 * Whose something is, readable from every value of it: `a` the attacker, `b` the neighbor whose things are to stay unseen, `e` nobody:
 * the same values, of rows that were never made.
 */
export type Mark = 'a' | 'b' | 'e'

/** One row of each table, by table; column → value. */
export type Furniture = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** One thing of each kind in a workspace. */
export interface Furnishing {
  readonly mark: Mark
  /** Which of several of each: 1, 2. */
  readonly number: number
  /** Who owns what belongs to somebody. */
  readonly personId: string
  readonly at: Date
}

/** Every text begins with it. */
export const textOf = (mark: Mark, ...parts: string[]) => [`q${mark}7x`, ...parts].join('-')

/** An id (UUIDv7) that says whose it is. @param count tells the ids of one owner apart */
export function idOf(mark: Mark, at: Date, count: number): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${mark}0${mark}0${count.toString(16).padStart(8, '0')}`
}

/** Whatever is b's, in an answer. */
export const ofNeighbor = /qb7x[a-z0-9-]*|[0-9a-f]{8}-?[0-9a-f]{4}-?7000-?8000-?b0b0[0-9a-f]{8}/gi

/**
 * A row for every table, with values that say whose they are. What refers to another row refers to the one that is made here: by its
 * foreign key, or by its name, as `pageId` does.
 *
 * @param words of columns that hold one of a few words, one of these: `Alert.status`
 */
export function furniture(
  tables: readonly Table[],
  words: ReadonlyMap<string, unknown>,
  { mark, number, personId, at }: Furnishing,
): Furniture {
  const rows = new Map<string, Record<string, unknown>>()
  const ids = new Map(tables.map(({ name }, index) => [name, idOf(mark, at, number * 0x1000 + index)]))
  const spare = (index: number, column: number) => idOf(mark, at, number * 0x100000 + index * 0x100 + column)
  for (const [index, table] of tables.entries()) {
    const row: Record<string, unknown> = {}
    for (const [position, column] of table.columns.entries()) {
      if (column.name === 'workspaceId') continue
      const place = `${table.name}.${column.name}`
      // What a new row has anyway is at the beginning of its life, where most can be done with it.
      const word = column.preset === null || column.preset === "''::text" ? words.get(place) : undefined
      const shape = shapes[place] ?? word ?? byName[column.name]
      const text = textOf(mark, kebab(table.name), kebab(column.name), String(number))
      if (shape !== undefined) row[column.name] = typeof shape === 'function' ? shape(text) : (shape ?? undefined)
      else if (column.type === 'uuid') {
        const named = namedTable(table.name, column.name, ids)
        row[column.name] =
          column.name === 'id'
            ? ids.get(table.name)
            : ofPerson.test(column.name)
              ? personId
              : named !== undefined
                ? ids.get(named)
                : spare(index, position)
      } else row[column.name] = presetValue(column, text, new Date(at.getTime() - (number - 1) * 86_400_000))
    }
    for (const { columns, keys, table: target } of table.references)
      for (const [place, column] of columns.entries()) {
        if (column === 'workspaceId') continue
        // The first of its table refers to none: to no other row.
        row[column] =
          target === table.name ? undefined : target === 'User' ? personId : rows.get(target)?.[keys[place] as string]
      }
    rows.set(table.name, row)
  }
  return rows
}

const ofPerson = /^(user|owner|inviter|actor|askedBy|createdBy|acknowledgedBy|resolvedBy|decidedBy)Id$/

/** The table that a column like `pageId` names: one of that name, or one of the same plugin that ends in it. */
function namedTable(table: string, column: string, ids: ReadonlyMap<string, string>): string | undefined {
  const noun = /^(\w+)Id$/.exec(column)?.[1]
  if (!noun) return undefined
  const name = noun[0]?.toUpperCase() + noun.slice(1)
  const family = /^[A-Z][a-z]+/.exec(table)?.[0]
  return [`${family}${name}`, name].find((each) => ids.has(each))
}

function presetValue(column: Column, text: string, at: Date): unknown {
  const { type, nullable, preset, labels } = column
  if (labels.length > 0) return preset === null ? labels[0] : undefined
  if (type === 'text') return preset === null || preset === "''::text" ? text : undefined
  if (type === 'text[]') return [text]
  if (type === 'bytea') return nullable ? undefined : Buffer.from(text)
  if (preset !== null && !/^(now|clock_timestamp|CURRENT_TIMESTAMP)/i.test(preset)) return undefined
  if (type === 'jsonb') return nullable ? undefined : { said: text }
  if (type === 'uuid[]') return []
  if (type === 'boolean') return false
  if (/^(timestamp|date)/.test(type)) return nullable ? undefined : at
  if (/^(integer|bigint|smallint|double|real|numeric)/.test(type)) return nullable ? undefined : 1
  return undefined
}

const kebab = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
