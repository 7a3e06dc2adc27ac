import { useCallback, useEffect, useState } from 'react'
import { ApiError, ask, watch, watchConnection } from './api.ts'
import type { TypedDocumentString } from './graphql/graphql.ts'

export type Answer<Result> =
  | { state: 'loading' }
  | { state: 'failed'; error: ApiError }
  | { state: 'ready'; result: Result }

/** Asks once when shown, and again on `again`. */
export function useAnswer<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): { answer: Answer<Result>; again: () => void } {
  const [answer, setAnswer] = useState<Answer<Result>>({ state: 'loading' })
  const [asked, setAsked] = useState(0)
  const key = JSON.stringify(variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables count by their content, `asked` asks again
  useEffect(() => {
    const abort = new AbortController()
    setAnswer((before) => (before.state === 'ready' ? before : { state: 'loading' }))
    ask(document, variables, abort.signal).then(
      (result) => setAnswer({ state: 'ready', result }),
      (error) => {
        if (!abort.signal.aborted) setAnswer({ state: 'failed', error: asApiError(error) })
      },
    )
    return () => abort.abort()
  }, [document, key, asked])
  return { answer, again: useCallback(() => setAsked((count) => count + 1), []) }
}

/** Follows a subscription while shown. The last result stays while the connection comes back. */
export function useLive<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): { result: Result | undefined; error: ApiError | undefined; connected: boolean } {
  const [result, setResult] = useState<Result>()
  const [error, setError] = useState<ApiError>()
  const [connected, setConnected] = useState(false)
  const key = JSON.stringify(variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables count by their content
  useEffect(
    () =>
      watch(
        document,
        variables,
        (next) => {
          setResult(next)
          setError(undefined)
          setConnected(true)
        },
        (fault) => {
          // Signed out elsewhere, or for too long: the page begins anew, with the way to sign in.
          if (fault.code === 'UNAUTHENTICATED') location.reload()
          else setError(fault)
        },
      ),
    [document, key],
  )
  useEffect(() => watchConnection(setConnected), [])
  return { result, error, connected }
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError('UNKNOWN', error instanceof Error ? error.message : String(error))
}
