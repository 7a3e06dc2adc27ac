import { listSearch, page, rangeSearch } from '@espalier/admin-kit'
import * as v from 'valibot'
import { dimensions, metricIds } from './words.ts'

const read = 'tracking:read'

/** What visitors did over a span of time, in figures. */
export const trafficPage = page({
  path: 'traffic',
  title: { en: 'Traffic', fr: 'Trafic' },
  permission: read,
  search: v.object({
    ...rangeSearch.entries,
    metric: v.fallback(v.picklist(metricIds), 'visitors'),
    /** Plain id; absent: all sites. */
    site: v.fallback(v.optional(v.string()), undefined),
    by: v.fallback(v.picklist(dimensions), 'PATH'),
    /** What is looked for among the values that the figures split into. */
    find: v.fallback(v.string(), ''),
  }),
  load: () => import('./traffic/Traffic.tsx'),
})

export const sessionsPage = page({
  path: 'traffic/sessions',
  title: { en: 'Sessions', fr: 'Sessions' },
  permission: read,
  search: listSearch,
  load: () => import('./sessions/Sessions.tsx'),
})

export const sessionPage = page({
  path: 'traffic/sessions/$id',
  title: { en: 'Session', fr: 'Session' },
  permission: read,
  load: () => import('./sessions/Session.tsx'),
})

export const eventsPage = page({
  path: 'traffic/events',
  title: { en: 'Events', fr: 'Événements' },
  permission: read,
  search: listSearch,
  load: () => import('./events/Events.tsx'),
})

export const sitesPage = page({
  path: 'traffic/sites',
  title: { en: 'Sites', fr: 'Sites' },
  permission: read,
  search: listSearch,
  load: () => import('./sites/Sites.tsx'),
})
