import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Which sockets of a server are answering something. Node's own `closeIdleConnections` leaves those alone that
 * have connected and not asked yet, and a stop would wait for them.
 */
export class Connections {
  /** Answers under way by socket. */
  readonly #sockets = new Map<Socket, number>()
  #closing = false

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, 0)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.prependListener('request', ({ socket }, response) => {
      this.#count(socket, 1)
      response.once('close', () => {
        this.#count(socket, -1)
        if (this.#closing) this.#closeIdle()
      })
    })
    // A WebSocket is closed by those who speak its protocol.
    server.prependListener('upgrade', ({ socket }) => this.#sockets.delete(socket))
  }

  /** Closes sockets that answer nothing, now and whenever one falls idle. */
  closeIdle(): void {
    this.#closing = true
    this.#closeIdle()
  }

  #closeIdle(): void {
    for (const [socket, answers] of this.#sockets) {
      if (answers > 0) continue
      // Told once: a peer that keeps its side open would be told again at the end of every other answer.
      this.#sockets.delete(socket)
      socket.destroySoon()
    }
  }

  #count(socket: Socket, change: number): void {
    const answers = this.#sockets.get(socket)
    if (answers !== undefined) this.#sockets.set(socket, answers + change)
  }
}
