import type { Client } from '@urql/core'
import { useSyncExternalStore } from 'react'
import { Api } from './api.ts'
import type { ConnectionState } from './connection.ts'

/** The way from this browser to the server that it loaded the app from; made when something first asks. */
export function browserApi(): Api {
  if (!made) {
    const api = new Api({
      url: '/graphql',
      socketUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      probeUrl: '/healthz',
    })
    for (const event of ['online', 'offline']) addEventListener(event, () => api.connection.networkChanged())
    made = api
  }
  return made
}

let made: Api | undefined

/** The client of the moment: another one after {@link startAnew}. */
export function useClient(): Client {
  const api = browserApi()
  return useSyncExternalStore(api.onReplaced, () => api.client)
}

/** Whether the server can be reached: for one line in the frame, and for what makes no sense without it. */
export function useConnection(): ConnectionState {
  const { connection } = browserApi()
  return useSyncExternalStore(connection.watch, () => connection.state)
}

/** Calls back when the server no longer knows who asks: signed out elsewhere, expired, or removed. @returns what ends it */
export function onSignedOut(listener: () => void): () => void {
  return browserApi().onSignedOut(listener)
}

/**
 * Forgets everything that was read and asks for what is shown once more: after signing in or out, and after another
 * workspace or language was chosen (what the server says in words comes in the language of the account).
 */
export function startAnew(): void {
  browserApi().startAnew()
}

/**
 * Asks again for every shown query that has one of these fields of `Query`: after something was made or deleted, which
 * changes lists. What is not shown is asked again anyway when it is shown next.
 *
 * @param fields none: everything that is shown
 */
export function invalidate(...fields: string[]): void {
  browserApi().askAgain(fields.length > 0 ? fields : undefined)
}
