import type { RequestState } from '../../http/requestState.ts'
import type { RequestFacts } from '../graphqlContext.ts'

/** What resolvers may know of a request. */
export function requestFacts(state: RequestState): RequestFacts {
  const principal = state.authenticated?.principal
  return {
    address: state.address,
    userAgent: state.userAgent,
    traceId: state.trace.traceId,
    requestId: state.requestId,
    locale:
      principal?.type === 'user' ? principal.locale : preferredLocale(state.request.headers.get('accept-language')),
    signal: state.request.signal,
  }
}

/** The first of the two languages that the product speaks; English where neither is wanted. */
function preferredLocale(acceptLanguage: string | null): string {
  return /\b(en|fr)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase() ?? 'en'
}
