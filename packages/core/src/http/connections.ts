import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Which sockets of a server are answering something. Node's own `closeIdleConnections` leaves those alone that
 * have connected and not asked yet, and a stop would wait for them.
 */
export class Connections {
  /** The latest answer by socket: a socket's answers end in the order of their requests. */
  readonly #sockets = new Map<Socket, ServerResponse | undefined>()
  #closing = false

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, undefined)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.prependListener('request', ({ socket }, response) => {
      if (this.#sockets.has(socket)) this.#sockets.set(socket, response)
      if (this.#closing) this.#closeAfter(socket, response)
    })
    // A WebSocket is closed by those who speak its protocol.
    server.prependListener('upgrade', ({ socket }) => this.#sockets.delete(socket))
  }

  /** Closes sockets that answer nothing, now and whenever one falls idle. */
  closeIdle(): void {
    this.#closing = true
    for (const [socket, response] of this.#sockets) this.#closeAfter(socket, response)
  }

  #closeAfter(socket: Socket, response: ServerResponse | undefined): void {
    if (response && !response.closed) {
      response.once('close', () => this.#closeAfter(socket, this.#sockets.get(socket)))
      return
    }
    // Told once: a peer that keeps its side open would be told again at the end of every other answer.
    if (this.#sockets.delete(socket)) socket.destroySoon()
  }
}
