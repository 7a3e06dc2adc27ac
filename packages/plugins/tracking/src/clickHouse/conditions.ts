import { instantOf } from '../eventId.ts'
import { logColumns } from '../logColumns.ts'
import { hourOf } from './logTable.ts'
import { joined, name, type Sql, sqlText, uuid } from './sqlText.ts'

/**
 * A condition in Prisma's words, as the API's lists say it, in ClickHouse's: the same rows, `null` included.
 *
 * @throws TypeError for what lists do not ask
 */
export function conditionOf(where: unknown): Sql {
  const all: Sql[] = []
  for (const [key, value] of Object.entries(where ?? {})) {
    if (value === undefined) continue
    if (key === 'AND') all.push(...listOf(value).map(conditionOf))
    else if (key === 'OR') all.push(anyOf(listOf(value).map(conditionOf)))
    else if (key === 'NOT') all.push(sqlText`NOT (${conditionOf({ AND: value })})`)
    else if (key !== 'workspaceId') all.push(...comparisons(key, value))
  }
  return all.length === 0 ? sqlText`1` : sqlText`(${joined(all, ' AND ')})`
}

/**
 * The first and the last hour, in seconds, that ids of such rows can begin with, where a condition bounds them. Beside what
 * {@link conditionOf} says, it keeps the question to the hours of the key.
 */
export function hoursOf(where: unknown): { first?: number; last?: number } {
  let first: number | undefined
  let last: number | undefined
  for (const [key, value] of Object.entries(where ?? {})) {
    const bounds = key === 'AND' ? listOf(value).map(hoursOf) : key === 'id' ? [hoursOfId(value)] : []
    for (const bound of bounds) {
      if (bound.first !== undefined) first = Math.max(first ?? bound.first, bound.first)
      if (bound.last !== undefined) last = Math.min(last ?? bound.last, bound.last)
    }
  }
  return { ...(first !== undefined && { first }), ...(last !== undefined && { last }) }
}

function hoursOfId(value: unknown): { first?: number; last?: number } {
  const { gte, gt, lt, lte, equals } = (typeof value === 'string' ? { equals: value } : value) as Record<string, string>
  const [from, to] = [gte ?? gt ?? equals, lt ?? lte ?? equals]
  return {
    ...(from !== undefined && { first: hourOf(instantOf(from)) }),
    ...(to !== undefined && { last: hourOf(instantOf(to)) }),
  }
}

const types: ReadonlyMap<string, string> = new Map([
  ...logColumns.map(({ name, type }) => [name, type] as const),
  ['receivedAt', 'timestamptz'],
])

function comparisons(column: string, value: unknown): Sql[] {
  if (!types.has(column)) throw new TypeError(`The log has no column "${column}".`)
  const field = name(column)
  if (value === null) return [sqlText`isNull(${field})`]
  if (typeof value !== 'object' || value instanceof Date) return [sqlText`${field} = ${comparable(column, value)}`]
  const { mode, ...operations } = value as Record<string, unknown>
  const anyCase = mode === 'insensitive'
  return Object.entries(operations).flatMap(([operation, given]) =>
    given === undefined ? [] : [comparison(column, operation, given, anyCase)],
  )
}

function comparison(column: string, operation: string, given: unknown, anyCase: boolean): Sql {
  const field = anyCase ? sqlText`lowerUTF8(${name(column)})` : name(column)
  const text = (value: unknown) => (anyCase ? String(value).toLowerCase() : String(value))
  const one = (value: unknown) => comparable(column, anyCase ? text(value) : value)
  switch (operation) {
    case 'equals':
      return given === null ? sqlText`isNull(${field})` : sqlText`${field} = ${one(given)}`
    case 'in':
      return anyOf(listOf(given).map((value) => sqlText`${field} = ${one(value)}`))
    case 'gt':
      return sqlText`${field} > ${one(given)}`
    case 'gte':
      return sqlText`${field} >= ${one(given)}`
    case 'lt':
      return sqlText`${field} < ${one(given)}`
    case 'lte':
      return sqlText`${field} <= ${one(given)}`
    case 'contains':
      return sqlText`position(${field}, ${unescaped(text(given))}) > 0`
    case 'startsWith':
      return sqlText`position(${field}, ${unescaped(text(given))}) = 1`
    default:
      throw new TypeError(`The log cannot be asked for "${column}" by "${operation}".`)
  }
}

function comparable(column: string, value: unknown): Sql {
  switch (types.get(column)) {
    case 'uuid':
      return uuid(String(value))
    case 'timestamptz':
      return sqlText`${new Date(value as Date)}`
    case 'bigint':
      return sqlText`${Number(value)}`
    default:
      return sqlText`${String(value)}`
  }
}

/** As lists escape it for LIKE, which is not how it is looked for here. */
function unescaped(text: string): string {
  return text.replace(/\\([\\%_])/g, '$1')
}

function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sqlText`0` : sqlText`(${joined(conditions, ' OR ')})`
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
