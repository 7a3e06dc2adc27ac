import type { GraphQLEnumType, GraphQLEnumValue } from 'graphql'

/** The first value of an enum by its name, not as it was written: of roles the first is one that an admin may give too. */
export function firstValue(type: GraphQLEnumType): GraphQLEnumValue | undefined {
  return [...type.getValues()].sort((a, b) => (a.name < b.name ? -1 : 1))[0]
}
