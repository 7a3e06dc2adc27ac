import type { Origins } from './origins.ts'

/**
 * CORS for trusted origins, with credentials: the origin is repeated only where it is on the list. Any other
 * gets no CORS header at all, so its browser keeps the answer to itself.
 */
export function allowTrusted(headers: Pick<Headers, 'append' | 'set'>, origin: string | null, origins: Origins): void {
  headers.append('vary', 'Origin')
  if (!origin || !origins.trusts(origin)) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-allow-credentials', 'true')
  headers.set('access-control-expose-headers', exposed)
}

/** CORS for routes that any site may call: never with credentials. */
export function allowAnyone(headers: { set(name: string, value: string): unknown }): void {
  headers.set('access-control-allow-origin', '*')
  headers.set('access-control-expose-headers', exposed)
}

/** The answer to a preflight. */
export function preflight(methods: string, allow: (headers: Headers) => void): Response {
  const headers = new Headers({ allow: methods })
  allow(headers)
  if (headers.has('access-control-allow-origin')) {
    headers.set('access-control-allow-methods', methods)
    headers.set('access-control-allow-headers', accepted)
    // Two hours, the most that Chromium keeps.
    headers.set('access-control-max-age', '7200')
  }
  return new Response(null, { status: 204, headers })
}

const accepted =
  'content-type, authorization, x-api-key, x-espalier-workspace, x-request-id, traceparent, if-none-match, idempotency-key, x-espalier-dry-run, x-graphql-client-name, x-graphql-client-version'
const exposed = 'x-request-id, retry-after, ratelimit, ratelimit-policy, etag'
