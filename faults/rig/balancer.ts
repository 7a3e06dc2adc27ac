import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** One server behind the balancer. */
interface Upstream {
  readonly port: number
  healthy: boolean
}

/** How often each server is asked whether it is ready, and how long it may take to say so. Milliseconds. */
const checkEveryMs = 200
const checkWithinMs = 2_500

/**
 * A small balancer in front of servers, which does what the common ones do: it asks `/readyz`, gives requests to the ready servers
 * in turn over connections that it keeps open, and passes WebSockets on. What was sent to a server is sent to another only when
 * the first refused the connection, or when repeating it harms nothing (GET and HEAD). Where no server is ready it asks all of them
 * ("fail open"): what each can still do is more than nothing. Where none takes the connection it answers 503.
 */
export class Balancer {
  readonly #upstreams: Upstream[]
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #turn = 0
  #closed = false

  private constructor(ports: readonly number[]) {
    this.#upstreams = ports.map((port) => ({ port, healthy: false }))
    this.#server = createServer(
      { keepAliveTimeout: 65_000 },
      (incoming, outgoing) => void this.#pass(incoming, outgoing),
    )
    this.#server.on('upgrade', (incoming, socket: Socket, head) => this.#tunnel(incoming, socket, head))
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** @param ports of the servers, on the loopback address */
  static async start(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports)
    balancer.#server.listen(0, '127.0.0.1')
    await once(balancer.#server, 'listening')
    for (const upstream of balancer.#upstreams) void balancer.#watch(upstream)
    return balancer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How many servers it takes for ready. */
  get ready(): number {
    return this.#upstreams.filter(({ healthy }) => healthy).length
  }

  async stop(): Promise<void> {
    this.#closed = true
    for (const socket of this.#sockets) socket.destroy()
    this.#agent.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #watch(upstream: Upstream): Promise<void> {
    while (!this.#closed) {
      upstream.healthy = await isReady(upstream.port)
      await pause(checkEveryMs)
    }
  }

  /** Ready servers, or all where none is; another one first each time. */
  #candidates(): Upstream[] {
    const ready = this.#upstreams.filter(({ healthy }) => healthy)
    const asked = ready.length > 0 ? ready : this.#upstreams
    this.#turn += 1
    return asked.map((_, index) => asked[(index + this.#turn) % asked.length] as Upstream)
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming)
    if (body === undefined) return
    let failure = ''
    for (const upstream of this.#candidates()) {
      const outcome = await this.#ask(upstream, incoming, outgoing, body)
      if (outcome === 'answered' || outgoing.destroyed) return
      failure = outcome.code
      if (outcome.code === 'ECONNREFUSED') upstream.healthy = false
      else if (incoming.method !== 'GET' && incoming.method !== 'HEAD') break
    }
    const status = failure === 'ECONNREFUSED' ? 503 : 502
    outgoing
      .writeHead(status, { 'content-type': 'text/plain', 'x-balancer': failure })
      .end(`The balancer: ${failure}\n`)
  }

  #ask(
    { port }: Upstream,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
  ): Promise<'answered' | { code: string }> {
    return new Promise((resolve) => {
      const { connection: _, 'transfer-encoding': __, ...headers } = incoming.headers
      const asked = request({
        agent: this.#agent,
        port,
        host: '127.0.0.1',
        method: incoming.method,
        path: incoming.url,
        headers: { ...headers, ...forwardedFor(incoming), ...(body.length > 0 && { 'content-length': body.length }) },
      })
      let begun = false
      asked.on('response', (answer) => {
        begun = true
        const { connection: ___, 'keep-alive': ____, ...kept } = answer.headers
        outgoing.writeHead(answer.statusCode as number, kept)
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
        answer.on('close', () => resolve('answered'))
      })
      asked.on('error', (error: NodeJS.ErrnoException) => {
        if (!begun) resolve({ code: error.code ?? error.message })
      })
      outgoing.once('close', () => asked.destroy())
      asked.end(body)
    })
  }

  /** A WebSocket: bytes in both directions, once a server has taken the connection. */
  #tunnel(incoming: IncomingMessage, client: Socket, head: Buffer): void {
    const [upstream, ...others] = this.#candidates()
    client.on('error', () => client.destroy())
    if (!upstream) {
      client.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const open = (to: Upstream, rest: readonly Upstream[]) => {
      const server = connect(to.port, '127.0.0.1')
      server.once('connect', () => {
        const headers = { ...incoming.headers, ...forwardedFor(incoming) }
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
        server.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
        server.write(head)
        server.pipe(client).pipe(server)
      })
      server.on('error', (error: NodeJS.ErrnoException) => {
        const [next, ...more] = rest
        if (error.code === 'ECONNREFUSED' && next) open(next, more)
        else client.destroy()
      })
      server.once('close', () => client.end())
      client.once('close', () => server.destroy())
    }
    open(upstream, others)
  }
}

/** Appends the sender's address, as proxies do. */
function forwardedFor({ headers, socket }: IncomingMessage): { 'x-forwarded-for': string } {
  const before = headers['x-forwarded-for']
  return { 'x-forwarded-for': [...(before ? [before] : []), socket.remoteAddress].join(', ') }
}

/** Undefined when the sender went away. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk)
    return Buffer.concat(chunks)
  } catch {
    return undefined
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(checkWithinMs) })
    await answer.body?.cancel()
    return answer.status === 200
  } catch {
    return false
  }
}
