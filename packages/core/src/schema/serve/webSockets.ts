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
import type { Sink } from '../../live/mailbox.ts'
import { SubscriberStalledError } from '../../live/subscriber.ts'
import { asUnavailable } from '../../unavailable.ts'
import type { EndpointHost, GraphQLEndpoint } from './graphqlEndpoint.ts'
import type { SocketOperation } from './socketOperations.ts'
import { SocketOutput } from './socketOutput.ts'
import { SocketPings } from './socketPings.ts'
import { SubscriptionDelivery } from './subscriptionDelivery.ts'

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

export const defaultWebSocketLimits: Required<WebSocketLimits> = {
  perAddress: 1_000,
  operations: 100,
  messageBytes: 64 * 1024,
  initMs: 5_000,
  pingMs: 15_000,
}

interface Connection extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  readonly output: SocketOutput
  readonly endpoint: GraphQLEndpoint
  readonly address: string
  /** Those of the upgrade that tell who asks, and what the client sent with `connection_init` in their place. */
  readonly headers: Record<string, string>
}

/** The endpoint behind a path, if there is one. */
interface Endpoints {
  get(path: string): GraphQLEndpoint | undefined
}

type SocketContext = Context<ConnectionInitMessage['payload'], Connection>

/** What may come with `connection_init` in place of a header, for browsers cannot set any on a WebSocket. */
const initHeaders = ['authorization', 'x-api-key', 'x-espalier-workspace']

/** GraphQL over WebSocket: the graphql-transport-ws protocol, under the same rules as over HTTP. */
export class WebSockets {
  readonly #endpoints: Endpoints
  readonly #host: EndpointHost
  readonly #limits: Required<WebSocketLimits>
  readonly #server: WebSocketServer
  readonly #protocol: ReturnType<typeof makeServer<ConnectionInitMessage['payload'], Connection>>
  readonly #pings: SocketPings
  readonly #perAddress = new Map<string, number>()

  constructor(endpoints: Endpoints, host: EndpointHost, limits: WebSocketLimits = {}) {
    this.#endpoints = endpoints
    this.#host = host
    this.#limits = { ...defaultWebSocketLimits, ...limits }
    this.#pings = new SocketPings(this.#limits.pingMs)
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
      execute: (args) => (args as unknown as RunnableOnce).run(),
      subscribe: (args) => (args as unknown as RunnableOnce).run(),
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
      const headers = headersOf(incoming)
      this.#server.handleUpgrade(incoming, socket, head, (webSocket) => {
        const output = new SocketOutput(webSocket, socket)
        this.#serve({ socket: webSocket, output, endpoint, address, headers }, group)
      })
    }
  }

  /** Tells every client to go elsewhere. Those who do not answer within a second are cut. */
  async close(): Promise<void> {
    this.#pings.close()
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

  /** Keeps nothing of the upgrade but the connection: there may be thousands, open for days. */
  #serve(connection: Connection, group: string): void {
    const { metrics, log } = this.#host
    const { socket, address } = connection
    metrics.sockets.inc()
    this.#perAddress.set(group, this.#open(group) + 1)
    this.#pings.watch(socket)
    // A broken frame or a message over the limit: ws closes the socket by itself, with the fitting code.
    socket.on('error', (error) => log.info({ err: error, address }, 'WebSocket failed'))
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
              if (isServersOwn(error)) return socket.close(CloseCode.BadRequest, 'Invalid message received')
              log.error({ err: error }, 'WebSocket message failed')
              socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          }),
      },
      connection,
    )
    socket.once('close', (code, reason) => {
      metrics.sockets.dec()
      this.#forget(group)
      void closed(code, String(reason))
    })
  }

  /** Wrong credentials end the connection with 4403; none at all may still read what is public. */
  async #connect({ extra, connectionParams }: SocketContext): Promise<boolean> {
    for (const name of initHeaders) {
      const given = Object.entries(connectionParams ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
      if (typeof given === 'string' && given.length <= 4_096 && isHeaderValue(given)) extra.headers[name] = given
    }
    try {
      await this.#host.signIn.identify({ address: extra.address, headers: new Headers(extra.headers) })
      return true
    } catch (error) {
      this.#host.log.info({ err: error, address: extra.address }, 'WebSocket refused')
      if (asUnavailable(error)) comeBackLater(extra.socket)
      return false
    }
  }

  async #prepare(
    { extra, subscriptions }: SocketContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<RunnableOnce | readonly GraphQLError[]> {
    const { endpoint, address, socket, output } = extra
    const state = this.#state(extra, payload)
    try {
      if (Object.keys(subscriptions).length > this.#limits.operations) throw tooManyOperations(this.#limits.operations)
      // Every operation anew, as over HTTP: a socket does not outlive the session or key that opened it.
      state.authenticated = await this.#host.signIn.identify({ address, headers: state.request.headers })
      const prepared = await endpoint.socketOperations.prepare(state, payload, (error) => cut(socket, error))
      if ('errors' in prepared) return prepared.errors
      // graphql-ws keeps the message as long as the subscription lasts.
      Object.assign(payload, { query: '', variables: undefined, extensions: undefined })
      return new RunnableOnce(prepared, () => output.sinkOf(id))
    } catch (error) {
      if (error instanceof UnauthenticatedError) socket.close(CloseCode.Forbidden, 'Forbidden')
      // Nothing has been executed. An error would end a subscription for good; clients come back from a closed socket by themselves.
      if (asUnavailable(error)) comeBackLater(socket)
      return [endpoint.shapeFinal(error as Error, state)]
    }
  }

  #state({ endpoint, address, headers }: Connection, { extensions }: SubscribePayload): RequestState {
    const parent = extensions?.traceparent
    const state = new RequestState({
      request: new Request(`http://websocket${endpoint.path}`, { headers: new Headers(headers) }),
      requestId: requestIdFrom(undefined),
      trace: startRequestTrace(this.#host.tracer, 'WEBSOCKET', typeof parent === 'string' ? parent : undefined),
      address,
      node: undefined,
      log: this.#host.log,
    })
    state.answersWithHeaders = false
    return state
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

/** What graphql-ws runs and then keeps as long as a subscription lasts: it holds on to nothing of its request. */
class RunnableOnce implements Pick<ExecutionArgs, 'schema' | 'document' | 'operationName'> {
  readonly schema: ExecutionArgs['schema']
  readonly document: ExecutionArgs['document']
  readonly operationName: ExecutionArgs['operationName']
  #operation: SocketOperation | undefined
  readonly #sink: () => Sink<ExecutionResult>

  constructor(operation: SocketOperation, sink: () => Sink<ExecutionResult>) {
    const { schema, document, operationName } = operation.args
    this.schema = schema
    this.document = document
    this.operationName = operationName
    this.#operation = operation
    this.#sink = sink
  }

  async run(): Promise<ExecutionResult | SubscriptionDelivery> {
    const operation = this.#operation as SocketOperation
    this.#operation = undefined
    const result = await operation.run()
    return 'pour' in result ? new SubscriptionDelivery(result, this.#sink()) : result
  }
}

/** A client said what servers say, such as `next`: graphql-ws throws there, where it answers any other wrong message with 4400. */
function isServersOwn(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type')
}

/** A client that lost its rights is told so; one that does not read cannot be told anything. */
function cut(socket: WebSocket, error: Error): void {
  if (error instanceof SubscriberStalledError) socket.terminate()
  else socket.close(CloseCode.Forbidden, 'Forbidden')
}

/** Of the registry of RFC 6455's close codes: "Try again later". */
function comeBackLater(socket: WebSocket): void {
  socket.close(1013, 'Try again later')
}

function tooManyOperations(limit: number): GraphQLError {
  return new GraphQLError(
    `This socket has ${limit} open operations, which is the limit. Complete some, or open another socket.`,
    {
      extensions: { code: 'TOO_MANY_OPERATIONS', limit },
    },
  )
}

/** What a browser sends beside these is about the upgrade alone. */
const keptHeaders = [
  'cookie',
  ...initHeaders,
  'accept-language',
  'user-agent',
  'x-graphql-client-name',
  'x-graphql-client-version',
  'apollographql-client-name',
  'apollographql-client-version',
]

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of keptHeaders) if (headers[name] !== undefined) kept[name] = String(headers[name])
  return kept
}

function isHeaderValue(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
