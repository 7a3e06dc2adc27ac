import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Awaitable } from '../awaitable.ts'
import { beginHead } from './answerHead.ts'
import { allowAnyone } from './crossOrigin.ts'
import type { Departures } from './departures.ts'
import { declaresAtMost, readText } from './plainBody.ts'
import { type ExchangeHost, PlainExchange, type RecordedRequest, single } from './plainExchange.ts'
import { insist, type RateLimits } from './rateLimits.ts'
import { requestIdFrom } from './requestIdentity.ts'
import { byteString, type PlainHandler, type PlainPost, type PlainResponse, type RouteOptions } from './route.ts'
import { defaultBodyLimit, type ServedRoute } from './routes.ts'
import { securityDefaultsFor } from './securityHeaders.ts'
import type { RequestTrace } from './tracing.ts'

export interface PlainRoutesHost extends ExchangeHost {
  readonly routes: readonly ServedRoute[]
  readonly rateLimits: RateLimits
  readonly departures: Departures
  /** Whether browsers reach this installation over HTTPS alone. */
  readonly https: boolean
  address(incoming: IncomingMessage): string
  startTrace(method: string, traceparent: string | undefined): RequestTrace
  /** As JSON, like every other error. */
  errorResponse(error: unknown, request: RecordedRequest): Response
  record(request: RecordedRequest, status: number, milliseconds: number): void
}

interface Entry {
  readonly method: string
  readonly path: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  /** Under which its limits are counted. */
  readonly name: string
  readonly options: RouteOptions
  readonly plain: PlainHandler<unknown, PlainPost>
  readonly service: unknown
  /** Headers of answers with the safe defaults among them, flat, by the object that the route gives with each of its answers. */
  readonly completed: WeakMap<PlainResponse['headers'], readonly string[]>
}

/** Answers the plain routes on Node's own request and response: see `getPlain`. */
export class PlainRoutes {
  readonly #host: PlainRoutesHost
  readonly #entries: readonly Entry[]

  constructor(host: PlainRoutesHost) {
    this.#host = host
    this.#entries = host.routes.flatMap(({ route, service }) => {
      const { plain, path, method, options } = route
      const name = `${method} ${path}`
      return plain ? [{ ...compile(path), method, name, options, plain, service, completed: new WeakMap() }] : []
    })
  }

  /**
   * @returns false for what is not a plain route's, or needs more than it has: somebody who is signed in, HEAD, escaped paths,
   * bodies that are too long or do not say how long they are
   */
  answer(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const { method, url = '', headers } = incoming
    if (method !== 'GET' && method !== 'POST') return false
    if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return false
    if (headers.cookie?.includes('session')) return false
    for (const entry of this.#entries) {
      const match = entry.method === method ? entry.pattern.exec(url) : null
      if (!match) continue
      if (method === 'POST' && !declaresAtMost(entry.options.bodyLimit ?? defaultBodyLimit, incoming)) return false
      this.#serve(entry, match, incoming, outgoing)
      return true
    }
    return false
  }

  #serve(entry: Entry, match: RegExpExecArray, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const host = this.#host
    const { headers } = incoming
    const params: Record<string, string> = {}
    for (let index = 0; index < entry.names.length; index++)
      params[entry.names[index] as string] = match[index + 1] as string
    const exchange = new PlainExchange(
      incoming,
      outgoing,
      {
        method: entry.method,
        route: entry.path,
        params,
        requestId: requestIdFrom(single(headers['x-request-id'])),
        address: host.address(incoming),
        trace: host.startTrace(entry.method, single(headers.traceparent)),
      },
      host,
    )
    let answer: Awaitable<PlainResponse>
    try {
      answer = this.#answerTo(exchange, entry)
    } catch (error) {
      void this.#refuse(exchange, entry, error)
      return
    }
    if (answer instanceof Promise)
      answer.then(
        (known) => this.#send(exchange, entry, known),
        (error: unknown) => this.#refuse(exchange, entry, error),
      )
    else this.#send(exchange, entry, answer)
  }

  /** @throws what refuses the request, or rejects with it */
  #answerTo(exchange: PlainExchange, entry: Entry): Awaitable<PlainResponse> {
    const { address } = exchange
    const allowance = this.#host.rateLimits.take(entry.name, { address, principal: undefined }, entry.options.limit)
    if (allowance instanceof Promise || entry.method === 'POST') return this.#answerLater(exchange, entry, allowance)
    exchange.allowance = allowance
    insist(allowance)
    return entry.plain(exchange, exchange, entry.service)
  }

  async #answerLater(
    exchange: PlainExchange,
    entry: Entry,
    allowance: ReturnType<RateLimits['take']>,
  ): Promise<PlainResponse> {
    exchange.allowance = await allowance
    insist(exchange.allowance)
    if (entry.method === 'POST') exchange.body = await readText(exchange.incoming)
    return entry.plain(exchange, exchange, entry.service)
  }

  async #refuse(exchange: PlainExchange, entry: Entry, error: unknown): Promise<void> {
    const response = this.#host.errorResponse(error, exchange)
    const body = byteString(await response.text())
    this.#send(exchange, entry, { status: response.status, headers: Object.fromEntries(response.headers), body })
  }

  #send(exchange: PlainExchange, entry: Entry, { status, headers, setCookie, body }: PlainResponse): void {
    const sent = beginHead(exchange.requestId, body.length, exchange.allowance)
    for (const part of this.#complete(headers, entry)) sent.push(part)
    if (typeof setCookie === 'string') sent.push('set-cookie', setCookie)
    else if (setCookie) for (const cookie of setCookie) sent.push('set-cookie', cookie)
    exchange.outgoing.writeHead(status, sent)
    this.#host.departures.add(() => {
      exchange.outgoing.end(body, 'latin1')
      this.#host.record(exchange, status, performance.now() - exchange.started)
    })
  }

  #complete(headers: PlainResponse['headers'], { options, completed }: Entry): readonly string[] {
    let known = completed.get(headers)
    if (!known) {
      const all = new Map([...securityDefaultsFor(this.#host.https), ...Object.entries(headers)])
      if (options.crossOrigin) allowAnyone(all)
      known = [...all].flat()
      completed.set(headers, known)
    }
    return known
  }
}

/** `/p/:workspace/:slug`, or `/a/:name{[a-z]+}`, as an expression. What is escaped in a path is left to the router, which knows how to read it. */
function compile(path: string): { path: string; pattern: RegExp; names: string[] } {
  const names: string[] = []
  const pattern = path.replace(
    /:(\w+)(?:\{((?:[^{}]|\{[^}]*\})+)\})?|[^\w/-]/g,
    (part, name?: string, expression?: string) => {
      if (name === undefined) return `\\${part}`
      names.push(name)
      return `(${expression ?? '[^/?#%]+'})`
    },
  )
  return { path, names, pattern: new RegExp(`^${pattern}(?:\\?|$)`) }
}
