import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType, isRequiredArgument } from 'graphql'

/** The names of fields that lead from Query to a type and from there back to it: what can be nested without end. */
export function cycleOf(schema: GraphQLSchema): { readonly way: readonly string[]; readonly round: readonly string[] } {
  const walk = (
    type: GraphQLObjectType,
    names: readonly string[],
    types: readonly GraphQLObjectType[],
  ): ReturnType<typeof cycleOf> | undefined => {
    const again = types.indexOf(type)
    if (again >= 0) return { way: names.slice(0, again), round: names.slice(again) }
    if (names.length > 6) return undefined
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      if (!isObjectType(next) || field.args.some(isRequiredArgument)) continue
      const found = walk(next, [...names, field.name], [...types, type])
      if (found) return found
    }
    return undefined
  }
  const found = walk(schema.getQueryType() as GraphQLObjectType, [], [])
  if (!found) throw new Error('The schema has no types that lead to each other.')
  return found
}

/** `{ a { b { a { b { __typename } } } } }`, so many fields deep. */
export function nested({ way, round }: ReturnType<typeof cycleOf>, depth: number): string {
  const names = Array.from(
    { length: depth - 1 },
    (_, level) => way[level] ?? round[(level - way.length) % round.length],
  )
  return `${names.map((name) => `{ ${name} `).join('')}{ __typename }${' }'.repeat(names.length)}`
}
