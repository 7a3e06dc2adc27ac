import { brandWithType } from '@pothos/core'
import { queryFromInfo } from '@pothos/plugin-prisma'
import { type FieldNode, type GraphQLResolveInfo, isObjectType } from 'graphql'
import { lastingArgs } from '../data/reads/shape.ts'
import type { GraphQLContext } from './graphqlContext.ts'

/**
 * What a field reads below itself, planned once for a document instead of once for a request. Pothos walks the selection each time,
 * and remembers where in the answer each row came from, so that relations find what was read for them. In a document of which every
 * relation is read with its rows, in one way, neither depends on the request.
 */
type Query = { readonly select?: object }

const planned = Symbol('reads are planned once for the document')

/** Marks the context of an operation whose relations are all read with their rows. */
export function planReadsOnce(context: object): void {
  ;(context as { [planned]?: true })[planned] = true
}

interface Asked {
  readonly context: GraphQLContext
  readonly info: GraphQLResolveInfo
  /** The type of the rows. */
  readonly typeName: string
  /** Where below the field they stand; directly there unless told. */
  readonly paths?: string[][]
}

/** The arguments for Prisma that read what `info` asks for, as `queryFromInfo` gives them. Not to be changed. */
export function readsFor(asked: Asked): Query {
  const { context, info, typeName } = asked
  const [field] = info.fieldNodes
  // Fields of the same name are merged in one operation, and may not be in another of the same document.
  if (!(planned in context) || !field || info.fieldNodes.length > 1) return queryFromInfo(asked)
  let byType = plans.get(field)
  if (!byType) {
    byType = new Map()
    plans.set(field, byType)
  }
  let plan = byType.get(typeName)
  if (!plan) {
    plan = lastingArgs(queryFromInfo(asked))
    byType.set(typeName, plan)
  }
  return plan
}

const plans = new WeakMap<FieldNode, Map<string, Query>>()

/** Marks a field, in its extensions, that reads its rows by {@link readsFor}. */
export const readsByPlan = 'espalierReadsByPlan'

/** Where a type keeps how a row of it is found, in its extensions. */
export const nodeReader = 'espalierNodeReader'

/** Finds the row with an id, or null. */
export type ReadNode = (query: Query, id: string, context: GraphQLContext) => Promise<object | null>

/** What `node(id)` finds. @returns undefined where it has to be planned for the request */
export function readPlannedNode(
  { typename, id }: { typename: string; id: string },
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<object | null> | undefined {
  if (!(planned in context)) return undefined
  const type = info.schema.getType(typename)
  const read = isObjectType(type) ? (type.extensions[nodeReader] as ReadNode | undefined) : undefined
  if (!read) return undefined
  return read(readsFor({ context, info, typeName: typename }), id, context).then((row) => {
    if (row) brandWithType(row, typename as never)
    return row
  })
}
