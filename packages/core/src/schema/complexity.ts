import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql'
import type { GraphQLContext } from './graphqlContext.ts'

/**
 * How a query's cost is counted: a field costs 1, fields below a list count once for every row that the
 * page may hold. A field that works harder says so: `complexity: 20`.
 */
export const complexity = {
  defaultComplexity: 1,
  defaultListMultiplier: 10,
}

export interface QueryCost {
  complexity: number
  depth: number
  breadth: number
}

/**
 * The cost of a valid document before it runs.
 *
 * @param operationName which of its operations; unneeded where it has one
 */
export function complexityOf(
  schema: GraphQLSchema,
  document: DocumentNode | string,
  variables: Record<string, unknown> = {},
  options: { context?: GraphQLContext; operationName?: string | null | undefined } = {},
): QueryCost {
  const { kind, definitions } = typeof document === 'string' ? parse(document) : document
  // The plugin counts the first operation of a document, so the others are left out.
  const counted = definitions.filter(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      !options.operationName ||
      definition.name?.value === options.operationName,
  )
  return complexityFromQuery({ kind, definitions: counted }, { schema, variables, ctx: options.context ?? {} })
}
