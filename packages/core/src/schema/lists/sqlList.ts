import type { FieldKind, FieldRef, InputFieldMap, ObjectRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../builder.ts'
import type { GraphQLContext } from '../graphqlContext.ts'
import { Connection } from './connection.ts'
import { readCursor, type SortKind } from './cursor.ts'
import type { Filters } from './filters.ts'
import { type ArgumentsOf, type FieldBuilder, type ListFieldOptions, listField } from './listField.ts'
import { type ListTypes, listTypes } from './listTypes.ts'
import { type Direction, type Order, type Page, readPage } from './page.ts'

/** An expression that a list of SQL rows can be sorted by. It must never be null. */
export interface SqlSort<Row> {
  /** SQL, such as `"createdAt"`. Never built from input. */
  readonly sql: string
  /** Its type in PostgreSQL, such as `timestamptz`: cursors bring the value back as text. */
  readonly type: string
  readonly kind: SortKind
  /** The same value of a row that was read. */
  readonly of: (row: Row) => unknown
}

/** How a list of SQL is filtered and sorted. */
export interface SqlListOptions<Row, Field extends string> {
  /** Prefix of the list's types. Default: the name of the type. */
  name?: string
  /** Inputs for filtering; `read` and `count` get what was given as `args.filter` and apply it themselves. */
  filter?: Filters
  orderBy: Readonly<Record<Field, SqlSort<Row>>>
  defaultOrder: { field: NoInfer<Field>; direction: Direction }
  /** The row's id, a UUID that is unique in the list. */
  id: { sql: string; of: (row: Row) => string }
}

/** The page to read, as SQL to append to a query. */
export interface SqlPage {
  /** A condition for `where`: `true` on the first page. */
  readonly where: string
  /** `order by … limit …` */
  readonly orderAndLimit: string
  /** Values of the parameters in `where`; they are numbered from `firstParameter` on. */
  readonly values: unknown[]
}

/**
 * A list that Prisma does not read: partitioned tables, aggregates, the job queue. Same cursors, arguments
 * and types as {@link prismaList}.
 *
 * @example
 * const jobs = sqlList(builder, Job, {
 *   orderBy: { createdAt: { sql: '"createdAt"', type: 'timestamptz', kind: 'dateTime', of: (job) => job.createdAt } },
 *   defaultOrder: { field: 'createdAt', direction: 'desc' },
 *   id: { sql: '"id"', of: (job) => job.id },
 * })
 * jobs.field(t, {
 *   description: 'Jobs of the workspace.',
 *   authScopes: { permission: 'jobs:read' },
 *   read: (page, args, ctx) => {
 *     const { where, orderAndLimit, values } = page(1)
 *     return ctx.db.query({ text: `select … from … where ${where} ${orderAndLimit}`, values })
 *   },
 *   count: (args, ctx) => …,
 * })
 */
export function sqlList<Row, Field extends string>(
  builder: Builder,
  node: ObjectRef<BuilderTypes, Row>,
  options: SqlListOptions<Row, Field>,
): SqlList<Row> {
  return new SqlList(builder, node, options)
}

/** A list whose rows SQL reads: its types, made once, and the fields that answer with it. Made by {@link sqlList}. */
export class SqlList<Row> {
  readonly #options: SqlListOptions<Row, string>
  readonly #types: ListTypes

  constructor(builder: Builder, node: ObjectRef<BuilderTypes, Row>, options: SqlListOptions<Row, string>) {
    this.#options = options
    this.#types = listTypes(builder, node, {
      name: options.name ?? node.name,
      filter: options.filter ?? {},
      orderBy: Object.keys(options.orderBy),
    })
  }

  field<Kind extends FieldKind, Args extends InputFieldMap = Record<never, never>>(
    t: FieldBuilder<Kind>,
    options: ListFieldOptions<Args> & {
      /** Reads the page. `page(n)` numbers its parameters from `$n` on. */
      read: (
        page: (firstParameter: number) => SqlPage,
        args: ArgumentsOf<Args>,
        context: GraphQLContext,
        parent: never,
      ) => Promise<readonly Row[]>
      /** Counts the whole list; called only when somebody asks. */
      count: (args: ArgumentsOf<Args>, context: GraphQLContext, parent: never) => Promise<number>
    },
  ): FieldRef<BuilderTypes, unknown, Kind> {
    const { read, count, ...field } = options
    const { id, orderBy, defaultOrder } = this.#options
    return listField(t, this.#types, { ...field, defaultOrder }, (parent, args, context) => {
      const page = readPage(args, args.orderBy ?? (defaultOrder as Order), (cursor, order, argument) =>
        readCursor(cursor, order, argument, this.#sort(order).kind),
      )
      return new Connection<Row>({
        page,
        args,
        read: () =>
          read(
            (firstParameter) => sqlPage(page, this.#sort(page.order), id.sql, firstParameter),
            args,
            context,
            parent,
          ),
        count: () => count(args, context, parent),
        position: (row) => ({ value: orderBy[page.order.field]?.of(row), id: id.of(row) }),
      }) as Connection<unknown>
    })
  }

  #sort(order: Order): SqlSort<Row> {
    return this.#options.orderBy[order.field] as SqlSort<Row>
  }
}

function sqlPage(page: Page, sort: SqlSort<never>, id: string, firstParameter: number): SqlPage {
  const { direction, limit, from } = page
  const orderAndLimit = `order by ${sort.sql} ${direction}, ${id} ${direction} limit ${limit}`
  if (!from) return { where: 'true', orderAndLimit, values: [] }
  const beyond = direction === 'asc' ? '>' : '<'
  return {
    where: `(${sort.sql}, ${id}) ${beyond} ($${firstParameter}::${sort.type}, $${firstParameter + 1}::uuid)`,
    orderAndLimit,
    values: [from.value, from.id],
  }
}
