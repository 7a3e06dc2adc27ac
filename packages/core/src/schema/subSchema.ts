import { PothosSubGraphPlugin } from '@pothos/plugin-sub-graph'
import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  lexicographicSortSchema,
  validateSchema,
} from 'graphql'
import { StartError } from '../errors.ts'
import type { Builder, SubGraph } from './builder.ts'

/** The part of a full schema that is in a sub graph, sorted. Roots without a field are left out. */
export function subSchema(full: GraphQLSchema, subGraph: SubGraph, builder: Builder): GraphQLSchema {
  assertNothingDangles(full, subGraph)
  const schema = PothosSubGraphPlugin.createSubGraph(full, subGraph, builder as never)
  const config = schema.toConfig()
  const roots = { query: used(config.query), mutation: used(config.mutation), subscription: used(config.subscription) }
  const unused = [config.query, config.mutation, config.subscription].filter((root) => root && !used(root))
  const trimmed = new GraphQLSchema({
    ...config,
    ...roots,
    types: config.types.filter((type) => !unused.includes(type as GraphQLObjectType)),
  })
  const [problem] = validateSchema(trimmed)
  if (problem) throw new StartError('SCHEMA_INVALID', `The ${subGraph} schema is not valid: ${problem.message}`)
  return lexicographicSortSchema(trimmed)
}

/**
 * Refuses a field of the sub graph that leads to a type outside of it. Pothos would leave the field out
 * without a word, and an integrator would look for it in vain.
 *
 * @throws StartError that names the field and the type
 */
function assertNothingDangles(full: GraphQLSchema, subGraph: SubGraph): void {
  const has = (extensions: Readonly<Record<string, unknown>>) =>
    (extensions.subGraphs as SubGraph[] | undefined)?.includes(subGraph) ?? false
  const visited = new Set<GraphQLNamedType>()
  const visit = (type: GraphQLNamedType) => {
    if (visited.has(type)) return
    visited.add(type)
    if (isUnionType(type)) for (const member of type.getTypes()) reach(member, `union ${type.name}`)
    if (isInterfaceType(type))
      for (const implementor of full.getImplementations(type).objects)
        if (has(implementor.extensions)) visit(implementor)
    if (!isObjectType(type) && !isInterfaceType(type)) return
    for (const field of fieldsOf(type)) {
      if (has(field.extensions)) reach(getNamedType(field.type), `${type.name}.${field.name}`)
    }
  }
  const reach = (type: GraphQLNamedType, from: string) => {
    const composite = isObjectType(type) || isInterfaceType(type) || isUnionType(type)
    if (composite && !has(type.extensions)) {
      throw new StartError(
        'SCHEMA_TYPE_NOT_EXPOSED',
        `${from} is in the ${subGraph} schema, but its type ${type.name} is not. Give ${type.name} "subGraphs: both", or the field "subGraphs: adminOnly".`,
      )
    }
    visit(type)
  }
  for (const root of [full.getQueryType(), full.getMutationType(), full.getSubscriptionType()]) if (root) visit(root)
}

function used(root: GraphQLObjectType | null | undefined): GraphQLObjectType | null {
  return root && fieldsOf(root).length > 0 ? root : null
}

function fieldsOf(type: GraphQLObjectType | GraphQLInterfaceType) {
  return Object.values(type.getFields())
}
