import fc from 'fast-check'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql'
import { type KnownIds, valueFor } from './values.ts'

/** An operation with its variables, as a client sends it. */
export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly query: string
  readonly variables: Record<string, unknown>
}

/**
 * Operations of one root field each: a selection of what lies below it, arguments on the way, variables near what their types take.
 * A few of them under aliases, with directives, or with a letter too many.
 */
export function operationsOf(schema: GraphQLSchema, ids: KnownIds): fc.Arbitrary<Operation> {
  const roots = (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
    const type = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }[kind]
    return Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }))
  })
  return fc
    .constantFrom(...roots)
    .chain(({ kind, field }) => fieldOf(schema, field, '', ids, 0).map((written) => asOperation(kind, written)))
    .chain((operation) =>
      fc.oneof({ weight: 24, arbitrary: fc.constant(operation) }, { weight: 1, arbitrary: spoilt(operation) }),
    )
}

/** A field as it stands in a document, and the variables that it names. */
interface Written {
  readonly text: string
  readonly variables: readonly { readonly name: string; readonly type: string; readonly value: unknown }[]
}

// biome-ignore lint/suspicious/noExplicitAny: sources and contexts of resolvers are nothing that a client sees
type Field = GraphQLField<any, any>

const maxDepth = 4

function fieldOf(
  schema: GraphQLSchema,
  field: Field,
  path: string,
  ids: KnownIds,
  depth: number,
): fc.Arbitrary<Written> {
  const place = path ? `${path}_${field.name}` : field.name
  return fc
    .tuple(
      argumentsOf(field, place, ids),
      selectionOf(schema, field, place, ids, depth),
      fc.integer({ min: 0, max: 40 }),
    )
    .map(([given, below, dice]) => {
      const list = given.variables.length > 0 ? `(${given.text})` : ''
      const alias = dice === 0 ? 'renamed: ' : ''
      const directive = dice === 1 ? ' @include(if: true)' : dice === 2 ? ' @skip(if: true)' : ''
      return {
        text: `${alias}${field.name}${list}${directive}${below.text}`,
        variables: [...given.variables, ...below.variables],
      }
    })
}

function argumentsOf(field: Field, place: string, ids: KnownIds): fc.Arbitrary<Written> {
  const some = field.args.map((argument) =>
    fc
      .tuple(valueFor(argument.type, `${place}.${argument.name}`, ids), fc.integer({ min: 0, max: 3 }))
      .map(([value, dice]) =>
        isRequiredArgument(argument) || dice > 1 ? asVariable(argument, place, value) : undefined,
      ),
  )
  return fc.tuple(...some).map((all) => {
    const given = all.filter((one) => one !== undefined)
    return { text: given.map(({ argument, name }) => `${argument}: $${name}`).join(', '), variables: given }
  })
}

const asVariable = ({ name, type }: GraphQLArgument, place: string, value: unknown) => ({
  argument: name,
  name: `${place}_${name}`,
  type: String(type),
  value,
})

function selectionOf(
  schema: GraphQLSchema,
  field: Field,
  place: string,
  ids: KnownIds,
  depth: number,
): fc.Arbitrary<Written> {
  const type = getNamedType(field.type)
  if (!isCompositeType(type)) return fc.constant({ text: '', variables: [] })
  if (isObjectType(type)) return fieldsOf(schema, type, place, ids, depth).map(inBraces)
  // One of the members: the same field of two may have two types. Of a mutation rather its data than one of its errors.
  const members = isUnionType(type) ? type.getTypes() : schema.getPossibleTypes(type)
  const successes = members.filter(({ name }) => name.endsWith('Success'))
  return fc
    .constantFrom(...(successes.length > 0 ? [...successes, ...successes, ...members] : members))
    .chain((member) =>
      fieldsOf(schema, member, place, ids, depth).map((below) =>
        inBraces({ ...below, text: `__typename ... on ${member.name} { ${below.text} }` }),
      ),
    )
}

const inBraces = ({ text, variables }: Written): Written => ({ text: ` { ${text} }`, variables })

function fieldsOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  place: string,
  ids: KnownIds,
  depth: number,
): fc.Arbitrary<Written> {
  const fields = Object.values(type.getFields())
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)))
  const branches = fields.filter((field) => !isLeafType(getNamedType(field.type)))
  const chosen = (some: readonly Field[], max: number) =>
    some.length === 0
      ? fc.constant([])
      : fc.uniqueArray(fc.constantFrom(...some), { maxLength: max, selector: ({ name }) => name })
  return fc
    .tuple(chosen(leaves, 6), depth < maxDepth ? chosen(branches, depth === 0 ? 3 : 1) : fc.constant([]))
    .chain(([flat, deep]) =>
      fc.tuple(...[...flat, ...deep].map((field) => fieldOf(schema, field, place, ids, depth + 1))),
    )
    .map((all) => ({
      text: ['__typename', ...all.map(({ text }) => text)].join(' '),
      variables: all.flatMap(({ variables }) => variables),
    }))
}

function asOperation(kind: Operation['kind'], { text, variables }: Written): Operation {
  const declared = variables.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  return {
    kind,
    query: `${kind} Generated${declared ? `(${declared})` : ''} { ${text} }`,
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
  }
}

function spoilt(operation: Operation): fc.Arbitrary<Operation> {
  return fc
    .tuple(
      fc.nat({ max: operation.query.length }),
      fc.constantFrom(
        '',
        '{',
        '}',
        '"',
        '$',
        '@deprecated',
        '...',
        '#',
        '\0',
        '\ud800',
        ' extra',
        '"""',
        '\ufeff',
        'é',
        ' on ',
      ),
      fc.nat({ max: 3 }),
    )
    .map(([at, inserted, dropped]) => ({
      ...operation,
      query: operation.query.slice(0, at) + inserted + operation.query.slice(at + dropped),
    }))
}
