import {
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'

/**
 * A subscription is about one field, whatever its variables: `@skip` and `@include` cannot leave it out (GraphQL of September 2025,
 * 5.2.4.1). graphql-js 16 counts the field that is written and breaks where none is left.
 */
export const certainSubscriptionRule: ValidationRule = (context) => ({
  OperationDefinition({ operation, selectionSet }) {
    if (operation !== 'subscription') return
    const uncertain = findUncertain(selectionSet, (name) => context.getFragment(name), new Set())
    if (uncertain)
      context.reportError(
        new GraphQLError(
          'The field of a subscription cannot have @skip or @include. Subscribe only where it is wanted.',
          {
            nodes: uncertain,
          },
        ),
      )
  },
})

/** The first selection at the root, through fragments, that may be left out. */
function findUncertain(
  { selections }: SelectionSetNode,
  fragment: (name: string) => FragmentDefinitionNode | null | undefined,
  seen: Set<string>,
): SelectionNode | undefined {
  for (const selection of selections) {
    if (selection.directives?.some(({ name: { value } }) => value === 'skip' || value === 'include')) return selection
    const below =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : selection.kind === Kind.FRAGMENT_SPREAD && !seen.has(selection.name.value)
          ? fragment(selection.name.value)
          : undefined
    if (selection.kind === Kind.FRAGMENT_SPREAD) seen.add(selection.name.value)
    const found = below && findUncertain(below.selectionSet, fragment, seen)
    if (found) return found
  }
  return undefined
}
