import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

type Json = Record<string, unknown>

/**
 * Which fields of the schemas somebody has asked for, in operations that were carried out: those of everything that has an id of something
 * that was there, those of the roots with whatever answer, those of values, which hold no more than what has them, wherever they stand.
 */
export class Coverage {
  readonly #schemas: Readonly<Record<string, GraphQLSchema>>
  /** By endpoint, of something that was there. */
  readonly #asked = new Map<string, Set<string>>()
  /** By endpoint. */
  readonly #written = new Map<string, Set<string>>()
  readonly #parsed = new Map<string, OperationDefinitionNode>()

  /** @param schemas by endpoint */
  constructor(schemas: Readonly<Record<string, GraphQLSchema>>) {
    this.#schemas = schemas
  }

  /** An operation and its answer: one that was refused before it was carried out has asked for nothing. */
  add(endpoint: string, query: string, answer: string): void {
    const schema = this.#schemas[endpoint]
    if (!schema || !/"data":\{|"path":\[/.test(answer)) return
    const asked = this.#asked.get(endpoint) ?? new Set()
    this.#asked.set(endpoint, asked)
    const { data, errors = [] } = JSON.parse(answer) as { data?: Json | null; errors?: { path?: unknown[] }[] }
    const operation = this.#parsed.get(endpoint + query) ?? this.#read(endpoint, schema, query)
    const root = schema.getRootType(operation.operation) as GraphQLObjectType
    for (const { path } of errors) if (path) asked.add(`${root.name}.${path[0]}`)
    if (data) note(schema, root, operation.selectionSet, data, asked)
  }

  /** Fields of an endpoint's schema that nobody has asked for: `Page.title`. */
  missing(endpoint: string): string[] {
    const schema = this.#schemas[endpoint]
    return Object.values(schema?.getTypeMap() ?? {}).flatMap((type) => {
      if (!schema || !isObjectType(type) || isIntrospectionType(type)) return []
      const itself = isRoot(schema, type) || type.getInterfaces().some(({ name }) => name === 'Node')
      const asked = (itself ? this.#asked : this.#written).get(endpoint)
      return Object.keys(type.getFields())
        .map((name) => `${type.name}.${name}`)
        .filter((coordinate) => !asked?.has(coordinate))
    })
  }

  #read(endpoint: string, schema: GraphQLSchema, query: string): OperationDefinitionNode {
    const document = parse(query)
    const operation = document.definitions[0] as OperationDefinitionNode
    this.#parsed.set(endpoint + query, operation)
    const written = this.#written.get(endpoint) ?? new Set()
    this.#written.set(endpoint, written)
    const types = new TypeInfo(schema)
    visit(
      document,
      visitWithTypeInfo(types, {
        Field: ({ name }) => {
          const parent = types.getParentType()
          if (!parent) return
          written.add(`${parent.name}.${name.value}`)
          // What an interface is asked for all that implement it are.
          if (isInterfaceType(parent))
            for (const type of schema.getPossibleTypes(parent)) written.add(`${type.name}.${name.value}`)
        },
      }),
    )
    return operation
  }
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type)
}

/** Notes down what is asked of one object, and of those in it. */
function note(
  schema: GraphQLSchema,
  declared: GraphQLObjectType | undefined,
  { selections }: SelectionSetNode,
  object: Json,
  asked: Set<string>,
): void {
  const type = (schema.getType(String(object.__typename)) as GraphQLObjectType | undefined) ?? declared
  if (!type) return
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const { name, alias, selectionSet } = selection
      asked.add(`${type.name}.${name.value}`)
      if (selectionSet)
        for (const one of objectsIn(object[alias?.value ?? name.value]))
          note(schema, objectTypeOf(type, name.value), selectionSet, one, asked)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = schema.getType(selection.typeCondition?.name.value ?? type.name)
      if (condition === type || (isAbstractType(condition) && schema.isSubType(condition, type)))
        note(schema, type, selection.selectionSet, object, asked)
    }
  }
}

function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return typeof value === 'object' && value !== null ? [value as Json] : []
}

/** What a field answers with, where that is one type; an answer of several says which by its `__typename`. */
function objectTypeOf(parent: GraphQLObjectType, field: string): GraphQLObjectType | undefined {
  const type = parent.getFields()[field]?.type
  const named = type && getNamedType(type)
  return isObjectType(named) ? named : undefined
}
