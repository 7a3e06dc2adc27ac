import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { pipe, subscribe } from 'wonka'
import { browserApi, useClient } from './browserApi.ts'
import { type Problem, problemOf } from './problem.ts'
import { contextOf, requestOf, type TypedDocument } from './typedDocument.ts'

/** Whether a subscription is open, and who hears each of its events. */
export interface SubscriptionOptions<Result> {
  readonly pause?: boolean
  /** Each event, also those that come faster than the screen is drawn. */
  readonly onData?: (data: Result) => void
}

/**
 * Follows a subscription while the component is shown. The last event stays while the connection comes back. Events that
 * arrive within one frame of the screen are drawn once.
 *
 * @returns `connected`: whether events can arrive at the moment
 */
export function useSubscription<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { pause = false, onData }: SubscriptionOptions<Result> = {},
): { readonly data: Result | undefined; readonly error: Problem | undefined; readonly connected: boolean } {
  const client = useClient()
  const api = browserApi()
  const connected = useSyncExternalStore(api.onSocket, () => api.socketIsUp)
  const request = requestOf(document, variables)
  const [shown, setShown] = useState<Shown<Result>>()
  const latest = useRef({ request, onData })
  latest.current = { request, onData }
  const { key } = request
  useEffect(() => {
    if (pause) return
    let arrived: Shown<Result> | undefined
    const draw = () => {
      const next = arrived
      arrived = undefined
      if (next) setShown((last) => ({ ...next, data: next.data ?? (last?.key === key ? last.data : undefined) }))
    }
    let cancel = () => {}
    const { unsubscribe } = pipe(
      client.executeSubscription<Result>(latest.current.request, contextOf(document)),
      subscribe(({ data, error }) => {
        if (data) latest.current.onData?.(data)
        if (!arrived) cancel = beforeNextFrame(draw)
        arrived = { key, data: data ?? arrived?.data, error: error && problemOf(error) }
      }),
    )
    return () => {
      cancel()
      unsubscribe()
    }
  }, [client, key, pause, document])
  const mine = shown?.key === key ? shown : undefined
  return { data: mine?.data, error: mine?.error, connected }
}

interface Shown<Result> {
  readonly key: number
  readonly data: Result | undefined
  readonly error: Problem | undefined
}

/** A hidden tab draws no frames: there it happens four times a second. @returns what calls it off */
function beforeNextFrame(work: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(work, 250)
    return () => clearTimeout(timer)
  }
  const frame = requestAnimationFrame(work)
  return () => cancelAnimationFrame(frame)
}
