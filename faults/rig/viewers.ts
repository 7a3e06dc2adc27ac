import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'

/** Who watches, and from where. */
export interface ViewerOptions {
  readonly url: string
  readonly cookie: string
  /** As the server is told it by the proxies in front. */
  readonly address: string
  readonly query: string
  /** Open subscriptions of its socket. Default 1. */
  readonly operations?: number
  /** Answers the server's pings. Default true. */
  readonly pongs?: boolean
  /** Falls asleep with its first result, or its network swallows everything: it reads nothing any more. Default false. */
  readonly stalls?: boolean
}

/** A page with live numbers in somebody's browser: it comes back by itself, and sooner than browsers do. */
export class Viewer {
  /** Results of its latest connection. */
  results = 0
  /** By `performance.now()`. */
  latest = 0
  /** With what each of its connections was closed. */
  readonly closedWith: number[] = []
  /** Why the server refused a connection before there was one, or an operation. */
  readonly refusals: string[] = []
  readonly #options: ViewerOptions
  #socket: WebSocket | undefined
  #stopped = false

  constructor(options: ViewerOptions) {
    this.#options = options
    void this.#live()
  }

  /** Its connection breaks, without a word. */
  breakOff(): void {
    this.results = 0
    this.#socket?.terminate()
  }

  stop(): void {
    this.#stopped = true
    this.#socket?.terminate()
  }

  async #live(): Promise<void> {
    let waitMs = 200
    while (!this.#stopped) {
      const connected = await this.#connection()
      // At once, where clients wait for a second at least; from then on for longer and longer, as they do.
      waitMs = connected ? 200 : Math.min(2 * waitMs, 2_000)
      await pause(Math.random() * waitMs)
    }
  }

  /** Resolves when it is over: whether there was one. */
  #connection(): Promise<boolean> {
    const { url, cookie, address, query, operations = 1, pongs = true, stalls = false } = this.#options
    return new Promise((over) => {
      const headers = { cookie, 'x-forwarded-for': address }
      const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
        headers,
        autoPong: pongs,
      })
      this.#socket = socket
      this.results = 0
      const send = (message: object) => socket.send(JSON.stringify(message))
      let connected = false
      socket.on('open', () => {
        connected = true
        send({ type: 'connection_init' })
      })
      socket.on('unexpected-response', (_request, response) => {
        this.refusals.push(`${response.statusCode}`)
        response.resume()
        socket.terminate()
      })
      socket.on('error', () => {})
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data))
        if (type === 'connection_ack')
          for (let id = 0; id < operations; id++) send({ id: `${id}`, type: 'subscribe', payload: { query } })
        else if (type === 'next' && payload.data) {
          this.results += 1
          this.latest = performance.now()
          if (stalls) socket.pause()
        } else if (type !== 'complete') this.refusals.push(JSON.stringify(payload))
      })
      socket.on('close', (code) => {
        this.closedWith.push(code)
        over(connected)
      })
    })
  }
}
