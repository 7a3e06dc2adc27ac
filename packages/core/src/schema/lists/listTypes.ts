import type { EnumRef, InputObjectRef, ObjectRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../builder.ts'
import { type Connection, connectionPart } from './connection.ts'
import { type Filters, filterInput, words } from './filters.ts'
import type { Direction, Order } from './page.ts'

/** The types that come with a list of `Page`: PageConnection, PageEdge, PageFilter, PageOrder, PageOrderField. */
export interface ListTypes {
  readonly connection: ObjectRef<BuilderTypes, Connection<unknown>>
  readonly filter: InputObjectRef<BuilderTypes, object> | undefined
  readonly order: InputObjectRef<BuilderTypes, Order>
}

export function listTypes(
  builder: Builder,
  node: { name: string },
  options: { name: string; filter: Filters; orderBy: readonly string[] },
): ListTypes {
  const { name } = options
  // The refs' own parameters are of no use here: a list is generic over every type.
  const connectionObject = builder.connectionObject as unknown as (
    connection: object,
    edge: object,
  ) => ListTypes['connection']
  const connection = connectionObject.call(
    builder,
    {
      type: node,
      name: `${name}Connection`,
      description: `A page of a list of ${name}.`,
      extensions: { [connectionPart]: true },
      fields: (t: PothosSchemaTypes.ObjectFieldBuilder<BuilderTypes, Connection<unknown>>) => ({
        totalCount: t.int({
          description: 'How many the whole list has, with the filter applied.',
          // It costs a scan of its own, unlike the fields beside it.
          complexity: 10,
          resolve: (list) => list.totalCount(),
        }),
      }),
    },
    {
      name: `${name}Edge`,
      description: `A ${name} in a list, with its cursor.`,
      extensions: { [connectionPart]: true },
    },
  )
  return {
    connection,
    filter: Object.keys(options.filter).length > 0 ? (filterInput(builder, name, options.filter) as never) : undefined,
    order: orderInput(builder, name, options.orderBy),
  }
}

function orderInput(builder: Builder, name: string, fields: readonly string[]): InputObjectRef<BuilderTypes, Order> {
  const field = builder.enumType(`${name}OrderField`, {
    description: `What a list of ${name} can be sorted by.`,
    values: Object.fromEntries(
      fields.map((each) => [constant(each), { value: each, description: `By ${words(each)}.` }]),
    ),
  })
  return builder.inputType(`${name}Order`, {
    description: `How to sort a list of ${name}. Ties are broken by id.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'What to sort by.' }),
      direction: t.field({ type: orderDirection(builder), required: true, description: 'Which end comes first.' }),
    }),
  }) as unknown as InputObjectRef<BuilderTypes, Order>
}

const directions = new WeakMap<Builder, EnumRef<BuilderTypes, Direction>>()

function orderDirection(builder: Builder): EnumRef<BuilderTypes, Direction> {
  let direction = directions.get(builder)
  if (!direction) {
    direction = builder.enumType('OrderDirection', {
      description: 'Which end of an order comes first.',
      values: {
        ASC: { value: 'asc', description: 'The smallest or the earliest first.' },
        DESC: { value: 'desc', description: 'The largest or the latest first.' },
      } as const,
    }) as unknown as EnumRef<BuilderTypes, Direction>
    directions.set(builder, direction)
  }
  return direction
}

/** createdAt → CREATED_AT. */
export function constant(name: string): string {
  return name.replace(/[A-Z]/g, '_$&').toUpperCase()
}
