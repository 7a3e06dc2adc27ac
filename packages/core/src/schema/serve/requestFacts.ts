import type { RequestState } from '../../http/requestState.ts'
import type { Exchange, RequestFacts } from '../graphqlContext.ts'

/** What resolvers may know of a request, in an object that lasts without it. */
export function requestFacts(state: RequestState): RequestFacts {
  const { address, userAgent, traceId, requestId, locale, signal, exchange } = new LiveFacts(state)
  return { address, userAgent, traceId, requestId, locale, signal, ...(exchange && { exchange }) }
}

/** The same, found out when a resolver asks: most ask for nothing. For operations that end with their request. */
export class LiveFacts implements RequestFacts {
  readonly #state: RequestState

  constructor(state: RequestState) {
    this.#state = state
  }

  get address(): string {
    return this.#state.address
  }

  get userAgent(): string {
    return this.#state.userAgent
  }

  get traceId(): string {
    return this.#state.trace.traceId
  }

  get requestId(): string {
    return this.#state.requestId
  }

  get locale(): string {
    return this.#state.locale
  }

  get signal(): AbortSignal {
    return this.#state.request.signal
  }

  get exchange(): Exchange | undefined {
    const state = this.#state
    if (!state.answersWithHeaders) return undefined
    return { headers: state.request.headers, setCookie: (line) => void state.cookies.push(line) }
  }
}
