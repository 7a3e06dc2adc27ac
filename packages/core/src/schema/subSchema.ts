import { PothosSubGraphPlugin } from '@pothos/plugin-sub-graph'
import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  validateSchema,
} from 'graphql'
import { StartError } from '../errors.ts'
import type { Builder, SubGraph } from './builder.ts'

/** The part of a full schema that is in a sub graph, of what can be reached. Roots without a field are left out. */
export function subSchema(full: GraphQLSchema, subGraph: SubGraph, builder: Builder): GraphQLSchema {
  assertNothingDangles(full, subGraph)
  const config = (
    isAllIn(full, subGraph) ? full : PothosSubGraphPlugin.createSubGraph(full, subGraph, builder as never)
  ).toConfig()
  const schema = new GraphQLSchema({
    ...config,
    query: sorted(config.query),
    mutation: sorted(config.mutation),
    subscription: sorted(config.subscription),
    // What is answered where an interface is asked for; the roots lead to everything else.
    types: config.types.filter((type) => isObjectType(type) && type.getInterfaces().length > 0),
  })
  const [problem] = validateSchema(schema)
  if (problem) throw new StartError('SCHEMA_INVALID', `The ${subGraph} schema is not valid: ${problem.message}`)
  return schema
}

/** Asked as taking a schema apart and putting it together anew takes as long as building it. */
function isAllIn(full: GraphQLSchema, subGraph: SubGraph): boolean {
  const has = (element: Extended) => isIn(element, subGraph)
  // What goes into a field is in every part, but where it says otherwise.
  const takes = (input: Extended) => !input.extensions.subGraphs || has(input)
  return Object.values(full.getTypeMap()).every((type) => {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return true
    if (isInputObjectType(type)) return has(type) && Object.values(type.getFields()).every(takes)
    if (!isObjectType(type) && !isInterfaceType(type)) return has(type)
    return has(type) && fieldsOf(type).every((field) => has(field) && field.args.every(takes))
  })
}

/**
 * Refuses a field of the sub graph that leads to a type outside of it. Pothos would leave the field out
 * without a word, and an integrator would look for it in vain.
 *
 * @throws StartError that names the field and the type
 */
function assertNothingDangles(full: GraphQLSchema, subGraph: SubGraph): void {
  const has = (element: Extended) => isIn(element, subGraph)
  const visited = new Set<GraphQLNamedType>()
  const visit = (type: GraphQLNamedType) => {
    if (visited.has(type)) return
    visited.add(type)
    if (isUnionType(type)) for (const member of type.getTypes()) reach(member, `union ${type.name}`)
    if (isInterfaceType(type))
      for (const implementor of full.getImplementations(type).objects) if (has(implementor)) visit(implementor)
    if (!isObjectType(type) && !isInterfaceType(type)) return
    for (const field of fieldsOf(type)) {
      if (has(field)) reach(getNamedType(field.type), `${type.name}.${field.name}`)
    }
  }
  const reach = (type: GraphQLNamedType, from: string) => {
    const composite = isObjectType(type) || isInterfaceType(type) || isUnionType(type)
    if (composite && !has(type)) {
      throw new StartError(
        'SCHEMA_TYPE_NOT_EXPOSED',
        `${from} is in the ${subGraph} schema, but its type ${type.name} is not. Give ${type.name} "subGraphs: both", or the field "subGraphs: adminOnly".`,
      )
    }
    visit(type)
  }
  for (const root of [full.getQueryType(), full.getMutationType(), full.getSubscriptionType()]) if (root) visit(root)
}

/** What may say the sub graphs that it is in. */
interface Extended {
  readonly extensions: Readonly<Record<string, unknown>>
}

function isIn({ extensions }: Extended, subGraph: SubGraph): boolean {
  return (extensions.subGraphs as SubGraph[] | undefined)?.includes(subGraph) ?? false
}

/** With its fields by name, as GraphiQL lists them; undefined without any. */
function sorted(root: GraphQLObjectType | null | undefined): GraphQLObjectType | undefined {
  if (!root) return undefined
  const { fields, ...config } = root.toConfig()
  const byName = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))
  return byName.length > 0 ? new GraphQLObjectType({ ...config, fields: Object.fromEntries(byName) }) : undefined
}

function fieldsOf(type: GraphQLObjectType | GraphQLInterfaceType) {
  return Object.values(type.getFields())
}
