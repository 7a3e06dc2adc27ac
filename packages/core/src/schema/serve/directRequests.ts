import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isJson } from '../../access/csrf.ts'
import { beginHead } from '../../http/answerHead.ts'
import { allowTrusted } from '../../http/crossOrigin.ts'
import type { Departures } from '../../http/departures.ts'
import type { Origins } from '../../http/origins.ts'
import { declaresAtMost, readText } from '../../http/plainBody.ts'
import { single } from '../../http/plainExchange.ts'
import { type HeaderReader, RequestState } from '../../http/requestState.ts'
import { securityDefaultsFor } from '../../http/securityHeaders.ts'
import { answerableType, type MediaType } from './directAnswers.ts'
import { graphqlBodyLimit } from './graphqlEndpoint.ts'

/** An answer, for whichever way it is sent. */
export interface TextAnswer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Endpoint {
  readonly path: string
  answerText(state: RequestState, type: MediaType, read: () => Promise<string>): Promise<TextAnswer>
}

export interface DirectRequestsHost {
  readonly departures: Departures
  /** The endpoint at a path, where it has been asked before. */
  readonly endpoint: (path: string) => Endpoint | undefined
  /** What the server knows of a request before it looks into it. */
  readonly arrival: (
    request: Pick<RequestState, 'method' | 'headers'>,
    incoming: IncomingMessage,
  ) => Pick<RequestState, 'requestId' | 'trace' | 'address' | 'log'>
  readonly origins: Origins
  /** Whether browsers reach this installation over HTTPS alone. */
  readonly https: boolean
  readonly isDraining: () => boolean
  readonly record: (state: RequestState, status: number, milliseconds: number) => void
}

/**
 * Answers operations that come as JSON and are to be answered as JSON, and as nothing that lasts, on Node's own request and response: fetch's take about a
 * tenth of the time of a small query from a program, and more from a browser, which sends many headers.
 */
export class DirectRequests {
  readonly #host: DirectRequestsHost
  readonly #security: readonly string[]

  constructor(host: DirectRequestsHost) {
    this.#host = host
    this.#security = securityDefaultsFor(host.https).flat()
  }

  /** @returns false for what needs more than this */
  answer(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const endpoint = this.#host.endpoint(incoming.url as string)
    if (!endpoint || !declaresAtMost(graphqlBodyLimit, incoming)) return false
    const headers = new IncomingHeaders(incoming.headers)
    const request = { method: incoming.method as string, headers, make: () => fetchRequest(incoming, outgoing) }
    const type = answerableType(request)
    if (!type || !isJson(headers) || takesStreams(headers)) return false
    const state = new RequestState({ request, node: { incoming, outgoing }, ...this.#host.arrival(request, incoming) })
    void this.#serve(endpoint, state, type, incoming, outgoing)
    return true
  }

  async #serve(
    endpoint: Endpoint,
    state: RequestState,
    type: MediaType,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    const started = performance.now()
    state.route = endpoint.path
    const answer = await endpoint.answerText(state, type, () => readText(incoming))
    const { status, body } = answer
    const length = Buffer.byteLength(body)
    this.#writeHead(state, outgoing, answer, length)
    this.#host.departures.add(() => {
      // One byte a character: written without being encoded, and in one piece with the headers.
      outgoing.end(body, length === body.length ? 'latin1' : 'utf8')
      this.#host.record(state, status, performance.now() - started)
    })
  }

  #writeHead(
    { requestId, headers: asked, allowance, cookies }: RequestState,
    outgoing: ServerResponse,
    { status, headers }: TextAnswer,
    length: number,
  ): void {
    const sent = beginHead(requestId, length, allowance)
    const add = (name: string, value: string) => sent.push(name, value)
    allowTrusted({ append: add, set: add }, asked.get('origin'), this.#host.origins)
    for (const part of this.#security) sent.push(part)
    for (const [name, value] of Object.entries(headers)) if (!written.has(name)) sent.push(name, value)
    for (const line of cookies) sent.push('set-cookie', line)
    if (this.#host.isDraining()) outgoing.shouldKeepAlive = false
    outgoing.writeHead(status, sent)
  }
}

/** What {@link DirectRequests} says itself. */
const written = new Set(['x-request-id', 'content-length', 'vary', 'ratelimit-policy', 'ratelimit', 'set-cookie'])

/** What is a subscription may then be answered as a stream: answers here are whole. */
function takesStreams(headers: HeaderReader): boolean {
  return /event-stream|multipart/i.test(headers.get('accept') ?? '')
}

/** Headers as Node has parsed them. */
class IncomingHeaders implements HeaderReader {
  readonly #headers: IncomingHttpHeaders

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers
  }

  get(name: string): string | null {
    return single(this.#headers[name]) ?? null
  }

  has(name: string): boolean {
    return this.#headers[name] !== undefined
  }
}

/** The request as fetch has it, without its body, which is read apart. */
function fetchRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const left = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort()
  })
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const path = incoming.url as string
  const origin = `http://${incoming.headers.host ?? ''}`
  // What came as a host may be none.
  const url = new URL(path, URL.canParse(path, origin) ? origin : 'http://localhost')
  return new Request(url, { method: 'POST', headers, signal: left.signal })
}
