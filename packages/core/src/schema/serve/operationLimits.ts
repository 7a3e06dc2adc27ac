import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql'

/** How much one operation may ask for. Checked before anything is executed, on every transport. */
export interface OperationLimits {
  /** Nested fields; fragments do not count as levels, introspection not at all. Default 15. */
  depth: number
  /** Fields under another name, over the whole operation. Default 30. */
  aliases: number
  /** Directives such as @include, over the whole operation. Default 30. */
  directives: number
  /** Words and signs of the document. Default 3,000. */
  tokens: number
  /** Estimated cost: fields, times the length of the lists that they stand in. Default 20,000. */
  cost: number
}

export const defaultOperationLimits: OperationLimits = {
  depth: 15,
  aliases: 30,
  directives: 30,
  tokens: 3_000,
  cost: 20_000,
}

/** Validation rules for depth, aliases and directives. */
export function limitRules(limits: OperationLimits): ValidationRule[] {
  return [
    maxDepthRule({
      n: limits.depth,
      flattenFragments: true,
      ...refusal(
        'QUERY_TOO_DEEP',
        limits.depth,
        (found) =>
          `The operation is ${found} levels deep; the limit is ${limits.depth}. Nest less, or split it into several operations.`,
      ),
    }),
    maxAliasesRule({
      n: limits.aliases,
      allowList: [],
      ...refusal(
        'TOO_MANY_ALIASES',
        limits.aliases,
        (found) =>
          `The operation has ${found} aliases; the limit is ${limits.aliases}. Split it into several operations, or use a list field.`,
      ),
    }),
    maxDirectivesRule({
      n: limits.directives,
      ...refusal(
        'TOO_MANY_DIRECTIVES',
        limits.directives,
        (found) =>
          `The operation has ${found} directives; the limit is ${limits.directives}. Remove those that change nothing.`,
      ),
    }),
  ] as ValidationRule[]
}

export function limitError(code: string, message: string, limit: number, actual?: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, limit, ...(actual === undefined ? {} : { actual }) } })
}

/**
 * Armor throws its findings out of the validation, which loses the others and defeats the cache. Reported
 * instead they are ordinary errors. The number that it found stands in its message only.
 */
function refusal(code: string, limit: number, sentence: (found: number) => string) {
  return {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, error: GraphQLError) => {
        const found = Number(/found (\d+)/.exec(error.message)?.[1])
        context?.reportError(limitError(code, sentence(found), limit, found))
      },
    ],
  }
}
