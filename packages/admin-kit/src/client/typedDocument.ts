import { createRequest, type GraphQLRequest, type OperationContext } from '@urql/core'

/** A document without its types. */
export interface UntypedDocument {
  toString(): string
  /** `hash`: "sha256:" and the SHA-256 of the text in hex, by which the server knows the operation. */
  readonly __meta__?: Record<string, unknown> | undefined
}

/** A document with its types, as `graphql()` of a generated `graphql/` folder gives it. */
export interface TypedDocument<Result, Variables> extends UntypedDocument {
  /** Carries the types, and is never there. */
  readonly __apiType?: ((variables: Variables) => Result) | undefined
}

/** What a document is sent as. */
export interface OperationSource {
  readonly text: string
  readonly hash: string | undefined
}

export function requestOf(document: UntypedDocument, variables: unknown): GraphQLRequest {
  return createRequest(document.toString(), variables as Record<string, unknown>)
}

/**
 * Part of the context of every operation: the cache rewrites its document, and the server knows only the original.
 * @param apart a query that has a cache of its own, see `cachesApart`
 */
export function contextOf(document: UntypedDocument, apart = false): Partial<OperationContext> {
  return apart ? { ...sourceContextOf(document), apart } : sourceContextOf(document)
}

function sourceContextOf(document: UntypedDocument): Partial<OperationContext> {
  const known = contexts.get(document)
  if (known) return known
  const hash = document.__meta__?.hash
  const source: OperationSource = { text: document.toString(), hash: typeof hash === 'string' ? hash : undefined }
  const context = { source }
  contexts.set(document, context)
  return context
}

const contexts = new WeakMap<object, Partial<OperationContext>>()

/** @throws Error for an operation that did not come through this client */
export function sourceOf(context: OperationContext): OperationSource {
  const { source } = context as { source?: OperationSource }
  if (!source) throw new Error('An operation without its source: ask through useQuery, useMutation or ask.')
  return source
}
