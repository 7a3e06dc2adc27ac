import type { RequestState } from '../../http/requestState.ts'
import type { RequestFacts } from '../graphqlContext.ts'

/** What resolvers may know of a request. */
export function requestFacts(state: RequestState): RequestFacts {
  return {
    address: state.address,
    userAgent: state.userAgent,
    traceId: state.trace.traceId,
    requestId: state.requestId,
    locale: state.locale,
    signal: state.request.signal,
    ...(state.answersWithHeaders && {
      exchange: { headers: state.request.headers, setCookie: (line: string) => void state.cookies.push(line) },
    }),
  }
}
