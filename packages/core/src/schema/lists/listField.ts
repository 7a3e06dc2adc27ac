import type { FieldKind, FieldRef, InputFieldMap, InputShapeFromFields } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scopes } from '../authorization.ts'
import type { BuilderTypes, SubGraph } from '../builder.ts'
import type { GraphQLContext } from '../graphqlContext.ts'
import type { Connection } from './connection.ts'
import type { ListTypes } from './listTypes.ts'
import { defaultPageSize, type Order, type PageArguments } from './page.ts'

/** What the field of any list says about itself. */
export interface ListFieldOptions<Args extends InputFieldMap = Record<never, never>> {
  description: string
  /** Who may read it. Fields of `Query` need it; a field of a type inherits the type's. */
  authScopes?: Partial<Scopes>
  subGraphs?: SubGraph[]
  deprecationReason?: string
  /** Arguments beside the page, `filter` and `orderBy`. */
  args?: Args
}

/** The arguments that every list takes. */
export type ListArguments = PageArguments & { filter?: object | null; orderBy?: Order | null }

/** The arguments as the field's own part and the list's part. */
export type ArgumentsOf<Args extends InputFieldMap> = InputShapeFromFields<Args> & ListArguments

/**
 * Any of Pothos' field builders. Only what a list needs of them is spelled out: their full types, with every
 * plugin's options, are more than the compiler will compare.
 */
export interface FieldBuilder<Kind extends FieldKind = FieldKind> {
  readonly kind: Kind
  readonly field: unknown
}

/** Adds the field of a list: its connection, its arguments and its cost. */
export function listField<Kind extends FieldKind, Args extends InputFieldMap>(
  t: FieldBuilder<Kind>,
  types: ListTypes,
  options: ListFieldOptions<Args> & { defaultOrder: Order; extensions?: object },
  resolve: (
    parent: never,
    args: ArgumentsOf<Args>,
    context: GraphQLContext,
    info: GraphQLResolveInfo,
  ) => Connection<unknown>,
): FieldRef<BuilderTypes, unknown, Kind> {
  const { defaultOrder, args, ...rest } = options
  const { arg, field } = t as unknown as PothosSchemaTypes.QueryFieldBuilder<BuilderTypes, object>
  return (field as unknown as (options: object) => FieldRef<BuilderTypes, unknown, Kind>).call(t, {
    ...rest,
    type: types.connection,
    nullable: false,
    args: {
      ...args,
      ...arg.connectionArgs(),
      ...(types.filter && { filter: arg({ type: types.filter, description: 'Which of them to show.' }) }),
      orderBy: arg({ type: types.order, description: 'How to sort them.', defaultValue: defaultOrder as never }),
    },
    complexity: ({ first, last }: PageArguments) => ({ field: 1, multiplier: first ?? last ?? defaultPageSize }),
    resolve,
  })
}
