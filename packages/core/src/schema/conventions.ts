import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import { fieldsWithoutDecision } from './decisions.ts'

/**
 * What every schema of the product keeps to, as sentences about each place that does not; empty when all is
 * well. A test asks for it with all plugins on.
 */
export function breachesOfConvention(schema: GraphQLSchema): string[] {
  return [
    ...missingDescriptions(schema).map((where) => `${where} has no description.`),
    ...fieldsWithoutDecision(schema).map((where) => `${where} has no decision about who may see it.`),
    ...unboundedLists(schema).map(
      (where) =>
        `${where} is a list without pages. Make it a connection, or say why it is small: extensions: { boundedList: '…' }.`,
    ),
    ...poorConnections(schema).map(
      ({ where, argument }) => `${where} is a list without "${argument}". Make it with prismaList or sqlList.`,
    ),
    ...mutationsWithoutUnion(schema).map(
      (where) => `${where} does not answer with a union of its data and typed errors.`,
    ),
    ...emptyDeprecations(schema).map((where) => `${where} is deprecated without a reason.`),
  ]
}

/** Types, fields, arguments, input fields and enum values that say nothing about themselves. */
export function missingDescriptions(schema: GraphQLSchema): string[] {
  return describables(schema).flatMap(({ where, description }) => (description?.trim() ? [] : [where]))
}

/** Fields that answer with a list of objects that could grow: neither inside a connection nor declared as bounded. */
export function unboundedLists(schema: GraphQLSchema): string[] {
  return fieldsOf(schema).flatMap(({ type, field }) => {
    if (!isListType(getNullableType(field.type)) || isLeafType(getNamedType(field.type)) || isPaging(type)) return []
    const { boundedList } = field.extensions as { boundedList?: string }
    return boundedList || isNodes(schema, type, field) ? [] : [`${type.name}.${field.name}`]
  })
}

/** Connections that cannot be paged, filtered or sorted. */
export function poorConnections(schema: GraphQLSchema): { where: string; argument: string }[] {
  return fieldsOf(schema).flatMap(({ type, field }) => {
    const answer = getNamedType(field.type)
    if (!isObjectType(answer) || !isPaging(answer)) return []
    const has = new Set(field.args.map(({ name }) => name))
    return ['first', 'last', 'after', 'before', 'filter', 'orderBy']
      .filter((argument) => !has.has(argument))
      .map((argument) => ({ where: `${type.name}.${field.name}`, argument }))
  })
}

/** Mutations whose answer could not say that the input was wrong. */
export function mutationsWithoutUnion(schema: GraphQLSchema): string[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const answer = getNamedType(field.type)
    const typed = isUnionType(answer) && answer.getTypes().some(({ name }) => name === 'InvalidInputError')
    return typed ? [] : [`Mutation.${field.name}`]
  })
}

function emptyDeprecations(schema: GraphQLSchema): string[] {
  return describables(schema).flatMap(({ where, deprecationReason }) =>
    deprecationReason == null || (deprecationReason.trim() && deprecationReason !== 'No longer supported')
      ? []
      : [where],
  )
}

interface Describable {
  readonly where: string
  readonly description?: string | null | undefined
  readonly deprecationReason?: string | null | undefined
}

function describables(schema: GraphQLSchema): Describable[] {
  return ownTypes(schema).flatMap((type) => [{ where: type.name, description: type.description }, ...partsOf(type)])
}

function partsOf(type: GraphQLNamedType): Describable[] {
  if (isEnumType(type)) return enumValues(type)
  if (isInputObjectType(type)) return inputFields(type)
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).flatMap((field) => {
    const where = `${type.name}.${field.name}`
    return [
      { ...field, where },
      ...field.args.map((argument) => ({ ...argument, where: `${where}(${argument.name}:)` })),
    ]
  })
}

function enumValues(type: GraphQLEnumType): Describable[] {
  return type.getValues().map((value) => ({ ...value, where: `${type.name}.${value.name}` }))
}

function inputFields(type: GraphQLInputObjectType): Describable[] {
  return Object.values(type.getFields()).map((field) => ({ ...field, where: `${type.name}.${field.name}` }))
}

function fieldsOf(schema: GraphQLSchema): { type: GraphQLObjectType; field: GraphQLField<unknown, unknown> }[] {
  return ownTypes(schema)
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
}

/** A connection: its rows are one page. */
function isPaging(type: GraphQLObjectType): boolean {
  return type.name.endsWith('Connection') && 'pageInfo' in type.getFields()
}

/** `nodes(ids:)` answers with as many as it was asked for. */
function isNodes(schema: GraphQLSchema, type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  return type === schema.getQueryType() && field.name === 'nodes'
}

function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  )
}
