import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isBotRequest } from './bots.ts'
import type { Allowance } from './rateLimits.ts'
import type { PlainPost, RouteContext } from './route.ts'
import type { RouteWorkspaces } from './routes.ts'
import type { RequestTrace } from './tracing.ts'

/** What is known of a request, for its log and its metrics. */
export interface RecordedRequest {
  readonly method: string
  readonly route: string
  /** Of visitors: its successes are logged as "debug". */
  readonly traffic: boolean
  readonly address: string
  readonly trace: RequestTrace
  /** Of whoever asks. Default: English. */
  readonly locale?: string
  readonly log: Logger
}

/** What a server shares with the requests that it answers. */
export interface ExchangeHost {
  readonly workspaces: RouteWorkspaces
  readonly clock: Clock
  readonly log: Logger
}

/** How a request came. */
export interface Arrival {
  readonly method: string
  readonly route: string
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
  readonly address: string
  readonly trace: RequestTrace
}

/** A request to a plain route from its arrival to its answer, as its handler, its log and its metrics see it: in one object. */
export class PlainExchange implements PlainPost, RouteContext, RecordedRequest {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly method: string
  readonly route: string
  readonly traffic = true
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
  readonly address: string
  readonly trace: RequestTrace
  readonly principal = undefined
  readonly workspace = undefined
  /** By `performance.now()`. */
  readonly started = performance.now()
  body = ''
  allowance: Allowance | undefined
  readonly #host: ExchangeHost
  #log: Logger | undefined

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, arrival: Arrival, host: ExchangeHost) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.method = arrival.method
    this.route = arrival.route
    this.params = arrival.params
    this.requestId = arrival.requestId
    this.address = arrival.address
    this.trace = arrival.trace
    this.#host = host
  }

  get url(): string {
    return `http://${this.incoming.headers.host ?? ''}${this.incoming.url ?? ''}`
  }

  get headers(): this {
    return this
  }

  /** A header. */
  get(name: string): string | null {
    return single(this.incoming.headers[name]) ?? null
  }

  get userAgent(): string {
    return this.incoming.headers['user-agent'] ?? ''
  }

  get isBot(): boolean {
    return isBotRequest(this.method, this)
  }

  get clock(): Clock {
    return this.#host.clock
  }

  /** A log whose lines carry the ids of this request. */
  get log(): Logger {
    this.#log ??= this.#host.log.child({ requestId: this.requestId, traceId: this.trace.traceId })
    return this.#log
  }

  inWorkspace(workspaceId: string) {
    return this.#host.workspaces.inWorkspace(workspaceId)
  }

  findWorkspace(slug: string) {
    return this.#host.workspaces.findWorkspace(slug)
  }
}

export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
