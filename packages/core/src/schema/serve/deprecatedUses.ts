import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isListType,
  Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { PreparedDocument } from './documents.ts'

/** Finds what an operation asks for that is deprecated, as schema coordinates: "Query.oldPages", "Query.pages(old:)", "Status.OLD". */
export class DeprecatedUses {
  readonly #schema: GraphQLSchema
  /** Whether anything that variables can hold is deprecated: mostly nothing is, and then no value is looked at. */
  readonly #inInputs: boolean
  readonly #known = new WeakMap<PreparedDocument, readonly string[]>()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#inInputs = Object.values(schema.getTypeMap()).some(
      (type) =>
        (isEnumType(type) && type.getValues().some(({ deprecationReason }) => deprecationReason != null)) ||
        (isInputObjectType(type) &&
          Object.values(type.getFields()).some(({ deprecationReason }) => deprecationReason != null)),
    )
  }

  /** @param prepared a valid document; of several operations in it, all are looked at */
  of(
    prepared: PreparedDocument,
    operationName?: string | null,
    variables?: Record<string, unknown> | null,
  ): readonly string[] {
    let inDocument = this.#known.get(prepared)
    if (!inDocument) {
      inDocument = [...deprecatedIn(this.#schema, prepared)]
      this.#known.set(prepared, inDocument)
    }
    if (!this.#inInputs || !variables) return inDocument
    const found = new Set(inDocument)
    for (const { variable, type } of getOperationAST(prepared.document, operationName)?.variableDefinitions ?? []) {
      const declared = typeFromAST(this.#schema, type as never) as GraphQLInputType | undefined
      if (declared) findInValue(declared, variables[variable.name.value], found)
    }
    return [...found]
  }
}

function deprecatedIn(schema: GraphQLSchema, { document }: PreparedDocument): Set<string> {
  const found = new Set<string>()
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: () => {
        const field = info.getFieldDef()
        const parent = info.getParentType()
        if (field?.deprecationReason != null && parent) found.add(`${parent.name}.${field.name}`)
      },
      Argument: () => {
        const argument = info.getArgument()
        const field = info.getFieldDef()
        const parent = info.getParentType()
        if (argument?.deprecationReason != null && field && parent)
          found.add(`${parent.name}.${field.name}(${argument.name}:)`)
      },
      ObjectField: ({ name }) => {
        const parent = getNamedType(info.getParentInputType())
        if (isInputObjectType(parent) && parent.getFields()[name.value]?.deprecationReason != null)
          found.add(`${parent.name}.${name.value}`)
      },
      [Kind.ENUM]: () => {
        const value = info.getEnumValue()
        const type = getNamedType(info.getInputType())
        if (value?.deprecationReason != null && type) found.add(`${type.name}.${value.name}`)
      },
    }),
  )
  return found
}

/** Goes as deep as the value does; a body's size bounds that. */
function findInValue(declared: GraphQLInputType, value: unknown, found: Set<string>): void {
  const type = getNullableType(declared)
  if (value == null) return
  if (isListType(type)) {
    for (const item of Array.isArray(value) ? value : [value]) findInValue(type.ofType, item, found)
  } else if (isEnumType(type)) {
    if (type.getValue(String(value))?.deprecationReason != null) found.add(`${type.name}.${value}`)
  } else if (isInputObjectType(type) && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      const field = type.getFields()[name]
      if (!field) continue
      if (field.deprecationReason != null) found.add(`${type.name}.${name}`)
      findInValue(field.type, inner, found)
    }
  }
}
