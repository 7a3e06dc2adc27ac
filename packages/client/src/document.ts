import { EspalierError } from './errors.ts'

/**
 * An operation with the types of its result and variables: what the client preset of GraphQL Code Generator writes with
 * `documentMode: 'string'`, or any document that remembers its source. A plain string works too; its result is unknown.
 */
export interface TypedDocument<Result, Variables> {
  /** Carries the types. There is nothing under it. */
  __apiType?: (variables: Variables) => Result
}

/** The variables of an operation: not to be given where there are none, or where all may be left out. */
export type VariablesOf<Variables> =
  Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables]

/** @throws EspalierError for a parsed document without its source */
export function textOf(document: TypedDocument<unknown, never> | string): string {
  if (typeof document === 'string') return document
  if (document instanceof String) return document.toString()
  const { loc } = document as { loc?: { source?: { body?: string } } }
  if (loc?.source?.body) return loc.source.body
  throw new EspalierError(
    'BAD_DOCUMENT',
    "The document is neither a text nor remembers its source. Set documentMode: 'string' in the configuration of GraphQL Code Generator.",
  )
}
