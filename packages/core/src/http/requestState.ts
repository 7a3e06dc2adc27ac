import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Requester } from '../schema/graphqlContext.ts'
import { isBotRequest } from './bots.ts'
import type { Allowance } from './rateLimits.ts'
import type { RequestTrace } from './tracing.ts'

/** What is known of a request from its arrival to its answer. */
export class RequestState {
  readonly request: Request
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
  authenticated: Requester | undefined
  allowance: Allowance | undefined
  readonly #log: Logger
  #childLog: Logger | undefined
  #isBot: boolean | undefined

  constructor(facts: Pick<RequestState, 'request' | 'requestId' | 'trace' | 'address' | 'node'> & { log: Logger }) {
    this.request = facts.request
    this.requestId = facts.requestId
    this.trace = facts.trace
    this.address = facts.address
    this.node = facts.node
    this.#log = facts.log
  }

  get method(): string {
    return this.request.method
  }

  get userAgent(): string {
    return this.request.headers.get('user-agent') ?? ''
  }

  get isBot(): boolean {
    this.#isBot ??= isBotRequest(this.request.method, this.request.headers)
    return this.#isBot
  }

  /** A log whose lines carry the ids of this request. */
  get log(): Logger {
    this.#childLog ??= this.#log.child({ requestId: this.requestId, traceId: this.trace.traceId })
    return this.#childLog
  }
}
