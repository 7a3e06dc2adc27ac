import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Requester } from '../schema/graphqlContext.ts'
import { isBotRequest } from './bots.ts'
import type { Allowance } from './rateLimits.ts'
import type { RequestTrace } from './tracing.ts'

/** Who gets an error, as far as it matters to how it is told. */
export interface ErrorRecipient {
  readonly trace: Pick<RequestTrace, 'traceId'>
  readonly locale: string
  readonly log: Logger
  /** Node's side of the request that it came by; absent where none did, or where it is long over. */
  readonly node?: { readonly incoming: IncomingMessage } | undefined
  /** The first of the errors that it was answered with. */
  refusal: Error | undefined
}

/** A request's headers by their names in lower case, as far as most of what looks at them needs to know. */
export type HeaderReader = Pick<Headers, 'get' | 'has'>

/** What a request brings with it. */
interface ArrivedRequest extends Pick<RequestState, 'requestId' | 'trace' | 'address' | 'node'> {
  /** Fetch's request, or how it is made where something needs more than {@link RequestState.method} and its headers. */
  readonly request: Request | { method: string; headers: HeaderReader; make: () => Request }
  readonly log: Logger
}

/** What is known of a request from its arrival to its answer. */
export class RequestState implements ErrorRecipient {
  readonly method: string
  readonly headers: HeaderReader
  readonly requestId: string
  readonly trace: RequestTrace
  readonly address: string
  /** Node's side of it; absent where the request did not come over a socket. */
  readonly node: { incoming: IncomingMessage; outgoing: ServerResponse } | undefined
  /** Pattern of the route that answers, once it is known. */
  route = 'unmatched'
  /** Traffic of visitors: its successes are logged as "debug". */
  traffic = false
  /** Pages of any origin may read the answer, refusals included. */
  crossOrigin = false
  /** Whether the answer to this very operation has headers: over a WebSocket there are none. */
  answersWithHeaders = true
  /** `Set-Cookie` lines of the answer. */
  readonly cookies: string[] = []
  authenticated: Requester | undefined
  allowance: Allowance | undefined
  /** Whether the log of operations has heard of what it asked for. */
  observed = false
  /** The first of the errors that it was answered with. */
  refusal: Error | undefined
  readonly #log: Logger
  #request: ArrivedRequest['request']
  #childLog: Logger | undefined
  #isBot: boolean | undefined

  constructor(facts: ArrivedRequest) {
    this.#request = facts.request
    this.method = facts.request.method
    this.headers = facts.request.headers
    this.requestId = facts.requestId
    this.trace = facts.trace
    this.address = facts.address
    this.node = facts.node
    this.#log = facts.log
  }

  get request(): Request {
    if ('make' in this.#request) this.#request = this.#request.make()
    return this.#request
  }

  /** Of whoever asks: "en" or "fr"; of people, as their account has it. */
  get locale(): string {
    const principal = this.authenticated?.principal
    return principal?.type === 'user' ? principal.locale : preferredLocale(this.headers.get('accept-language'))
  }

  get userAgent(): string {
    return this.headers.get('user-agent') ?? ''
  }

  get isBot(): boolean {
    this.#isBot ??= isBotRequest(this.method, this.headers)
    return this.#isBot
  }

  /** What errors that come much later still have to know: a subscription may last for days, and thousands do. */
  lastingRecipient(): ErrorRecipient {
    return new LastingRecipient(this.trace.traceId, this.locale, this.#log)
  }

  /** A log whose lines carry the ids of this request. */
  get log(): Logger {
    this.#childLog ??= this.#log.child({ requestId: this.requestId, traceId: this.trace.traceId })
    return this.#childLog
  }
}

class LastingRecipient implements ErrorRecipient {
  readonly trace: { readonly traceId: string }
  readonly locale: string
  refusal: Error | undefined
  readonly #log: Logger

  constructor(traceId: string, locale: string, log: Logger) {
    this.trace = { traceId }
    this.locale = locale
    this.#log = log
  }

  get log(): Logger {
    return this.#log.child(this.trace)
  }
}

/** The first of the two languages that the product speaks; English where neither is wanted. */
function preferredLocale(acceptLanguage: string | null): string {
  return /\b(en|fr)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase() ?? 'en'
}
