import type { DocumentNode } from 'graphql'

/**
 * An operation whose types are known: what GraphQL Code Generator makes, as a string (`documentMode: 'string'`) or as a parsed
 * document (TypedDocumentNode).
 */
export type TypedDocument<Result, Variables> = (DocumentNode | { toString(): string }) & {
  readonly __apiType?: (variables: Variables) => Result
}

/** Variables may be left out where none is required. */
export type VariablesOf<Variables> =
  Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables]

/** What a mutation's one field answers: its success, or one of its errors. */
type AnswerOf<Result> = Exclude<Result[Exclude<keyof Result, '__typename'>], null | undefined>

/** What a mutation answers when it succeeded: the `data` of its success type. */
export type SuccessOf<Result> =
  AnswerOf<Result> extends infer Answer ? (Answer extends { data: infer Data } ? Data : never) : never

/** What a mutation answers when it refused: what the document asks of `... on Error`. */
export type RefusalOf<Result> =
  AnswerOf<Result> extends infer Answer ? (Answer extends { data: unknown } ? never : Answer) : never
