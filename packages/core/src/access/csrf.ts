import { httpError } from '../http/errors.ts'
import type { Origins } from '../http/origins.ts'
import type { HeaderReader } from '../http/requestState.ts'

/**
 * Refuses a request that another site makes with a visitor's cookies (CSRF). Browsers add cookies by
 * themselves but do not let a page forge `Origin` or `Sec-Fetch-Site`, nor set other credentials without a
 * preflight; a request without cookies has nothing to steal.
 *
 * @throws HttpError CROSS_SITE_REQUEST
 */
export function refuseCrossSite(request: { method: string; headers: HeaderReader }, origins: Origins): void {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  if (!headers.has('cookie') || headers.has('authorization') || headers.has('x-api-key')) return
  const origin = headers.get('origin')
  if (origin !== null) {
    if (!origins.trusts(origin)) throw httpError('CROSS_SITE_REQUEST', [origin])
    return
  }
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  // Neither header: no browser of this decade. What an old form could send is refused all the same.
  if (site === null && isJson(headers)) return
  throw httpError('CROSS_SITE_REQUEST', [site ?? 'an unknown site'])
}

export function isJson(headers: Pick<Headers, 'get'>): boolean {
  return /^application\/json\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
}
