import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import {
  CloseCode,
  type ConnectionInitMessage,
  type Context,
  handleProtocols,
  makeServer,
  type SubscribePayload,
} from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { UnauthenticatedError } from '../../errors.ts'
import { addressGroup } from '../../http/clientAddress.ts'
import { requestIdFrom } from '../../http/requestIdentity.ts'
import { RequestState } from '../../http/requestState.ts'
import { startRequestTrace } from '../../http/tracing.ts'
import { SubscriberStalledError } from '../../live/sharedSubscriptions.ts'
import { atSocketPace } from '../../live/socketBackpressure.ts'
import type { EndpointHost, GraphQLEndpoint } from './graphqlEndpoint.ts'

export interface WebSocketLimits {
  /** Open sockets per address (an IPv6 one by its /64). Default 1,000. */
  perAddress?: number
  /** Open operations per socket. Default 100. */
  operations?: number
  /** Bytes of a message. Default 64 KiB. */
  messageBytes?: number
  /** How long a socket may wait before it introduces itself. Milliseconds, default 5,000. */
  initMs?: number
  /** Between pings; who does not answer one before the next is gone. Milliseconds, default 15,000. */
  pingMs?: number
}

interface Connection extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  readonly endpoint: GraphQLEndpoint
  readonly address: string
  /** The upgrade's headers, and what the client sent with `connection_init` in place of headers. */
  headers: Headers
}

type SocketContext = Context<ConnectionInitMessage['payload'], Connection>

/** What may come with `connection_init` in place of a header, for browsers cannot set any on a WebSocket. */
const initHeaders = ['authorization', 'x-api-key', 'x-espalier-workspace']

/** GraphQL over WebSocket: the graphql-transport-ws protocol, under the same rules as over HTTP. */
export class WebSockets {
  readonly #endpoints: ReadonlyMap<string, GraphQLEndpoint>
  readonly #host: EndpointHost
  readonly #limits: Required<WebSocketLimits>
  readonly #server: WebSocketServer
  readonly #protocol: ReturnType<typeof makeServer<ConnectionInitMessage['payload'], Connection>>
  readonly #perAddress = new Map<string, number>()

  constructor(endpoints: ReadonlyMap<string, GraphQLEndpoint>, host: EndpointHost, limits: WebSocketLimits = {}) {
    this.#endpoints = endpoints
    this.#host = host
    this.#limits = {
      perAddress: 1_000,
      operations: 100,
      messageBytes: 64 * 1024,
      initMs: 5_000,
      pingMs: 15_000,
      ...limits,
    }
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: this.#limits.messageBytes,
      // Compression keeps some 300 KB for each socket.
      perMessageDeflate: false,
      // The older "graphql-ws" protocol is not spoken: the socket is closed with 4406.
      handleProtocols,
    })
    this.#protocol = makeServer<ConnectionInitMessage['payload'], Connection>({
      connectionInitWaitTimeout: this.#limits.initMs,
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, id, payload) => this.#prepare(context, id, payload),
      execute: (args) => (args as RunnableArgs).run(),
      subscribe: (args) => (args as RunnableArgs).run(),
    })
  }

  /** Takes an HTTP upgrade, or refuses it before any WebSocket exists. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    const endpoint = this.#endpoints.get((incoming.url ?? '').split('?', 1)[0] as string)
    const group = addressGroup(address)
    if (!endpoint) refuse(socket, 404)
    else if (this.#isForeign(incoming)) refuse(socket, 403)
    else if (this.#open(group) >= this.#limits.perAddress) refuse(socket, 429)
    else {
      this.#server.handleUpgrade(incoming, socket, head, (webSocket) => {
        this.#perAddress.set(group, this.#open(group) + 1)
        webSocket.once('close', () => this.#forget(group))
        this.#serve(webSocket, { socket: webSocket, endpoint, address, headers: headersOf(incoming) })
      })
    }
  }

  /** Tells every client to go elsewhere. Those who do not answer within a second are cut. */
  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.close(1001, 'Going away')
    const cut = setTimeout(() => {
      for (const socket of this.#server.clients) socket.terminate()
    }, 1_000)
    await new Promise((resolve) => this.#server.close(resolve))
    await Promise.all(
      [...this.#server.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
    clearTimeout(cut)
  }

  /** Browsers send cookies along with a WebSocket whichever page opens it, and ask nobody. */
  #isForeign(incoming: IncomingMessage): boolean {
    const { origin, cookie } = incoming.headers
    return cookie !== undefined && origin !== undefined && !this.#host.origins.trusts(origin)
  }

  #serve(socket: WebSocket, connection: Connection): void {
    const { metrics, log } = this.#host
    metrics.sockets.inc()
    let alive = true
    const ping = setInterval(() => {
      if (!alive) socket.terminate()
      else socket.ping()
      alive = false
    }, this.#limits.pingMs)
    socket.on('pong', () => {
      alive = true
    })
    // A broken frame or a message over the limit: ws closes the socket by itself, with the fitting code.
    socket.on('error', (error) => log.info({ err: error, address: connection.address }, 'WebSocket failed'))
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve()
            socket.send(data, (error) => (error ? reject(error) : resolve()))
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (data) => {
            receive(String(data)).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return
              log.error({ err: error }, 'WebSocket message failed')
              socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          }),
      },
      connection,
    )
    socket.once('close', (code, reason) => {
      clearInterval(ping)
      metrics.sockets.dec()
      void closed(code, String(reason))
    })
  }

  /** Wrong credentials end the connection with 4403; none at all may still read what is public. */
  async #connect({ extra, connectionParams }: SocketContext): Promise<boolean> {
    for (const name of initHeaders) {
      const given = Object.entries(connectionParams ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
      if (typeof given === 'string' && given.length <= 4_096 && isHeaderValue(given)) extra.headers.set(name, given)
    }
    try {
      await this.#host.signIn.identify(extra)
      return true
    } catch (error) {
      this.#host.log.info({ err: error, address: extra.address }, 'WebSocket refused')
      return false
    }
  }

  async #prepare(
    { extra, subscriptions }: SocketContext,
    _id: string,
    payload: SubscribePayload,
  ): Promise<RunnableArgs | readonly GraphQLError[]> {
    const { endpoint, socket } = extra
    const state = this.#state(extra, payload)
    try {
      if (Object.keys(subscriptions).length > this.#limits.operations) throw tooManyOperations(this.#limits.operations)
      // Every operation anew, as over HTTP: a socket does not outlive the session or key that opened it.
      state.authenticated = await this.#host.signIn.identify(extra)
      const prepared = await endpoint.prepare(state, payload, (error) => cut(socket, error))
      if ('errors' in prepared) return prepared.errors
      const run = async () => {
        const result = await prepared.run()
        return Symbol.asyncIterator in result
          ? atSocketPace(result as AsyncIterableIterator<ExecutionResult>, socket)
          : result
      }
      return { ...prepared.args, run } as RunnableArgs
    } catch (error) {
      if (error instanceof UnauthenticatedError) socket.close(CloseCode.Forbidden, 'Forbidden')
      return [endpoint.shapeFinal(error as Error, state)]
    }
  }

  #state({ endpoint, headers, address }: Connection, { extensions }: SubscribePayload): RequestState {
    const parent = extensions?.traceparent
    return new RequestState({
      request: new Request(`http://websocket${endpoint.path}`, { headers }),
      requestId: requestIdFrom(undefined),
      trace: startRequestTrace(this.#host.tracer, 'WEBSOCKET', typeof parent === 'string' ? parent : undefined),
      address,
      node: undefined,
      log: this.#host.log,
    })
  }

  #forget(group: string): void {
    const open = this.#open(group) - 1
    if (open > 0) this.#perAddress.set(group, open)
    else this.#perAddress.delete(group)
  }

  #open(group: string): number {
    return this.#perAddress.get(group) ?? 0
  }
}

interface RunnableArgs extends ExecutionArgs {
  run(): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>
}

/** A client that lost its rights is told so; one that does not read cannot be told anything. */
function cut(socket: WebSocket, error: Error): void {
  if (error instanceof SubscriberStalledError) socket.terminate()
  else socket.close(CloseCode.Forbidden, 'Forbidden')
}

function tooManyOperations(limit: number): GraphQLError {
  return new GraphQLError(
    `This socket has ${limit} open operations, which is the limit. Complete some, or open another socket.`,
    {
      extensions: { code: 'TOO_MANY_OPERATIONS', limit },
    },
  )
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

function isHeaderValue(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
