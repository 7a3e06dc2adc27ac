import {
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** Which fields of the schemas somebody has asked for, in operations that were carried out. */
export class Coverage {
  readonly #schemas: Readonly<Record<string, GraphQLSchema>>
  readonly #asked = new Map<string, Set<string>>()
  readonly #seen = new Set<string>()

  /** @param schemas by endpoint */
  constructor(schemas: Readonly<Record<string, GraphQLSchema>>) {
    this.#schemas = schemas
  }

  /** An operation and its answer: one that was refused before it was carried out has asked for nothing. */
  add(endpoint: string, query: string, answer: string): void {
    const schema = this.#schemas[endpoint]
    if (!schema || this.#seen.has(endpoint + query) || !/"data":\{|"path":\[/.test(answer)) return
    this.#seen.add(endpoint + query)
    const asked = this.#asked.get(endpoint) ?? new Set()
    this.#asked.set(endpoint, asked)
    const types = new TypeInfo(schema)
    visit(
      parse(query),
      visitWithTypeInfo(types, {
        Field: ({ name }) => {
          const parent = types.getParentType()
          if (!parent) return
          asked.add(`${parent.name}.${name.value}`)
          // What an interface is asked for all that implement it are.
          if (isInterfaceType(parent))
            for (const type of schema.getPossibleTypes(parent)) asked.add(`${type.name}.${name.value}`)
        },
      }),
    )
  }

  /** Fields of an endpoint's schema that nobody has asked for: `Page.title`. */
  missing(endpoint: string): string[] {
    const asked = this.#asked.get(endpoint)
    return Object.values(this.#schemas[endpoint]?.getTypeMap() ?? {})
      .filter((type) => isObjectType(type) && !isIntrospectionType(type))
      .flatMap((type) =>
        (isObjectType(type) ? Object.keys(type.getFields()) : []).map((name) => `${type.name}.${name}`),
      )
      .filter((coordinate) => !asked?.has(coordinate))
  }
}
