import { isAbstractType, Kind, visit } from 'graphql'

/**
 * A plugin of GraphQL Code Generator: for each interface or union that a document asks `... on`, the object types that
 * it may be. All of them would be some 15 kB, for every mutation answers with a union; asked for are two or three.
 *
 * @param {import('graphql').GraphQLSchema} schema
 * @param {{ document?: import('graphql').DocumentNode }[]} documents
 */
export function plugin(schema, documents) {
  const asked = new Set()
  const note = ({ typeCondition }) => {
    if (typeCondition) asked.add(typeCondition.name.value)
  }
  for (const { document } of documents) {
    if (document) visit(document, { [Kind.INLINE_FRAGMENT]: note, [Kind.FRAGMENT_DEFINITION]: note })
  }
  const lines = [...asked].sort().flatMap((name) => {
    const type = schema.getType(name)
    if (!isAbstractType(type)) return []
    const names = schema.getPossibleTypes(type).map((possible) => `'${possible.name}'`)
    return `  ${name}: [${names.sort().join(', ')}],`
  })
  return ['/** Generated. */', 'export const possibleTypes: Record<string, string[]> = {', ...lines, '}', ''].join('\n')
}
