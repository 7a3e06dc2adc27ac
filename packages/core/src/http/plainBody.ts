import type { IncomingMessage } from 'node:http'
import { httpError } from './errors.ts'

/** Whether a body says how long it is, and is no longer than `limit` bytes: that is binding, for Node's parser reads no further. */
export function declaresAtMost(limit: number, { headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return length !== undefined && headers['transfer-encoding'] === undefined && Number(length) <= limit
}

/**
 * The body as text, a byte order mark left out: as fetch's `Request` reads it.
 *
 * @throws HttpError BODY_INCOMPLETE when the connection ends before it has come
 */
export function readText(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const [first] = chunks
      resolve(first === undefined ? '' : utf8.decode(chunks.length === 1 ? first : Buffer.concat(chunks)))
    })
    incoming.on('close', () => {
      if (!incoming.complete) reject(httpError('BODY_INCOMPLETE', [incoming.headers['content-length'] ?? '0']))
    })
    // What broke the connection is said by its end.
    incoming.on('error', () => {})
  })
}

const utf8 = new TextDecoder()
