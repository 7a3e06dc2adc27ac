import { connect } from 'node:net'
import { longest, type Reply } from './oracle.ts'

/** Bytes as they go over the wire, whether or not they are HTTP. */
export interface RawRequest {
  readonly head: string
  readonly body: Buffer
}

/**
 * Sends bytes over a connection of their own and reads until the server closes it, or has answered. A body that is shorter than it
 * says is ended by us after a second: waiting for the rest is right.
 */
export function sendRaw(port: number, { head, body }: RawRequest): Promise<Reply> {
  return new Promise((resolve) => {
    const began = performance.now()
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const end = () => {
      clearTimeout(late)
      clearTimeout(patience)
      socket.destroy()
      const text = Buffer.concat(chunks).toString('latin1')
      // A 100 comes before the answer.
      const status = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)]
        .map(([, code]) => Number(code))
        .find((code) => code !== 100)
      resolve({ status: status ?? 0, text, milliseconds: performance.now() - began })
    }
    const patience = setTimeout(() => (chunks.length > 0 ? end() : socket.end()), 1_500)
    const late = setTimeout(end, 2 * longest)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', end)
    socket.on('error', end)
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
  })
}
