import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { strictProblem } from './strictProblem.ts'
import { chatBody, chatChunks, responseBody, responseEvents, type StubCompletion } from './wireFormats.ts'

/** What somebody asked the stub. */
export interface StubRequest {
  readonly endpoint: 'chat' | 'responses'
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  /** JSON Schema of the answer that was asked for. */
  readonly schema: Record<string, unknown> | undefined
  readonly stream: boolean
  /** Of the row in the ledger, where the request tells it. */
  readonly callId: string | undefined
  readonly idempotencyKey: string | undefined
  /** As it came. */
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
}

/** What the model says: text, a value (sent as JSON), or something out of the ordinary. */
export type StubAnswer =
  | string
  | { readonly json: unknown }
  | { readonly refusal: string }
  /** Ends at the limit of tokens, or is held back by the filter of contents. */
  | { readonly text: string; readonly finish: 'length' | 'content_filter' }

/** What goes wrong with one request. */
export type StubFault =
  /** Not carried out. `retryAfter` is a header: seconds, or a date. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly retryAfter?: string
      readonly code?: string
      readonly message?: string
    }
  /** The connection breaks before it is carried out. */
  | { readonly kind: 'resetBefore' }
  /** Carried out and paid for; the connection breaks before a byte of the answer. */
  | { readonly kind: 'resetAfter' }
  /** Carried out and paid for; nothing comes. */
  | { readonly kind: 'hang' }
  /** Carried out and paid for; the answer is no JSON. */
  | { readonly kind: 'malformed' }
  /** Carried out and paid for; the answer is changed before it goes out: what services make of the wire format. */
  | { readonly kind: 'bent'; readonly bend: (body: Record<string, unknown>) => object }
  /** Carried out and paid for; a stream breaks after its first pieces. */
  | { readonly kind: 'breakStream' }
  /** Carried out and paid for; it is held back until {@link StubModelServer.release}. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'redirect'; readonly to: string }

export interface StubOptions {
  /** Default: "A pear tree." */
  readonly answer?: (request: StubRequest) => StubAnswer | Promise<StubAnswer>
  /** Whoever comes with another key is refused. Default: any, or none. */
  readonly apiKey?: string
  /** A free one unless told. */
  readonly port?: number
}

export interface StubModelServer {
  /** `http://127.0.0.1:<port>/v1` */
  readonly baseUrl: string
  /** All that came, also what failed. */
  readonly requests: readonly StubRequest[]
  /** Those that were carried out: what a bill would list. */
  readonly paid: readonly StubRequest[]
  /** Changes what the model says. */
  script(answer: (request: StubRequest) => StubAnswer | Promise<StubAnswer>): void
  /** The next requests go wrong, one each. */
  fail(...faults: StubFault[]): void
  /** Lets what is held back go out. */
  release(): void
  close(): Promise<void>
}

/**
 * A model service on the loopback address that speaks OpenAI's published wire format: chat completions (also stored ones) and
 * responses, whole and streamed, with structured outputs, usage and errors. For tests: it knows nothing, and says what it is told.
 */
export async function stubModelServer(options: StubOptions = {}): Promise<StubModelServer> {
  const stub = new Stub(options)
  await stub.listen(options.port ?? 0)
  return stub
}

class Stub implements StubModelServer {
  baseUrl = ''
  readonly requests: StubRequest[] = []
  readonly paid: StubRequest[] = []
  readonly #apiKey: string | undefined
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: Error) => refuse(response, 500, { message: error.message }))
  })
  readonly #stored: { completion: StubCompletion; metadata: Record<string, string> }[] = []
  readonly #faults: StubFault[] = []
  readonly #held: (() => void)[] = []
  #answer: NonNullable<StubOptions['answer']>

  constructor({ answer = () => 'A pear tree.', apiKey }: StubOptions) {
    this.#answer = answer
    this.#apiKey = apiKey
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  script(answer: NonNullable<StubOptions['answer']>): void {
    this.#answer = answer
  }

  fail(...faults: StubFault[]): void {
    this.#faults.push(...faults)
  }

  release(): void {
    for (const goOn of this.#held.splice(0)) goOn()
  }

  close(): Promise<void> {
    this.release()
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stub')
    if (this.#apiKey && request.headers.authorization !== `Bearer ${this.#apiKey}`)
      return refuse(response, 401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' })
    if (request.method === 'GET' && url.pathname === '/v1/chat/completions') return this.#list(url, response)
    const endpoint = request.method === 'POST' ? endpoints[url.pathname] : undefined
    if (!endpoint) return refuse(response, 404, { message: `Unknown request URL: ${request.method} ${url.pathname}.` })
    const asked = readRequest(endpoint, JSON.parse(await bodyOf(request)), request.headers)
    this.requests.push(asked)
    const fault = this.#faults.shift()
    if (fault?.kind === 'resetBefore') return void request.socket.destroy()
    if (fault?.kind === 'redirect') return void response.writeHead(307, { location: fault.to }).end()
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter)
      const { status, code, message = 'Something went wrong.' } = fault
      return refuse(response, status, { message, ...(code && { code }) })
    }
    const problem = asked.schema && strictProblem(asked.body, asked.schema)
    if (problem) return refuse(response, 400, { message: problem, param: 'response_format' })
    const completion = this.#complete(asked, await this.#answer(asked))
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'resetAfter') return void request.socket.destroy()
    if (fault?.kind === 'malformed') return void response.writeHead(200, json).end('{"id": "chatcmpl')
    if (fault?.kind === 'hold') await new Promise<void>((resolve) => this.#held.push(resolve))
    const body = endpoint === 'chat' ? chatBody(completion) : responseBody(completion)
    if (!asked.stream)
      return void response.writeHead(200, json).end(JSON.stringify(fault?.kind === 'bent' ? fault.bend(body) : body))
    const events = endpoint === 'chat' ? chatChunks(completion) : responseEvents(completion)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [place, event] of events.entries()) {
      if (fault?.kind === 'breakStream' && place === 3) return void request.socket.destroy()
      response.write(event)
      // Each piece in a packet of its own, as over a network.
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }

  #complete(asked: StubRequest, answer: StubAnswer): StubCompletion {
    this.paid.push(asked)
    const text =
      typeof answer === 'string'
        ? answer
        : 'json' in answer
          ? JSON.stringify(answer.json)
          : 'text' in answer
            ? answer.text
            : ''
    const completion: StubCompletion = {
      id: `stub-${this.paid.length}`,
      model: asked.model,
      text,
      refusal: typeof answer === 'object' && 'refusal' in answer ? answer.refusal : null,
      finish: typeof answer === 'object' && 'finish' in answer ? answer.finish : 'stop',
      inputTokens: tokens(asked.messages.map(({ content }) => content).join(' ')),
      outputTokens: tokens(text),
    }
    if (asked.body.store === true && asked.endpoint === 'chat')
      this.#stored.push({ completion, metadata: (asked.body.metadata ?? {}) as Record<string, string> })
    return completion
  }

  #list(url: URL, response: ServerResponse): void {
    const wanted = [...url.searchParams].flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1]
      return key ? [[key, value] as const] : []
    })
    const data = this.#stored
      .filter(({ metadata }) => wanted.every(([key, value]) => metadata[key] === value))
      .map(({ completion, metadata }) => ({ ...chatBody(completion), metadata }))
    if (url.searchParams.get('order') === 'desc') data.reverse()
    const page = data.slice(0, Number(url.searchParams.get('limit') ?? 20))
    response.writeHead(200, json).end(
      JSON.stringify({
        object: 'list',
        data: page,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
        has_more: page.length < data.length,
      }),
    )
  }
}

const json = { 'content-type': 'application/json' }
const endpoints: Readonly<Record<string, 'chat' | 'responses'>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
}

function readRequest(
  endpoint: 'chat' | 'responses',
  body: Record<string, unknown>,
  headers: IncomingMessage['headers'],
): StubRequest {
  const format = (
    endpoint === 'chat'
      ? (body.response_format as { json_schema?: object } | undefined)?.json_schema
      : (body.text as { format?: object } | undefined)?.format
  ) as { schema?: Record<string, unknown> } | undefined
  return {
    endpoint,
    model: String(body.model),
    messages: (endpoint === 'chat' ? body.messages : body.input) as StubRequest['messages'],
    schema: format?.schema,
    stream: body.stream === true,
    callId: (body.metadata as { espalier_call?: string } | undefined)?.espalier_call,
    idempotencyKey: headers['idempotency-key'] as string | undefined,
    body,
    headers,
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  error: { message: string; code?: string; param?: string },
): void {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error'
  response.writeHead(status, json).end(JSON.stringify({ error: { type, code: null, param: null, ...error } }))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** About four characters a token. */
function tokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4)
}
