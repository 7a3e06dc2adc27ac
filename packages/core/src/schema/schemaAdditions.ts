import {
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql'

/**
 * What a schema has that another lacks: whole types, and `extend type` for fields of types that both have. As SDL, sorted.
 * What the pages of a plugin outside of the repository are typed against, beside the product's schema.
 */
export function schemaAdditions(before: GraphQLSchema, after: GraphQLSchema): string {
  const definitions = parse(printSchema(lexicographicSortSchema(after))).definitions
  const added = definitions.flatMap((definition): DefinitionNode[] => {
    if (!('name' in definition) || !definition.name) return []
    const known = before.getType(definition.name.value)
    if (!known) return [definition]
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || !('getFields' in known)) return []
    const fields = (definition.fields ?? []).filter(({ name }) => !(name.value in known.getFields()))
    return fields.length > 0 ? [{ kind: Kind.OBJECT_TYPE_EXTENSION, name: definition.name, fields }] : []
  })
  return `${added.map(print).join('\n\n')}\n`
}
