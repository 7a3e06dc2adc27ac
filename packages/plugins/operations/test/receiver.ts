import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** What a receiver of webhooks got. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A status of 0 is no answer ever, one of -1 a connection that breaks. */
interface Planned {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Milliseconds until it answers. Default: none. */
  readonly afterMs?: number
}

/** A receiver on the loopback address. It answers with the statuses that it is given, then with the last of them. */
export async function startReceiver() {
  const received: Received[] = []
  const answers = new Map<string, Planned[]>()
  const underWay = new Map<string, number>()
  const most = new Map<string, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const at = request.url ?? ''
    const now = (underWay.get(at) ?? 0) + 1
    underWay.set(at, now)
    most.set(at, Math.max(most.get(at) ?? 0, now))
    response.on('close', () => underWay.set(at, (underWay.get(at) ?? 1) - 1))
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const planned = answers.get(path) ?? [{ status: 204 }]
      const {
        status,
        headers,
        body = 'x'.repeat(100_000),
        afterMs = 0,
      } = (planned.length > 1 ? planned.shift() : planned[0]) as Planned
      if (status === -1) request.socket.destroy()
      else if (status > 0) setTimeout(() => response.writeHead(status, headers).end(body), afterMs)
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
    answer: (path: string, ...plan: Planned[]) => answers.set(path, plan),
    /** How many messages a path had at the same time. */
    mostAtOnce: (path: string) => most.get(path) ?? 0,
    /** Lets go of those who wait for an answer. */
    hangUp: () => server.closeAllConnections(),
    at: (path: string) => received.filter((message) => message.path === path),
  }
}
