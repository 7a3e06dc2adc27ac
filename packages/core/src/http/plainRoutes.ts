import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isBotRequest } from './bots.ts'
import { type Allowance, insist, type RateLimits, rateLimitHeaders } from './rateLimits.ts'
import { requestIdFrom } from './requestIdentity.ts'
import { byteString, type PlainHandler, type PlainRequest, type PlainResponse, type RouteContext } from './route.ts'
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
  /** Headers of answers with the safe defaults among them, flat, by the object that a route gives with each of its answers. */
  readonly #completed = new WeakMap<PlainResponse['headers'], readonly string[]>()

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
    let allowance: Allowance | undefined
    let answer: PlainResponse
    try {
      allowance = await host.rateLimits.take(
        entry.name,
        { address, principal: undefined },
        entry.served.route.options.limit,
      )
      insist(allowance)
      const request = new IncomingRequest(incoming)
      const params: Record<string, string> = {}
      for (let index = 0; index < entry.names.length; index++)
        params[entry.names[index] as string] = match[index + 1] as string
      answer = await entry.plain(request, new PlainContext(params, request, facts, host), entry.served.service)
    } catch (error) {
      const response = host.errorResponse(error, facts)
      answer = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: byteString(await response.text()),
      }
    }
    // As Node writes them, one after the other: an object with its keys would be made only to be taken apart.
    const sent = ['x-request-id', requestId]
    rateLimitHeaders({ set: (name, value) => sent.push(name, value) }, allowance)
    sent.push(...this.#complete(answer.headers))
    if (answer.setCookie !== undefined) for (const cookie of [answer.setCookie].flat()) sent.push('set-cookie', cookie)
    sent.push('content-length', String(answer.body.length))
    outgoing.writeHead(answer.status, sent)
    outgoing.end(answer.body, 'latin1')
    host.record(facts, answer.status, performance.now() - started)
  }

  #complete(headers: PlainResponse['headers']): readonly string[] {
    let completed = this.#completed.get(headers)
    if (!completed) {
      const https = this.#host.https ? ([['strict-transport-security', 'max-age=31536000']] as const) : []
      completed = Object.entries({ ...Object.fromEntries([...securityDefaults, ...https]), ...headers }).flat()
      this.#completed.set(headers, completed)
    }
    return completed
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

class IncomingRequest implements PlainRequest {
  readonly method = 'GET'
  readonly #incoming: IncomingMessage

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
  }

  get url() {
    return `http://${this.#incoming.headers.host ?? ''}${this.#incoming.url ?? ''}`
  }

  get headers() {
    return this
  }

  get(name: string): string | null {
    return single(this.#incoming.headers[name]) ?? null
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
