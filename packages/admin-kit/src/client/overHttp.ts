import { type Exchange, makeErrorResult, makeResult, type Operation, type OperationResult } from '@urql/core'
import { filter, make, mergeMap, pipe, takeUntil } from 'wonka'
import { Problem, unreachable } from './problem.ts'
import { type OperationSource, sourceOf } from './typedDocument.ts'

export interface HttpOptions {
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  /** Told after each request whether the server answered. */
  readonly onReached: (reached: boolean) => void
}

/**
 * Sends queries and mutations by the hash of their text, which the server knows from the build that it serves. A tab that
 * is older or newer than the server sends the text along.
 */
export function overHttp({ url, fetch, onReached }: HttpOptions): Exchange {
  /** Hashes that the server turned out not to know. */
  const unknown = new Set<string>()

  const post = async (body: object, signal: AbortSignal): Promise<Answered> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        // The language of the screen: before anybody has signed in, the server knows no other.
        'accept-language': globalThis.document?.documentElement.lang || 'en',
      },
      body: JSON.stringify(body),
      signal,
    }).catch((error: unknown) => {
      if (!signal.aborted) onReached(false)
      throw error
    })
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    // A proxy in front of a server that is down answers in its own way.
    onReached(isJson || response.status < 502)
    if (isJson) return { response, body: (await response.json()) as ExecutionBody }
    if (response.status >= 502) throw unreachable()
    throw new Problem('UNKNOWN', `The server answered ${response.status} without data.`)
  }

  const answer = async (operation: Operation, signal: AbortSignal): Promise<OperationResult> => {
    const { text, hash } = sourceOf(operation.context)
    const { variables } = operation
    try {
      let answered = await post({ ...operationPart({ text, hash }, unknown), variables }, signal)
      if (hash !== undefined && isUnknown(answered.body)) {
        unknown.add(hash)
        answered = await post({ ...operationPart({ text, hash }, unknown), variables }, signal)
      }
      return makeResult(operation, answered.body, answered.response)
    } catch (error) {
      return makeErrorResult(operation, error instanceof Problem ? error : unreachable())
    }
  }

  return () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind === 'query' || kind === 'mutation'),
      mergeMap((operation) =>
        pipe(
          make<OperationResult>(({ next, complete }) => {
            const abort = new AbortController()
            void answer(operation, abort.signal).then((result) => {
              if (!abort.signal.aborted) next(result)
              complete()
            })
            return () => abort.abort()
          }),
          takeUntil(
            pipe(
              operations,
              filter(({ kind, key }) => kind === 'teardown' && key === operation.key),
            ),
          ),
        ),
      ),
    )
}

type ExecutionBody = Parameters<typeof makeResult>[1]

interface Answered {
  readonly response: Response
  readonly body: ExecutionBody
}

function operationPart({ text, hash }: OperationSource, unknown: ReadonlySet<string>): object {
  if (hash === undefined) return { query: text }
  return unknown.has(hash) ? { query: text, documentId: hash } : { documentId: hash }
}

function isUnknown({ errors }: ExecutionBody): boolean {
  const [fault] = (errors ?? []) as { extensions?: { code?: unknown } }[]
  return fault?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND'
}
