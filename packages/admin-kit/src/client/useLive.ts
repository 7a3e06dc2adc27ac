import { useEffect, useRef } from 'react'
import { pipe, subscribe } from 'wonka'
import { useClient } from './browserApi.ts'
import { contextOf, requestOf, type UntypedDocument } from './typedDocument.ts'

/** A subscription: things with an `id` that it brings are seen in the answer by themselves. */
export interface LiveSource {
  readonly document: UntypedDocument
  readonly variables?: Readonly<Record<string, unknown>>
  /** It only says that something happened: ask again then. Default false. */
  readonly again?: boolean
  /** How often it is asked again at most, in milliseconds. Default 1,000. */
  readonly every?: number
}

/** Follows the subscription of a query. The cache takes what it brings; with `again` the query is asked once more. */
export function useLive(live: LiveSource | undefined, pause: boolean, again: (() => void) | undefined): void {
  const client = useClient()
  const request = live && requestOf(live.document, live.variables ?? {})
  const latest = useRef({ live, request, again })
  latest.current = { live, request, again }
  const key = request?.key
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for document and variables
  useEffect(() => {
    const { live, request } = latest.current
    if (pause || !live || !request) return
    let waiting: ReturnType<typeof setTimeout> | undefined
    const { unsubscribe } = pipe(
      client.executeSubscription(request, contextOf(live.document)),
      subscribe(({ data }) => {
        // Also the first: it may only say how things are, which was asked just now, or what has happened since.
        if (!data || !live.again || waiting !== undefined) return
        waiting = setTimeout(() => {
          waiting = undefined
          latest.current.again?.()
        }, live.every ?? 1_000)
      }),
    )
    return () => {
      clearTimeout(waiting)
      unsubscribe()
    }
  }, [client, key, pause])
}
