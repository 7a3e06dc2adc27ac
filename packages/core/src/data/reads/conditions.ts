import type { ReadColumn, ReadModel, ReadRelation } from './readModel.ts'
import { Placeholder } from './shape.ts'
import { type Bindings, unsupported } from './values.ts'

/** Where conditions stand. */
interface ConditionsIn {
  readonly model: ReadModel
  readonly alias: string
  readonly bindings: Bindings
  readonly related: (relation: ReadRelation) => ReadModel
  readonly newAlias: () => string
  /** Within a NOT, where what is unknown, as a comparison with NULL is, differs from what is false. */
  readonly denied?: boolean
}

/** Prisma's `where` as SQL: `true` where there is none. @throws Unsupported */
export function conditionsSql(where: unknown, within: ConditionsIn): string {
  if (where === undefined) return 'true'
  if (!isRecord(where)) throw unsupported()
  return all(Object.entries(where).map(([name, condition]) => oneSql(name, condition, within)))
}

function oneSql(name: string, condition: unknown, within: ConditionsIn): string {
  const { model } = within
  if (name === 'AND') return all(list(condition).map((each) => conditionsSql(each, within)))
  if (name === 'OR')
    return Array.isArray(condition) ? any(condition.map((each) => conditionsSql(each, within))) : fail()
  if (name === 'NOT') {
    // Of several conditions Prisma denies each; of none, nothing. Only one by itself is surely what it says.
    const [denied, ...others] = list(condition).filter((each) => each !== undefined)
    const single = others.length === 0 && isRecord(denied) && Object.keys(denied).length === 1
    return single ? not(saying(conditionsSql(denied, { ...within, denied: true }))) : fail()
  }
  const column = model.columns.get(name)
  if (column) return columnSql(column, condition, within)
  const relation = model.relations.get(name)
  if (relation) return relationSql(relation, condition, within)
  const key = model.uniqueKeys.get(name)
  if (key && isRecord(condition)) {
    if (Object.keys(condition).length !== key.length) throw unsupported()
    return all(
      key.map((part) => (condition[part] instanceof Placeholder ? oneSql(part, condition[part], within) : fail())),
    )
  }
  throw unsupported()
}

function columnSql(column: ReadColumn, condition: unknown, { alias, bindings }: ConditionsIn): string {
  const left = `${alias}."${column.name}"`
  if (condition === null) return `${left} is null`
  if (column.list || column.kind === 'json' || column.kind === 'bytes') throw unsupported()
  if (condition instanceof Placeholder) return `${left} = ${bindings.value(condition, column)}`
  if (!isRecord(condition)) throw unsupported()
  const { mode, ...comparisons } = condition
  if (mode !== undefined && mode !== 'default' && mode !== 'insensitive') throw unsupported()
  return all(
    Object.entries(comparisons).map(([comparison, value]) =>
      comparisonSql(left, column, comparison, value, mode === 'insensitive', bindings),
    ),
  )
}

const orders: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' }
const patterns: Readonly<Record<string, (text: string) => string>> = {
  contains: (text) => `%${text}%`,
  startsWith: (text) => `${text}%`,
  endsWith: (text) => `%${text}`,
}

function comparisonSql(
  left: string,
  column: ReadColumn,
  comparison: string,
  value: unknown,
  insensitive: boolean,
  bindings: Bindings,
): string {
  if (value === null) {
    if (comparison === 'equals') return `${left} is null`
    return comparison === 'not' ? `${left} is not null` : fail()
  }
  const pattern = patterns[comparison]
  if (pattern) {
    // Of an enum or a UUID there is no part.
    if (!(value instanceof Placeholder) || column.type !== 'text') throw unsupported()
    const text = bindings.value(value, column, (given) => (typeof given === 'string' ? pattern(given) : fail()))
    return `${left} ${insensitive ? 'ilike' : 'like'} ${text}`
  }
  if (comparison === 'in' || comparison === 'notIn') {
    // Prisma compares those in any case of letters in a way of its own.
    if (insensitive && column.type === 'text') throw unsupported()
    if (Array.isArray(value) && value.length === 0) return comparison === 'in' ? 'false' : 'true'
    if (!(value instanceof Placeholder)) throw unsupported()
    const values = bindings.values(value, column)
    return comparison === 'in' ? `${left} = any(${values})` : `${left} <> all(${values})`
  }
  if (!(value instanceof Placeholder) || insensitive) throw unsupported()
  if (comparison === 'equals') return `${left} = ${bindings.value(value, column)}`
  if (comparison === 'not') return `${left} <> ${bindings.value(value, column)}`
  const order = orders[comparison]
  return order ? `${left} ${order} ${bindings.value(value, column)}` : fail()
}

/** To one: `{ is }`, `{ isNot }` or the conditions themselves; to many: `{ some }`, `{ none }`. */
function relationSql(relation: ReadRelation, condition: unknown, within: ConditionsIn): string {
  const exists = (inner: unknown) => {
    const model = within.related(relation)
    const alias = within.newAlias()
    const on = relation.on.map(([ours, theirs]) => `${alias}."${theirs}" = ${within.alias}."${ours}"`)
    const where = conditionsSql(inner, { ...within, model, alias, denied: false })
    return `exists (select 1 from "${model.table}" ${alias} where ${all([...on, where])})`
  }
  const absent = () => not(exists({}))
  if (condition === null) return relation.list ? fail() : absent()
  if (!isRecord(condition)) throw unsupported()
  const [[name, inner] = [], ...others] = Object.entries(condition)
  if (relation.list) {
    if (others.length > 0) throw unsupported()
    if (name === 'some') return exists(inner)
    return name === 'none' ? not(exists(inner)) : fail()
  }
  if (name === 'is' && inner === null && others.length === 0) return absent()
  // Prisma joins the one: what it says may be unknown, which `exists` never is.
  if (within.denied) throw unsupported()
  if (name === 'is' && others.length === 0) return exists(inner)
  return 'is' in condition || 'isNot' in condition ? fail() : exists(condition)
}

function all(conditions: readonly string[]): string {
  const said = conditions.filter((condition) => condition !== 'true')
  if (said.length === 0) return 'true'
  return said.length === 1 ? (said[0] as string) : `(${said.join(' and ')})`
}

function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? fail() : `(${conditions.map(saying).join(' or ')})`
}

/** What says nothing means all in one place, and nothing in another: Prisma knows. */
function saying(condition: string): string {
  return condition === 'true' ? fail() : condition
}

function not(condition: string): string {
  return `not (${condition})`
}

function list(conditions: unknown): readonly unknown[] {
  return Array.isArray(conditions) ? conditions : [conditions]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Placeholder)
}

function fail(): never {
  throw unsupported()
}
