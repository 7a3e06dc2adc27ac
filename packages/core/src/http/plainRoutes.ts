import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isBotRequest } from './bots.ts'
import { insist, type RateLimits, rateLimitHeaders } from './rateLimits.ts'
import { requestIdFrom } from './requestIdentity.ts'
import { byteString, type PlainHandler, type PlainRequest, type RouteContext } from './route.ts'
import type { RouteWorkspaces, ServedRoute } from './routes.ts'
import { securityDefaults } from './securityHeaders.ts'
import type { RequestTrace } from './tracing.ts'

export interface PlainRoutesHost {
  readonly routes: readonly ServedRoute[]
  readonly rateLimits: RateLimits
  readonly workspaces: RouteWorkspaces
  readonly clock: Clock
  readonly log: Logger
  /** Whether browsers reach this installation over HTTPS alone. */
  readonly https: boolean
  address(incoming: IncomingMessage): string
  startTrace(method: string, traceparent: string | undefined): RequestTrace
  /** As JSON, like every other error. */
  errorResponse(error: unknown, facts: RecordedRequest): Response
  record(facts: RecordedRequest, status: number, milliseconds: number): void
}

/** What is known of a request, for its log and its metrics. */
export interface RecordedRequest {
  readonly method: string
  readonly route: string
  /** Of visitors: its successes are logged as "debug". */
  readonly traffic: boolean
  readonly address: string
  readonly trace: RequestTrace
  readonly log: Logger
}

interface Entry {
  readonly path: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly name: string
  readonly served: ServedRoute
  readonly plain: PlainHandler<unknown>
}

/** Answers the plain routes on Node's own request and response: see `getPlain`. */
export class PlainRoutes {
  readonly #host: PlainRoutesHost
  readonly #entries: readonly Entry[]

  constructor(host: PlainRoutesHost) {
    this.#host = host
    this.#entries = host.routes.flatMap((served) => {
      const { plain, path, method } = served.route
      return plain ? [{ ...compile(path), name: `${method} ${path}`, served, plain }] : []
    })
  }

  /** @returns false for what is not a plain route's, or needs more than it has: somebody who is signed in, HEAD, escaped paths */
  answer(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    if (incoming.method !== 'GET') return false
    const { headers } = incoming
    if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return false
    if (headers.cookie?.includes('session')) return false
    for (const entry of this.#entries) {
      const match = entry.pattern.exec(incoming.url ?? '')
      if (!match) continue
      this.#serve(entry, match, incoming, outgoing)
      return true
    }
    return false
  }

  async #serve(
    entry: Entry,
    match: RegExpExecArray,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const host = this.#host
    const started = performance.now()
    const { headers } = incoming
    const requestId = requestIdFrom(single(headers['x-request-id']))
    const address = host.address(incoming)
    const trace = host.startTrace('GET', single(headers.traceparent))
    const facts = new Facts(entry.path, address, trace, requestId, host.log)
    const sent: Record<string, string> = { 'x-request-id': requestId }
    let status = 500
    let body: string
    try {
      const allowance = await host.rateLimits.take(
        entry.name,
        { address, principal: undefined },
        entry.served.route.options.limit,
      )
      rateLimitHeaders(
        {
          set: (name, value) => {
            sent[name] = value
          },
        },
        allowance,
      )
      insist(allowance)
      const request: PlainRequest = { method: 'GET', headers: { get: (name) => single(headers[name]) ?? null } }
      const params: Record<string, string> = {}
      for (let index = 0; index < entry.names.length; index++)
        params[entry.names[index] as string] = match[index + 1] as string
      const answer = await entry.plain(request, new PlainContext(params, request, facts, host), entry.served.service)
      Object.assign(sent, answer.headers)
      status = answer.status
      body = answer.body
    } catch (error) {
      const response = host.errorResponse(error, facts)
      for (const [name, value] of response.headers) sent[name] = value
      status = response.status
      body = byteString(await response.text())
    }
    for (const [name, value] of securityDefaults) sent[name] ??= value
    if (host.https) sent['strict-transport-security'] ??= 'max-age=31536000'
    sent['content-length'] = String(body.length)
    outgoing.writeHead(status, sent)
    outgoing.end(body, 'latin1')
    host.record(facts, status, performance.now() - started)
  }
}

class Facts implements RecordedRequest {
  readonly method = 'GET'
  readonly traffic = true
  readonly route: string
  readonly address: string
  readonly trace: RequestTrace
  readonly #requestId: string
  readonly #parent: Logger
  #log: Logger | undefined

  constructor(route: string, address: string, trace: RequestTrace, requestId: string, log: Logger) {
    this.route = route
    this.address = address
    this.trace = trace
    this.#requestId = requestId
    this.#parent = log
  }

  get log(): Logger {
    this.#log ??= this.#parent.child({ requestId: this.#requestId, traceId: this.trace.traceId })
    return this.#log
  }
}

class PlainContext implements RouteContext {
  readonly params: Readonly<Record<string, string>>
  readonly principal = undefined
  readonly workspace = undefined
  readonly #request: PlainRequest
  readonly #facts: RecordedRequest
  readonly #host: PlainRoutesHost

  constructor(params: Record<string, string>, request: PlainRequest, facts: RecordedRequest, host: PlainRoutesHost) {
    this.params = params
    this.#request = request
    this.#facts = facts
    this.#host = host
  }

  get address() {
    return this.#facts.address
  }

  get userAgent() {
    return this.#request.headers.get('user-agent') ?? ''
  }

  get isBot() {
    return isBotRequest('GET', this.#request.headers)
  }

  get clock() {
    return this.#host.clock
  }

  get log() {
    return this.#facts.log
  }

  inWorkspace(workspaceId: string) {
    return this.#host.workspaces.inWorkspace(workspaceId)
  }

  findWorkspace(slug: string) {
    return this.#host.workspaces.findWorkspace(slug)
  }
}

/** `/p/:workspace/:slug` as an expression. What is escaped in a path is left to the router, which knows how to read it. */
function compile(path: string): { path: string; pattern: RegExp; names: string[] } {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  const segments = path
    .split('/')
    .map((part) => (part.startsWith(':') ? '([^/?#%]+)' : part.replace(/[^\w-]/g, '\\$&')))
  return { path, names, pattern: new RegExp(`^${segments.join('/')}(?:\\?|$)`) }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
