import { get, post, type Route } from '@espalier/core'
import { maxBodyBytes } from './collectRequest.ts'
import type { Tracking } from './tracking.ts'

/** Many people share one address: a whole office behind it must fit. */
const limit = { points: 3000, seconds: 60 }

export const routes: readonly Route<Tracking>[] = [
  post<Tracking>(
    '/collect',
    { access: 'anonymous', crossOrigin: true, bodyLimit: maxBodyBytes, limit },
    (request, { isBot }, tracking) => tracking.collect(request, isBot),
  ),
  get<Tracking>('/t.js', { access: 'anonymous', crossOrigin: true, limit }, (request, _context, tracking) =>
    tracking.script.serve(request),
  ),
]
