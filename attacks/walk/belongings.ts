import { globalIdOf } from '../../packages/core/src/schema/relay.ts'
import { type Furniture, type Mark, textOf } from './furniture.ts'

/** What somebody has, by the names that the schema has for it. */
export interface Belongings {
  readonly mark: Mark
  readonly at: Date
  /** Whether there is a thing of this GraphQL type, or one whose name ends so: `Site` is a TrackingSite. */
  has(type: string): boolean
  /** Of the thing of this GraphQL type, as the database has it. */
  id(type: string): string
  /** The same as the API gives it out. */
  globalId(type: string): string
  /** What stands in the column of the table of this type; of the first table that has such a column; else any text of theirs. */
  text(type: string, column: string): string
  /** What a name asks for, where no type says more: `siteId`, `formIds`, `pageSlug`. */
  named(name: string): string
}

/**
 * @param tableOf the table of a GraphQL type
 * @param others ids of what is in no table: a person, a workspace, a job
 */
export function belongings(
  mark: Mark,
  at: Date,
  furniture: Furniture,
  tableOf: (type: string) => string,
  others: Readonly<Record<string, string>>,
): Belongings {
  const whole = (type: string) =>
    [type, ...furniture.keys()].find(
      (name) => name.endsWith(type) && typeof (others[name] ?? furniture.get(tableOf(name))?.id) === 'string',
    )
  const id = (type: string) => {
    const name = whole(type) ?? 'Page'
    return (others[name] ?? furniture.get(tableOf(name))?.id) as string
  }
  const text = (type: string, column: string) => {
    const rows = [furniture.get(tableOf(type)), ...furniture.values()]
    const held = rows.map((row) => row?.[column]).find((value) => typeof value === 'string')
    return typeof held === 'string' ? held : textOf(mark, 'any', column.toLowerCase())
  }
  return {
    mark,
    at,
    has: (type) => whole(type) !== undefined,
    id,
    text,
    named: (name) => {
      const [, type, column = ''] = /^(.*?)(ids?|slug|key|)$/i.exec(name) ?? []
      const capital = `${type?.charAt(0).toUpperCase()}${type?.slice(1)}`
      if (/^ids?$/i.test(column)) return id(capital)
      return type && column && whole(capital) ? text(whole(capital) as string, column.toLowerCase()) : text('', name)
    },
    globalId: (type) => globalIdOf(whole(type) ?? type, id(type)),
  }
}
