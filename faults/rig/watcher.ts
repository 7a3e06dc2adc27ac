import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

/** Follows what is counted on the demo's site, as the web app does: connects anew where it is told to go away. */
export class Watcher {
  /** Received so far. */
  results = 0
  /** On the site now, as it was told last. */
  visitors = 0
  /** Made so far. */
  connections = 0
  /** It was told that there is nothing more, or why not: it will not ask again. */
  ended = false
  /** The code of each connection that was closed. */
  readonly closedWith: number[] = []
  readonly #client: ReturnType<typeof createClient>

  /** @param origin what a browser would send: the installation's own address, also to one of its servers */
  constructor(url: string, cookie: string, origin = url) {
    class SignedIn extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { headers: { cookie, origin } })
      }
    }
    this.#client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: SignedIn,
      retryAttempts: 100,
      retryWait: () => pause(50),
      on: {
        connected: () => {
          this.connections += 1
        },
        closed: (event) => {
          this.closedWith.push((event as { code: number }).code)
        },
      },
    })
    this.#client.subscribe(
      { query: 'subscription { liveMetrics { visitors eventsPerSecond } }' },
      {
        next: ({ data }) => {
          this.results += 1
          this.visitors = (data as { liveMetrics: { visitors: number } }).liveMetrics.visitors
        },
        error: () => {
          this.ended = true
        },
        complete: () => {
          this.ended = true
        },
      },
    )
  }

  async stop(): Promise<void> {
    await this.#client.dispose()
  }
}
