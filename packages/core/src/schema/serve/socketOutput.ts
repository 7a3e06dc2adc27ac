import type { Duplex } from 'node:stream'
import type { ExecutionResult } from 'graphql'
import type { WebSocket } from 'ws'
import { byteString } from '../../http/route.ts'
import type { Sink } from '../../live/mailbox.ts'

/**
 * The sending side of a WebSocket, for results of subscriptions: past graphql-ws and ws, which would make the same JSON and
 * the same frame for each of thousands of subscribers. What is the same for all is made once; a socket gets its header and
 * its id before it, in one write.
 */
export class SocketOutput {
  readonly #webSocket: WebSocket
  /** Under the WebSocket. Whole frames may be written between those of ws, for it writes its own at once: nothing is compressed. */
  readonly #socket: Duplex
  #waiting: (() => void)[] | undefined

  constructor(webSocket: WebSocket, socket: Duplex) {
    this.#webSocket = webSocket
    this.#socket = socket
  }

  /** Where the results of the operation with this id go, as `next` messages of graphql-transport-ws. */
  sinkOf(id: string): Sink<ExecutionResult> {
    return new OperationSink(this, byteString(`{"id":${JSON.stringify(id)}`))
  }

  /** A client that stops reading fills its subscriptions' bounded buffers instead of the process's memory. */
  hasRoom(): boolean {
    return !this.#socket.writableNeedDrain
  }

  /** @param beginning of the message; both as {@link byteString} makes them, or as bytes */
  write(beginning: string, ending: string | Buffer): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    const start = frameHeader(beginning.length + ending.length) + beginning
    if (typeof ending === 'string') this.#socket.write(start + ending, 'latin1')
    else {
      this.#socket.cork()
      this.#socket.write(start, 'latin1')
      this.#socket.write(ending)
      this.#socket.uncork()
    }
  }

  /** One listener for all operations of the socket. */
  onceRoom(resume: () => void): void {
    if (this.#waiting) this.#waiting.push(resume)
    else {
      this.#waiting = [resume]
      this.#socket.once('drain', () => {
        const waiting = this.#waiting
        this.#waiting = undefined
        for (const one of waiting ?? []) one()
      })
    }
  }
}

class OperationSink implements Sink<ExecutionResult> {
  readonly #output: SocketOutput
  readonly #beginning: string

  constructor(output: SocketOutput, beginning: string) {
    this.#output = output
    this.#beginning = beginning
  }

  hasRoom(): boolean {
    return this.#output.hasRoom()
  }

  take(result: ExecutionResult): void {
    this.#output.write(this.#beginning, endingOf(result))
  }

  onceRoom(resume: () => void): void {
    this.#output.onceRoom(resume)
  }
}

/** Bytes up to which Node writes a string of bytes without a buffer of its own. */
const stringLimit = 15_000

const endings = new WeakMap<ExecutionResult, string | Buffer>()

/**
 * What follows the id in a message; made once for all who get the same result. A short one is a string of bytes, which is the
 * cheapest to write behind another; the bytes of a long one are shared by all sockets.
 */
function endingOf(result: ExecutionResult): string | Buffer {
  let ending = endings.get(result)
  if (ending === undefined) {
    const bytes = Buffer.from(`,"type":"next","payload":${JSON.stringify(result)}}`)
    ending = bytes.length <= stringLimit ? bytes.toString('latin1') : bytes
    endings.set(result, ending)
  }
  return ending
}

/** Of a whole text message from a server: RFC 6455, section 5.2. Characters that are bytes. */
function frameHeader(length: number): string {
  const finalText = 0x81
  if (length < 126) return String.fromCharCode(finalText, length)
  if (length < 0x1_0000) return String.fromCharCode(finalText, 126, length >> 8, length & 0xff)
  const header = Buffer.alloc(10)
  header.writeUInt16BE((finalText << 8) | 127)
  header.writeBigUInt64BE(BigInt(length), 2)
  return header.toString('latin1')
}
