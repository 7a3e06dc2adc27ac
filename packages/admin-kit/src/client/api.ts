import { Client, type CombinedError, mapExchange } from '@urql/core'
import type { Client as Socket } from 'graphql-ws'
import { cachesApart } from './cachesApart.ts'
import { Connection } from './connection.ts'
import { normalizedCache } from './normalizedCache.ts'
import { overHttp } from './overHttp.ts'
import { followShown, ShownQueries } from './shownQueries.ts'
import { openSocket, overSocket } from './socket.ts'

export interface ApiOptions {
  /** Of the GraphQL endpoint, over HTTP. */
  readonly url: string
  readonly fetch?: typeof globalThis.fetch
  /** Of the GraphQL endpoint, over WebSocket. */
  readonly socketUrl: string
  /** Default: the browser's */
  readonly webSocket?: unknown
  /** Answers anything at all while the server is there. */
  readonly probeUrl: string
}

/** The way to the server: one cache, one socket, and what is known about the connection. */
export class Api {
  readonly connection: Connection
  readonly socket: Socket
  #client: Client
  #shown: ShownQueries
  #socketIsUp = false
  readonly #options: ApiOptions
  readonly #fetch: typeof globalThis.fetch
  readonly #replaced = new Set<() => void>()
  readonly #signedOut = new Set<() => void>()
  readonly #socketWatchers = new Set<() => void>()

  constructor(options: ApiOptions) {
    this.#options = options
    this.#fetch = options.fetch ?? ((...request) => globalThis.fetch(...request))
    this.connection = new Connection({ probe: () => this.#probe() })
    this.connection.onBack(() => this.askAgain())
    this.socket = openSocket(options.socketUrl, options.webSocket)
    this.#followSocket()
    ;[this.#client, this.#shown] = this.#begin()
  }

  get client(): Client {
    return this.#client
  }

  /** Whether subscriptions arrive at the moment. */
  get socketIsUp(): boolean {
    return this.#socketIsUp
  }

  /** Forgets everything that was read: somebody else signed in, another workspace or language was chosen. */
  startAnew(): void {
    ;[this.#client, this.#shown] = this.#begin()
    this.socket.terminate()
    for (const listener of this.#replaced) listener()
  }

  /** Asks again for what is shown. @param fields of `Query`; default: all */
  askAgain(fields?: readonly string[]): void {
    this.#shown.askAgain(this.#client, fields)
  }

  readonly onReplaced = (listener: () => void): (() => void) => listen(this.#replaced, listener)

  readonly onSignedOut = (listener: () => void): (() => void) => listen(this.#signedOut, listener)

  readonly onSocket = (listener: () => void): (() => void) => listen(this.#socketWatchers, listener)

  #begin(): [Client, ShownQueries] {
    const shown = new ShownQueries()
    const client = new Client({
      url: this.#options.url,
      preferGetMethod: false,
      requestPolicy: 'cache-and-network',
      exchanges: [
        mapExchange({ onError: (error) => this.#noticeSignOut(error) }),
        shown.exchange,
        cachesApart(normalizedCache),
        overSocket(this.socket),
        overHttp({
          url: this.#options.url,
          fetch: this.#fetch,
          onReached: (reached) => this.connection.told(reached),
        }),
      ],
    })
    followShown(client, shown)
    return [client, shown]
  }

  #noticeSignOut({ graphQLErrors }: CombinedError): void {
    if (graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'))
      for (const listener of this.#signedOut) listener()
  }

  #followSocket(): void {
    let broke = false
    this.socket.on('connected', () => {
      this.#setSocket(true)
      // Whatever happened meanwhile was told to nobody.
      if (broke) this.askAgain()
      broke = false
    })
    this.socket.on('closed', (event) => {
      this.#setSocket(false)
      const { code } = event as { code?: number }
      // 1000: nothing is followed any more.
      if (code === 1000) return
      broke = true
      // 4403: the session or its rights ended; asking says which.
      if (code === 4403) this.askAgain()
      else void this.connection.suspect()
    })
  }

  #setSocket(up: boolean): void {
    this.#socketIsUp = up
    for (const watcher of this.#socketWatchers) watcher()
  }

  async #probe(): Promise<boolean> {
    try {
      return (await this.#fetch(this.#options.probeUrl, { cache: 'no-store' })).ok
    } catch {
      return false
    }
  }
}

function listen(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
