import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** What a receiver of webhooks got. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver on the loopback address. It answers with the statuses that it is given, then with the last of them. */
export async function startReceiver() {
  const received: Received[] = []
  const answers = new Map<string, { status: number; headers?: Record<string, string> }[]>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const planned = answers.get(path) ?? [{ status: 204 }]
      const { status, headers } = (planned.length > 1 ? planned.shift() : planned[0]) as (typeof planned)[0]
      response.writeHead(status, headers).end('x'.repeat(100_000))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    /** Lets the product post to this receiver, and to nobody else. */
    mayAsk: (address: string, asked: number) => address === '127.0.0.1' && asked === port,
    address: (path: string) => `http://127.0.0.1:${port}${path}`,
    answer: (path: string, ...plan: { status: number; headers?: Record<string, string> }[]) => answers.set(path, plan),
    at: (path: string) => received.filter((message) => message.path === path),
  }
}
