import { get, type PlainPost, postPlain, type Route, type RouteContext } from '@espalier/core'
import { maxBodyBytes } from './requestLimits.ts'
import type { Tracking } from './tracking.ts'

/** Many people share one address: a whole office behind it must fit. A server's key has as much for itself. */
/** Of each address. */
export const limit = { points: 3000, seconds: 60 }
const collecting = { access: 'anonymous', crossOrigin: true, bodyLimit: maxBodyBytes, limit } as const
const script = { access: 'anonymous', crossOrigin: true, limit } as const

const collect = (request: PlainPost, context: RouteContext, tracking: Tracking) => tracking.collect(request, context)

export const routes: readonly Route<Tracking>[] = [
  postPlain<Tracking>('/collect', collecting, collect),
  get<Tracking>('/t.js', script, (request, _context, tracking) => tracking.script.serve(request)),
  // The same under names of one's own choice, which no list of trackers knows: /a/menu.js sends to /a/menu.
  postPlain<Tracking>('/a/:name{[a-z0-9][a-z0-9-]{0,39}}', collecting, collect),
  get<Tracking>('/a/:file{[a-z0-9][a-z0-9-]{0,39}\\.js}', script, (request, { params }, tracking) =>
    tracking.script.serve(request, params.file?.slice(0, -3)),
  ),
]
