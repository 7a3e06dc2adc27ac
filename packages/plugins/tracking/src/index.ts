import { definePlugin } from '@espalier/core'
import { forgetVisitors } from './forgetVisitors.ts'
import { ingestCounter } from './ingestCounts.ts'
import { prepareLog } from './jobs.ts'
import { makePartitions } from './partitions.ts'
import { routes } from './routes.ts'
import { eventTypes } from './schema/event.ts'
import { ingestTypes } from './schema/ingest.ts'
import { liveMetricsTypes } from './schema/liveMetrics.ts'
import { metricsTypes } from './schema/metrics.ts'
import { siteTypes } from './schema/site.ts'
import { settings } from './settings.ts'
import { Tracking } from './tracking.ts'

export {
  type Channel,
  type Device,
  type EventMetrics,
  type EventSource,
  type EventValue,
  type TrackedEvent,
  unknownSource,
} from './event.ts'
export { goalReached } from './goalReached.ts'
export { bucketOf, quantile } from './histogram.ts'
export { metricsChanged, metricsKey } from './metricsTopic.ts'
export type { Outcome, Rollup } from './recorder.ts'
export { isTimeZone } from './timeZone.ts'
export type { ServerEvent, SplitDimension, Tracking } from './tracking.ts'
export { cookieLifeSeconds, type Visitor } from './visitor.ts'
export type { LoggedEvent, VisitorTime } from './visitorEvents.ts'

export default definePlugin({
  name: 'tracking',
  permissions: {
    'tracking:read': 'See sites, events and metrics',
    'tracking:write': 'Create, change and delete sites',
    'tracking:ingest': 'Send events from servers, on behalf of any visitor',
  },
  settings,
  setup: (host) => new Tracking(host),
  schema: [siteTypes, ingestTypes, eventTypes, metricsTypes, liveMetricsTypes],
  jobs: [prepareLog, forgetVisitors],
  routes,
  counters: [ingestCounter],
  start: async (tracking, system) => {
    await tracking.countries.open()
    await makePartitions(system)
  },
  stop: (tracking) => tracking.stop(),
})
