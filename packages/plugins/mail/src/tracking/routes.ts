import { byteString, getPlain, type PlainRequest, type PlainResponse, type RouteContext } from '@espalier/core'
import type { Hits } from './hits.ts'
import type { LinkTokens, Tracked } from './linkTokens.ts'
import { networkOf } from './scannerNetworks.ts'

/** What the routes lean on. */
export interface TrackingService {
  readonly feedback: { readonly tokens: LinkTokens; readonly hits: Hits }
}

/** Mail gateways and image proxies ask on behalf of many, from few addresses. */
const limit = { points: 60_000, seconds: 60 }

const headers = {
  'cache-control': 'no-store, max-age=0',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

const notFound: PlainResponse = {
  status: 404,
  headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
  body: byteString('There is nothing at this address. / Il n’y a rien à cette adresse.\n'),
}

/** A link of a mail: on to where the mail meant, and nowhere else. The same for whoever asks, person or program. */
export const linkRoute = getPlain<TrackingService>(
  '/l/:token',
  { access: 'anonymous', limit },
  (request, route, { feedback }) => {
    const tracked = feedback.tokens.read(route.params.token ?? '')
    if (tracked?.kind !== 'click') return notFound
    const location = encodedTarget(tracked.target)
    if (!location) return notFound
    note(request, route, feedback.hits, tracked)
    return { status: 302, headers: { ...headers, location }, body: '' }
  },
)

/** A clear pixel, whether or not the token is one: a broken picture would show in the mail. */
export const pixelRoute = getPlain<TrackingService>(
  '/o/:token',
  { access: 'anonymous', limit },
  (request, route, { feedback }) => {
    const tracked = feedback.tokens.read((route.params.token ?? '').replace(/\.gif$/, ''))
    if (tracked?.kind === 'open') note(request, route, feedback.hits, tracked)
    return pixel
  },
)

const pixel: PlainResponse = {
  status: 200,
  headers: { ...headers, 'content-type': 'image/gif', 'cross-origin-resource-policy': 'cross-origin' },
  body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64').toString('latin1'),
}

/** As a header may hold it. Only what `trackHtml` took was ever signed; this is the last look. */
function encodedTarget(target: string): string | undefined {
  const url = URL.parse(target)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined
}

function note(request: PlainRequest, { clock, userAgent, address }: RouteContext, hits: Hits, tracked: Tracked): void {
  const purpose = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => request.headers.get(name)).join(' ')
  hits.add({
    ...tracked,
    at: clock.now(),
    method: request.method,
    userAgent: userAgent.slice(0, 500),
    network: networkOf(address),
    prefetch: /\b(?:prefetch|prerender|preview)\b/i.test(purpose),
  })
}
