import type { WebSocket } from 'ws'

/**
 * Pings each socket once in a period, and cuts those whose other side has not answered by the next: a peer whose machine or
 * network is gone says nothing by itself.
 */
export class SocketPings {
  readonly #period: number
  /** Next turn of each, by `performance.now()`; all periods are of one length, so they stand in the order of their turns. */
  readonly #turns = new Map<WebSocket, number>()
  readonly #unanswered = new WeakSet<WebSocket>()
  readonly #timer: NodeJS.Timeout
  /** One for all sockets, by which it is called. */
  readonly #onPong: (this: WebSocket) => void
  readonly #onClose: (this: WebSocket) => void

  /** @param period milliseconds */
  constructor(period: number) {
    this.#period = period
    // Not all at once.
    this.#timer = setInterval(() => this.#pingWhoseTurnItIs(), period / 15).unref()
    const turns = this.#turns
    const unanswered = this.#unanswered
    this.#onPong = function () {
      unanswered.delete(this)
    }
    this.#onClose = function () {
      turns.delete(this)
    }
  }

  /** Watches over a socket until it closes. */
  watch(socket: WebSocket): void {
    this.#turns.set(socket, performance.now() + this.#period)
    socket.on('pong', this.#onPong)
    socket.on('close', this.#onClose)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #pingWhoseTurnItIs(): void {
    const now = performance.now()
    for (const [socket, turn] of this.#turns) {
      if (turn > now) break
      this.#turns.delete(socket)
      if (this.#unanswered.has(socket)) socket.terminate()
      else {
        this.#unanswered.add(socket)
        this.#turns.set(socket, now + this.#period)
        socket.ping()
      }
    }
  }
}
