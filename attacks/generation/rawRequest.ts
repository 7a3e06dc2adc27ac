import { connect } from 'node:net'
import { longest, type Reply } from './oracle.ts'

/** Bytes as they go over the wire, whether or not they are HTTP. */
export interface RawRequest {
  readonly head: string
  readonly body: Buffer
}

/**
 * Sends bytes over a connection of their own and reads until the server closes it, or has answered. What is not whole, such as a body that is
 * shorter than it says, is ended by us after a second and a half: waiting for the rest is right. What is whole has to be answered.
 */
export function sendRaw(port: number, { head, body }: RawRequest): Promise<Reply> {
  return new Promise((resolve) => {
    const began = performance.now()
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const answer = () => {
      const text = Buffer.concat(chunks).toString('latin1')
      // A 100 comes before the answer.
      const status = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)]
        .map(([, code]) => Number(code))
        .find((code) => code !== 100)
      return { status: status ?? 0, text }
    }
    const end = () => {
      clearTimeout(late)
      clearTimeout(patience)
      socket.destroy()
      resolve({ ...answer(), milliseconds: performance.now() - began })
    }
    const whole = isWhole(head, body)
    const patience = setInterval(() => {
      if (answer().status > 0) end()
      else if (!whole) socket.end()
    }, 1_500)
    const late = setTimeout(end, 2 * longest)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', end)
    socket.on('error', end)
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
  })
}

/** Whether nothing is missing of a request: its headers end, and its body is as long as they say. */
function isWhole(head: string, body: Buffer): boolean {
  if (!head.endsWith('\r\n\r\n')) return false
  if (/^transfer-encoding:/im.test(head)) return body.toString('latin1').endsWith('0\r\n\r\n')
  const lengths = [...head.matchAll(/^content-length: *(\d+) *\r$/gim)].map(([, length]) => Number(length))
  return body.length >= Math.max(0, ...lengths)
}
