import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { RepeatedLog } from '../repeatedLog.ts'
import { DirectRequests } from '../schema/serve/directRequests.ts'
import { asUnavailable } from '../unavailable.ts'
import { unlessBrokenOff } from './brokenOff.ts'
import { clientAddress } from './clientAddress.ts'
import { Connections } from './connections.ts'
import { allowAnyone } from './crossOrigin.ts'
import { Departures } from './departures.ts'
import { errorResponse } from './errorResponse.ts'
import { httpError, listenError } from './errors.ts'
import { composeHttpApp, type HttpApp, type HttpAppOptions } from './httpApp.ts'
import { Metrics, type MetricsCollector } from './metrics.ts'
import { Origins } from './origins.ts'
import type { RecordedRequest } from './plainExchange.ts'
import { PlainRoutes } from './plainRoutes.ts'
import { type DefaultRateLimits, RateLimits, rateLimitHeaders } from './rateLimits.ts'
import { requestIdFrom } from './requestIdentity.ts'
import { RequestState } from './requestState.ts'
import { secureHeaders } from './securityHeaders.ts'
import { endRequestTrace, silentTracing, startRequestTrace, type Tracing } from './tracing.ts'

/** What a server answers, and within which limits. */
export interface HttpServerOptions extends HttpAppOptions {
  /** Where browsers reach this installation. Default: the address that it listens on. */
  publicUrl?: string
  /** Further origins that may act with a visitor's cookies, such as an admin on another host. */
  trustedOrigins?: readonly string[]
  /** Where several processes count rate limits together. */
  redisUrl?: string | undefined
  rateLimits?: Partial<DefaultRateLimits>
  collectors?: readonly MetricsCollector[]
  tracing?: Tracing
  /** How long `close` waits for requests in flight. Milliseconds, default 10,000. */
  graceMs?: number
  /** How long `close` stays reachable but unready, for load balancers to notice. Milliseconds, default 0. */
  drainMs?: number
}

/** Everything that answers over HTTP: plugin routes, GraphQL with its subscriptions, health, metrics. */
export class HttpServer {
  readonly metrics: Metrics
  readonly #options: HttpServerOptions
  readonly #tracing: Tracing
  readonly #rateLimits: RateLimits
  readonly #outages: RepeatedLog
  readonly #server: Server
  readonly #connections: Connections
  #app: HttpApp | undefined
  #plain: PlainRoutes | undefined
  #direct: DirectRequests | undefined
  #publicUrl: string | undefined
  readonly #departures = new Departures()
  readonly #addresses = new WeakMap<Socket, string>()
  /** Answers, and says that it is unready. */
  #draining = false
  /** Takes nothing new. */
  #closing = false

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.metrics = new Metrics(options.collectors)
    this.#tracing = options.tracing ?? silentTracing()
    this.#rateLimits = new RateLimits({ log: options.log, redisUrl: options.redisUrl, defaults: options.rateLimits })
    this.#publicUrl = options.publicUrl
    this.#outages = new RepeatedLog(options.log, options.clock)
    const listener = getRequestListener((request, env) =>
      this.#answer(request, { incoming: env.incoming as IncomingMessage, outgoing: env.outgoing as ServerResponse }),
    )
    this.#server = createServer(
      // Slow clients: 20 s for the headers, 60 s for the whole request.
      { headersTimeout: 20_000, requestTimeout: 60_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 },
      (incoming, outgoing) => {
        const direct =
          !this.#draining && (this.#plain?.answer(incoming, outgoing) || this.#direct?.answer(incoming, outgoing))
        if (!direct) listener(incoming, outgoing)
      },
    )
    this.#connections = new Connections(this.#server)
    this.#server.on('upgrade', (incoming, socket, head) => {
      const graphql = this.#app?.graphql
      if (this.#closing || !graphql) socket.destroy()
      else graphql.upgrade(incoming, socket, head, this.#address(incoming))
    })
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for any free one
   * @returns where it listens, such as "http://127.0.0.1:4000"
   * @throws StartError in one line, when the port is taken or the address is not this machine's
   */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, host, port)))
      this.#server.listen(port, host, resolve)
    })
    this.#server.removeAllListeners('error')
    const address = this.#server.address() as AddressInfo
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
    this.#publicUrl ??= url
    this.#compose()
    return url
  }

  /** Executions of subscriptions that run now, and the subscribers that they serve. */
  get subscriptions(): { groups: number; subscribers: number } {
    return this.#app?.graphql?.subscriptions ?? { groups: 0, subscribers: 0 }
  }

  /** Answers a request without a socket, as if it came from the loopback address. */
  async fetch(request: Request): Promise<Response> {
    return this.#answer(request, undefined)
  }

  /**
   * Stops: unready first, then no new connections; requests in flight finish, subscriptions are told to go
   * elsewhere, and what is left after `graceMs` is cut.
   *
   * @param drainMs how long it goes on answering while it says that it is unready, for a balancer to notice. Each
   *   answer ends its connection, so that nothing is on its way over one when it closes. Milliseconds, default: the option
   */
  async close({ drainMs = this.#options.drainMs ?? 0 }: { drainMs?: number } = {}): Promise<void> {
    this.#draining = true
    const { graceMs = 10_000 } = this.#options
    if (drainMs > 0 && this.#server.listening) await new Promise((resolve) => setTimeout(resolve, drainMs))
    this.#closing = true
    await this.#app?.graphql?.close()
    if (this.#server.listening) {
      const closed = new Promise((resolve) => this.#server.close(resolve))
      this.#connections.closeIdle()
      const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(cut)
    }
    this.#rateLimits.close()
    await this.#tracing.close()
  }

  /** Late, for the installation's own origin may depend on the port. */
  #compose(): HttpApp {
    if (this.#app) return this.#app
    const options = this.#options
    const origins = new Origins(this.#publicUrl ?? 'http://127.0.0.1', options.trustedOrigins)
    this.#app = composeHttpApp(options, {
      metrics: this.metrics,
      rateLimits: this.#rateLimits,
      tracing: this.#tracing,
      origins,
      isDraining: () => this.#draining,
      failed: (error, state) => this.#failed(unlessBrokenOff(error, state.node?.incoming), state),
    })
    this.#plain = new PlainRoutes({
      routes: options.routes,
      rateLimits: this.#rateLimits,
      departures: this.#departures,
      workspaces: options.workspaces,
      clock: options.clock,
      log: options.log,
      https: this.#publicUrl?.startsWith('https:') ?? false,
      address: (incoming) => this.#address(incoming),
      startTrace: (method, traceparent) => startRequestTrace(this.#tracing.tracer, method, traceparent),
      errorResponse: (error, facts) => this.#failed(error, facts),
      record: (facts, status, milliseconds) => this.#record(facts, status, milliseconds),
    })
    const { graphql } = this.#app
    this.#direct = new DirectRequests({
      departures: this.#departures,
      endpoint: (path) => graphql?.built(path),
      arrival: (request, incoming) => this.#arrival(request, incoming),
      origins,
      https: this.#publicUrl?.startsWith('https:') ?? false,
      isDraining: () => this.#draining,
      record: (state, status, milliseconds) => this.#record(state, status, milliseconds),
    })
    return this.#app
  }

  async #answer(request: Request, node: RequestState['node']): Promise<Response> {
    const started = performance.now()
    const state = this.#open(request, node)
    let response: Response
    try {
      // It has a server repeat what it was sent, cookies too; fetch's requests do not know it.
      if (request.method === 'TRACE')
        throw httpError('METHOD_NOT_ALLOWED', ['TRACE', new URL(request.url).pathname, methods], { allow: methods })
      response = await this.#compose().fetch(request, state)
    } catch (error) {
      response = this.#failed(unlessBrokenOff(error, node?.incoming), state)
    }
    response = mutable(response)
    response.headers.set('x-request-id', state.requestId)
    rateLimitHeaders(response.headers, state.allowance)
    if (state.crossOrigin) allowAnyone(response.headers)
    secureHeaders(response.headers, this.#publicUrl?.startsWith('https:') ?? false)
    if (this.#draining && node) node.outgoing.shouldKeepAlive = false
    this.#record(state, response.status, performance.now() - started)
    return response
  }

  #open(request: Request, node: RequestState['node']): RequestState {
    return new RequestState({ request, node, ...this.#arrival(request, node?.incoming) })
  }

  #arrival({ method, headers }: Pick<RequestState, 'method' | 'headers'>, incoming: IncomingMessage | undefined) {
    return {
      requestId: requestIdFrom(headers.get('x-request-id')),
      trace: startRequestTrace(this.#tracing.tracer, method, headers.get('traceparent')),
      address: incoming ? this.#address(incoming) : '127.0.0.1',
      log: this.#options.log,
    }
  }

  #address({ headers, socket }: IncomingMessage): string {
    const proxies = this.#options.trustProxy ?? 0
    const forwarded = headers['x-forwarded-for']
    if (proxies > 0) return clientAddress(socket.remoteAddress, String(forwarded ?? ''), proxies)
    const known = this.#addresses.get(socket)
    if (known) return known
    const address = clientAddress(socket.remoteAddress, undefined, 0)
    this.#addresses.set(socket, address)
    return address
  }

  #failed(error: unknown, state: RecordedRequest): Response {
    const response = errorResponse(error, {
      traceId: state.trace.traceId,
      locale: state.locale ?? 'en',
      production: this.#options.production,
    })
    // An outage refuses everybody: that is said once, what is broken is said of every request.
    if (response.status === 503 && asUnavailable(error))
      this.#outages.warn({ err: error, route: state.route }, 'Requests are refused with 503')
    else if (response.status >= 500) state.log.error({ err: error, route: state.route }, 'request failed')
    return response
  }

  #record(state: RecordedRequest, status: number, milliseconds: number): void {
    const { method } = state
    this.metrics.httpDuration.observe(method, state.route, status, milliseconds / 1000)
    endRequestTrace(state.trace, method, state.route, status)
    const level = status === 503 ? 'debug' : status >= 500 ? 'error' : state.traffic && status < 400 ? 'debug' : 'info'
    // The pattern, not the path: paths and queries may hold tokens.
    if (this.#options.log.isLevelEnabled(level))
      state.log[level](
        { method, route: state.route, status, ms: Math.round(milliseconds * 10) / 10, address: state.address },
        'request',
      )
  }
}

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/** Answers that came out of `fetch` or `Response.redirect` have headers that cannot be set. */
function mutable(response: Response): Response {
  try {
    response.headers.delete('x-powered-by')
    return response
  } catch {
    return new Response(response.body, response)
  }
}
