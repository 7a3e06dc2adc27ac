import type { FieldKind, FieldRef, InputFieldMap } from '@pothos/core'
import type { Builder, BuilderTypes } from '../builder.ts'
import type { GraphQLContext } from '../graphqlContext.ts'
import type { Model, ModelName, Row, WorkspaceNodeRef } from '../nodes.ts'
import { readsByPlan, readsFor } from '../plannedReads.ts'
import { delegateName, modelsOf } from '../rowsElsewhere.ts'
import { Connection } from './connection.ts'
import { readCursor, type SortKind } from './cursor.ts'
import { type Filters, filterConditions } from './filters.ts'
import { type ArgumentsOf, type FieldBuilder, type ListFieldOptions, listField } from './listField.ts'
import { type ListTypes, listTypes } from './listTypes.ts'
import { type Direction, type Order, type Page, readPage } from './page.ts'
import { afterPosition, prismaOrder, type SortColumn } from './prismaOrder.ts'

/** By what a list of a model is filtered and sorted. */
export interface PrismaListOptions<Name extends ModelName> {
  /** What can be filtered by: names of columns with their kind, or conditions of one's own. */
  filter?: Filters
  /** Columns that it can be sorted by. Back them with an index that starts with workspaceId. */
  orderBy: readonly (keyof Row<Name> & string)[]
  /** Default: the first of `orderBy`, descending. */
  defaultOrder?: { field: keyof Row<Name> & string; direction: Direction }
  /** Prefix of the list's types. Default: the name of the type. */
  name?: string
}

/** A condition on rows of a model, in Prisma's words. */
export type Where<Name extends ModelName> = Model<Name>['Where']

/**
 * The list of a type on a table of the workspace: cursors, filter, order and total. Declare it once for the
 * type, then put it on `Query` with {@link PrismaList.field} and on other types with {@link PrismaList.relation}.
 *
 * @example
 * const pages = prismaList(builder, Page, {
 *   filter: { status: PageStatus, title: 'text', createdAt: 'dateTime' },
 *   orderBy: ['createdAt', 'title'],
 * })
 * builder.queryField('pages', (t) =>
 *   pages.field(t, { description: 'Pages of the workspace.', authScopes: { permission: 'pages:read' }, subGraphs: both }))
 */
export function prismaList<Name extends ModelName>(
  builder: Builder,
  node: WorkspaceNodeRef<Name>,
  options: PrismaListOptions<Name>,
): PrismaList<Name> {
  return new PrismaList(builder, node, options)
}

/** A list of a model: its types, made once, and the fields that answer with it. Made by {@link prismaList}. */
export class PrismaList<Name extends ModelName> {
  readonly #builder: Builder
  readonly #node: WorkspaceNodeRef<Name>
  readonly #types: ListTypes
  readonly #filters: Filters
  readonly #columns: ReadonlyMap<string, SortColumn>
  readonly #defaultOrder: Order

  constructor(builder: Builder, node: WorkspaceNodeRef<Name>, options: PrismaListOptions<Name>) {
    this.#builder = builder
    this.#node = node
    this.#filters = options.filter ?? {}
    this.#columns = sortColumns(builder, node.modelName, options.orderBy)
    this.#defaultOrder = options.defaultOrder ?? { field: options.orderBy[0] as string, direction: 'desc' }
    this.#types = listTypes(builder, node, {
      name: options.name ?? node.name,
      filter: this.#filters,
      orderBy: options.orderBy,
    })
  }

  /** The field of a list: on `Query`, or on any type whose rows it finds with `where`. */
  field<Kind extends FieldKind, Args extends InputFieldMap = Record<never, never>>(
    t: FieldBuilder<Kind>,
    options: ListFieldOptions<Args> & {
      /** Narrows the list beyond the caller's filter. Name the parent's type where it is a row. */
      where?: (args: ArgumentsOf<Args>, context: GraphQLContext, parent: never) => Where<Name>
      /** Done before rows are read: for a list whose rows are made when somebody looks. */
      prepare?: (context: GraphQLContext) => Promise<void>
    },
  ): FieldRef<BuilderTypes, unknown, Kind> {
    const { where, prepare, ...field } = options
    const extensions = { [readsByPlan]: true }
    const settings = { ...field, extensions, defaultOrder: this.#defaultOrder }
    return listField(t, this.#types, settings, (parent, args, context, info) => {
      const page = this.#page(args)
      const listed = this.#conditions(args, context, where?.(args, context, parent))
      const asked = readsFor({ context, info, typeName: this.#node.name, paths: rowPaths })
      const query = withPosition(page, asked)
      const rows = delegate(this.#builder, context, this.#node.modelName)
      return this.#connection(page, args, {
        read: async () => {
          await prepare?.(context)
          return rows.findMany({ ...query, ...this.#pageQuery(page, listed) })
        },
        count: async () => {
          await prepare?.(context)
          return rows.count({ where: { AND: listed } })
        },
      })
    })
  }

  /**
   * The field of a relation of the parent's model: read together with the parents, however many there are. For
   * children that stay few: Prisma reads all of them and cuts the page afterwards. Where they may be many, use
   * {@link field} with a `where` on the parent's id.
   *
   * @example fields: (t) => ({ variants: variants.relation(t, 'variants', { description: 'Its variants.' }) })
   */
  relation<Args extends InputFieldMap = Record<never, never>>(
    t: FieldBuilder<'PrismaObject'>,
    relation: string,
    options: ListFieldOptions<Args> & {
      where?: (args: ArgumentsOf<Args>, context: GraphQLContext) => Where<Name>
    },
  ): FieldRef<BuilderTypes, unknown, 'PrismaObject'> {
    const { where, ...field } = options
    const below = { getType: () => this.#node.name, paths: nodePaths }
    const select: SelectRelation<ArgumentsOf<Args>> = (args, context, nested, selected) => {
      const page = this.#page(args)
      const listed = this.#conditions(args, context, where?.(args, context))
      const names = selected()
      const onlyTotal = [...names].every((name) => name === 'totalCount' || name === '__typename')
      return {
        select: {
          ...(names.has('totalCount') && { _count: { select: { [relation]: { where: { AND: listed } } } } }),
          ...(!onlyTotal && { [relation]: withPosition(page, nested(this.#pageQuery(page, listed), below)) }),
        },
      }
    }
    const extensions = { pothosPrismaSelect: select }
    return listField(t, this.#types, { ...field, extensions, defaultOrder: this.#defaultOrder }, (parent, args) => {
      const loaded = parent as unknown as Record<string, Record<string, number> | Row<Name>[] | undefined>
      return this.#connection(this.#page(args), args, {
        read: async () => (loaded[relation] ?? []) as Row<Name>[],
        count: async () => (loaded._count as Record<string, number>)[relation] as number,
      })
    })
  }

  /** The type of its filter, for mutations that act on what a list shows: an export. @throws for a list without filters */
  get filterType(): NonNullable<ListTypes['filter']> {
    if (!this.#types.filter) throw new TypeError(`The list of ${this.#node.name} has no filter.`)
    return this.#types.filter
  }

  /** A filter's conditions as Prisma reads them: all of them apply. */
  conditionsOf(filter: object | null | undefined, context: GraphQLContext): object[] {
    return filterConditions(this.#filters, filter, context)
  }

  #page(args: ArgumentsOf<InputFieldMap>): Page {
    return readPage(args, args.orderBy ?? this.#defaultOrder, (cursor, order, argument) =>
      readCursor(cursor, order, argument, this.#column(order.field).kind),
    )
  }

  #pageQuery(page: Page, conditions: object[]) {
    const column = this.#column(page.order.field)
    const position = afterPosition(page, column)
    return {
      where: { AND: position ? [...conditions, position] : conditions },
      orderBy: prismaOrder(page, column),
      take: page.limit,
    }
  }

  #conditions(args: { filter?: object | null }, context: GraphQLContext, where: object | undefined): object[] {
    return [...(where ? [where] : []), ...filterConditions(this.#filters, args.filter, context)]
  }

  #connection(
    page: Page,
    args: ArgumentsOf<InputFieldMap>,
    source: { read: () => Promise<readonly Row<Name>[]>; count: () => Promise<number> },
  ): Connection<unknown> {
    const position = (row: Row<Name>) => {
      const values = row as Record<string, unknown>
      return { value: values[page.order.field], id: values.id as string }
    }
    return new Connection<Row<Name>>({ page, args, ...source, position }) as unknown as Connection<unknown>
  }

  #column(field: string): SortColumn {
    return this.#columns.get(field) as SortColumn
  }
}

/** Where the rows lie below a connection. */
const rowPaths = [['nodes'], ['edges', 'node']]

/** The same, as Pothos' planner names places. */
const nodePaths = [[{ name: 'nodes' }], [{ name: 'edges' }, { name: 'node' }]]

/** A page that shows no rows, only where it lies, still needs to know where its rows lie. */
function withPosition(page: Page, query: { select?: object }): object {
  return query.select ? { ...query, select: { id: true, [page.order.field]: true, ...query.select } } : query
}

type SelectRelation<Args> = (
  args: Args,
  context: GraphQLContext,
  nested: (query: object, below: { getType: () => string; paths: typeof nodePaths }) => { select?: object },
  selected: () => ReadonlySet<string>,
) => object

interface Delegate {
  findMany(query: object): Promise<never[]>
  count(query: object): Promise<number>
}

function delegate(builder: Builder, context: GraphQLContext, model: string): Delegate {
  return (modelsOf(builder, context) as unknown as Record<string, Delegate>)[delegateName(model)] as Delegate
}

interface Datamodel {
  datamodel: { models: Record<string, { fields: { name: string; type: string; isRequired: boolean }[] }> }
}

function sortColumns(builder: Builder, model: string, names: readonly string[]): Map<string, SortColumn> {
  const { fields } = (builder.options.prisma.dmmf as unknown as Datamodel).datamodel.models[model] ?? { fields: [] }
  return new Map(
    names.map((name) => {
      const column = fields.find((field) => field.name === name)
      const kind = column && sortKinds[column.type]
      // An enum has an order in PostgreSQL, but Prisma cannot compare with it, so no page could start after a value.
      if (!kind)
        throw new TypeError(
          `A list of ${model} cannot be sorted by "${name}": name a column with text, a number, a boolean or an instant.`,
        )
      return [name, { kind, nullable: !column.isRequired }]
    }),
  )
}

const sortKinds: Record<string, SortKind> = {
  String: 'string',
  Int: 'number',
  Float: 'number',
  Boolean: 'boolean',
  DateTime: 'dateTime',
  BigInt: 'bigint',
}
