import { conditionsSql } from './conditions.ts'
import type { ReadColumn, ReadModel, ReadRelation } from './readModel.ts'
import { Placeholder } from './shape.ts'
import { type Bindings, unsupported } from './values.ts'

/** The arguments of a read, as Prisma takes them. */
export interface ReadArgs {
  readonly where?: unknown
  readonly select?: Readonly<Record<string, unknown>> | null
  readonly include?: Readonly<Record<string, unknown>> | null
  readonly orderBy?: unknown
  readonly take?: unknown
  readonly skip?: unknown
}

/**
 * What stands in a row: the statement gives a JSON array, whose places have these names. Arrays, because they are shorter and
 * quicker to read than objects.
 */
export type RowShape = readonly RowPart[]

export type RowPart =
  | { readonly name: string; readonly column: ReadColumn }
  | { readonly name: string; readonly list: boolean; readonly row: RowShape }
  | { readonly name: '_count'; readonly counts: readonly string[] }

interface RowsSql {
  /** A subquery without brackets: rows with the one column `j`, in their order. */
  readonly text: string
  readonly row: RowShape
}

/** Writes a read as SQL. @throws Unsupported for what is left to Prisma */
export function readSql(
  models: ReadonlyMap<string, ReadModel>,
  model: ReadModel,
  args: ReadArgs,
  bindings: Bindings,
): RowsSql {
  return new ReadWriter(models, bindings).rows(model, args, undefined, undefined)
}

/** Counts rows. @throws Unsupported */
export function countSql(
  models: ReadonlyMap<string, ReadModel>,
  model: ReadModel,
  args: ReadArgs,
  bindings: Bindings,
): string {
  for (const [name, value] of Object.entries(args)) if (name !== 'where' && value != null) throw unsupported()
  return new ReadWriter(models, bindings).count(model, args.where, [])
}

const known = new Set(['where', 'select', 'include', 'orderBy', 'take', 'skip'])

class ReadWriter {
  readonly #models: ReadonlyMap<string, ReadModel>
  readonly #bindings: Bindings
  #aliases = 0

  constructor(models: ReadonlyMap<string, ReadModel>, bindings: Bindings) {
    this.#models = models
    this.#bindings = bindings
  }

  /** @param join how the rows hang on those of a query around them */
  rows(model: ReadModel, args: ReadArgs, relation: ReadRelation | undefined, outer: string | undefined): RowsSql {
    for (const name of Object.keys(args)) if (!known.has(name)) throw unsupported()
    const alias = this.#alias()
    const { sql, row } = this.#row(model, args, alias)
    const conditions = relation ? relation.on.map(([ours, theirs]) => `${alias}."${theirs}" = ${outer}."${ours}"`) : []
    const where = this.#where(model, args.where, alias, conditions)
    const text = `select json_build_array(${sql.join(', ')}) j from "${model.table}" ${alias}${where}${orderSql(model, args.orderBy, alias)}${this.#page(args)}`
    return { text, row }
  }

  count(model: ReadModel, where: unknown, conditions: readonly string[], alias = this.#alias()): string {
    return `select count(*)::int from "${model.table}" ${alias}${this.#where(model, where, alias, conditions)}`
  }

  #where(model: ReadModel, where: unknown, alias: string, conditions: readonly string[]): string {
    const asked = conditionsSql(where, {
      model,
      alias,
      bindings: this.#bindings,
      related: (relation) => this.#model(relation.model),
      newAlias: () => this.#alias(),
    })
    const all = asked === 'true' ? conditions : [...conditions, asked]
    return all.length > 0 ? ` where ${all.join(' and ')}` : ''
  }

  #page({ take, skip }: ReadArgs): string {
    const count = (name: string, value: unknown) => {
      if (value == null) return ''
      if (typeof value === 'number') return ` ${name} ${value}`
      if (!(value instanceof Placeholder)) throw unsupported()
      return ` ${name} ${this.#bindings.count(value)}`
    }
    return `${count('limit', take)}${count('offset', skip)}`
  }

  #row(model: ReadModel, args: ReadArgs, alias: string): { sql: string[]; row: RowPart[] } {
    const { select, include } = args
    if (select && include) throw unsupported()
    const parts = this.#columns(model, select ?? undefined).map((column) => ({
      sql: columnSql(column, alias),
      part: { name: column.name, column } as RowPart,
    }))
    for (const [name, asked] of Object.entries(select ?? include ?? {})) {
      if (!asked || model.columns.has(name)) continue
      parts.push(name === '_count' ? this.#counts(model, asked, alias) : this.#related(model, name, asked, alias))
    }
    if (parts.length === 0) throw unsupported()
    return { sql: parts.map(({ sql }) => sql), row: parts.map(({ part }) => part) }
  }

  #columns(model: ReadModel, select: Readonly<Record<string, unknown>> | undefined): ReadColumn[] {
    if (!select) return [...model.columns.values()]
    return [...model.columns.values()].filter(({ name }) => {
      const asked = select[name]
      if (asked !== undefined && typeof asked !== 'boolean') throw unsupported()
      return asked
    })
  }

  #related(model: ReadModel, name: string, asked: unknown, alias: string): { sql: string; part: RowPart } {
    const relation = model.relations.get(name)
    if (!relation || (asked !== true && (typeof asked !== 'object' || asked === null))) throw unsupported()
    const { text, row } = this.rows(this.#model(relation.model), asked === true ? {} : asked, relation, alias)
    const sql = relation.list ? `(select json_agg(j) from (${text}) ${this.#alias()})` : `(${text})`
    return { sql, part: { name, list: relation.list, row } }
  }

  #counts(model: ReadModel, asked: unknown, alias: string): { sql: string; part: RowPart } {
    const { select, ...rest } = (asked === true ? {} : asked) as { select?: Readonly<Record<string, unknown>> }
    if (!select || Object.keys(rest).length > 0) throw unsupported()
    const counted = Object.entries(select).filter(([, value]) => value)
    const sql = counted.map(([name, value]) => {
      const relation = model.relations.get(name)
      if (!relation?.list) throw unsupported()
      const { where, ...others } = (value === true ? {} : value) as ReadArgs
      if (Object.keys(others).length > 0) throw unsupported()
      const inner = this.#alias()
      const on = relation.on.map(([ours, theirs]) => `${inner}."${theirs}" = ${alias}."${ours}"`)
      return `(${this.count(this.#model(relation.model), where, on, inner)})`
    })
    return {
      sql: `json_build_array(${sql.join(', ')})`,
      part: { name: '_count', counts: counted.map(([name]) => name) },
    }
  }

  #model(name: string): ReadModel {
    const model = this.#models.get(name)
    if (!model) throw unsupported()
    return model
  }

  #alias(): string {
    return `t${this.#aliases++}`
  }
}

/** A column as JSON can carry it: big integers as text, for JSON's numbers end at 2^53 in JavaScript. */
function columnSql({ name, kind }: ReadColumn, alias: string): string {
  const column = `${alias}."${name}"`
  if (kind === 'bigint') return `${column}::text`
  return kind === 'bytes' ? `encode(${column}, 'hex')` : column
}

function orderSql(model: ReadModel, orderBy: unknown, alias: string): string {
  if (orderBy == null) return ''
  const terms = (Array.isArray(orderBy) ? orderBy : [orderBy]).flatMap((term: unknown) => {
    if (typeof term !== 'object' || term === null) throw unsupported()
    return Object.entries(term).map(([name, direction]) => {
      if (!model.columns.has(name)) throw unsupported()
      return `${alias}."${name}" ${directionSql(direction)}`
    })
  })
  return terms.length > 0 ? ` order by ${terms.join(', ')}` : ''
}

function directionSql(direction: unknown): string {
  const { sort, nulls, ...rest } = (typeof direction === 'string' ? { sort: direction } : (direction ?? {})) as {
    sort?: unknown
    nulls?: unknown
  }
  if ((sort !== 'asc' && sort !== 'desc') || Object.keys(rest).length > 0) throw unsupported()
  if (nulls === undefined) return sort
  if (nulls !== 'first' && nulls !== 'last') throw unsupported()
  return `${sort} nulls ${nulls}`
}
