import { useMemo, useRef, useSyncExternalStore } from 'react'
import { useClient } from './browserApi.ts'
import { contextOf, requestOf, type TypedDocument } from './typedDocument.ts'
import { type LiveSource, useLive } from './useLive.ts'
import { type QueryState, WatchedQuery } from './watchedQuery.ts'

/** The answer of a query, as it is now. */
export interface Query<Result> extends QueryState<Result> {
  /** What is shown is the answer for the variables before: see {@link QueryOptions.keep}. */
  readonly kept: boolean
  /** Asks the server once more. */
  again(): void
}

/** Whether a query is asked now, and what is shown until its answer comes. */
export interface QueryOptions {
  /** Asks nothing as long as it is true. */
  readonly pause?: boolean
  /**
   * Shows the answer for the variables before, as `stale`, until the one for these comes: for lists whose filter or page
   * changes. Default: nothing is shown that belongs to other variables.
   */
  readonly keep?: boolean
  /**
   * What comes is kept as long as it is shown, and no longer: for the many pages of a long list. Mutations and
   * subscriptions are seen in it as everywhere.
   */
  readonly apart?: boolean
  /** A subscription that keeps the answer fresh. */
  readonly live?: LiveSource | undefined
}

/**
 * What the server says, while the component is shown: from the cache at once where it is known, then from the server, and
 * again whenever a mutation, a subscription or another query learns something about the same things.
 */
export function useQuery<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { pause = false, keep = false, apart = false, live }: QueryOptions = {},
): Query<Result> {
  const client = useClient()
  const request = requestOf(document, variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for document and variables
  const watched = useMemo(
    () => (pause ? undefined : new WatchedQuery<Result>(client, request, contextOf(document, apart))),
    [client, request.key, pause, apart],
  )
  const state = useSyncExternalStore<QueryState<Result>>(watched?.subscribe ?? never, watched?.state ?? paused)
  useLive(live, pause, watched?.again)

  const before = useRef<{ client: unknown; data: Result } | undefined>(undefined)
  if (state.data !== undefined) before.current = { client, data: state.data }
  const again = watched?.again ?? nothing
  if (keep && state.loading && before.current?.client === client)
    return { data: before.current.data, error: undefined, loading: false, stale: true, kept: true, again }
  return { ...state, kept: false, again }
}

const nothing = () => {}
const never = () => nothing
const pausedState: QueryState<never> = { data: undefined, error: undefined, loading: true, stale: false }
const paused = () => pausedState
