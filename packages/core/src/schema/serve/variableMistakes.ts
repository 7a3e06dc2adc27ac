import { GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql'
import type { Operation } from './operationPolicy.ts'

/** Whoever has made ten mistakes is told of them; looking for more takes time that others wait for. */
const maxErrors = 10

/** Characters of a message before and after what is left out of it. */
const kept = 500

/**
 * What is wrong with the variables of an operation, found before anything else reads them: each mistake is told together with the
 * whole value that it is in, so that a value of 1 MB with 100,000 unknown fields would keep a server busy for minutes.
 *
 * @returns undefined where they fit
 */
export function variableMistakes(
  schema: GraphQLSchema,
  { prepared, operationName, variables }: Operation,
): readonly GraphQLError[] | undefined {
  const definitions = getOperationAST(prepared.document, operationName)?.variableDefinitions ?? []
  if (definitions.length === 0) return undefined
  return getVariableValues(schema, definitions, variables ?? {}, { maxErrors }).errors?.map(shortened)
}

/** The beginning names the variable, the end what is wrong with it. */
function shortened(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error
  if (message.length <= 2 * kept) return error
  const short = `${message.slice(0, kept)} … ${message.slice(-kept)}`
  return new GraphQLError(short, { nodes, source, positions, path, originalError, extensions })
}
