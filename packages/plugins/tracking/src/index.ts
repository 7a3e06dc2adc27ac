import { definePlugin } from '@espalier/core'
import { KeptLog } from './clickHouse/keptLog.ts'
import { examples } from './examples.ts'
import { forgetVisitors } from './forgetVisitors.ts'
import { goalReached } from './goalReached.ts'
import { collectorHealth } from './health.ts'
import { ingestCounter } from './ingestCounts.ts'
import { keepOverPeriods, prepareLog, settleLog } from './jobs.ts'
import { trackingLimits } from './limits.ts'
import { routes } from './routes.ts'
import { eventTypes } from './schema/event.ts'
import { ingestTypes } from './schema/ingest.ts'
import { liveMetricsTypes } from './schema/liveMetrics.ts'
import { metricsTypes } from './schema/metrics.ts'
import { siteTypes } from './schema/site.ts'
import { settings } from './settings.ts'
import { Tracking } from './tracking.ts'
import { words } from './words.ts'

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
export type { SplitDimension } from './numbers.ts'
export type { Outcome, Rollup } from './recorder.ts'
export type { ServerEvent } from './serverEvent.ts'
export type { Tracking } from './tracking.ts'
export { cookieLifeSeconds, type Visitor } from './visitor.ts'
export type { LoggedEvent, VisitorTime } from './visitorEvents.ts'

export default definePlugin({
  name: 'tracking',
  words,
  permissions: {
    'tracking:read': 'See sites, events and metrics',
    'tracking:write': 'Create, change and delete sites',
    'tracking:ingest': 'Send events from servers, on behalf of any visitor',
  },
  settings,
  setup: (host) => new Tracking(host),
  examples,
  schema: [siteTypes, ingestTypes, eventTypes, metricsTypes, liveMetricsTypes],
  events: [goalReached],
  jobs: [prepareLog, keepOverPeriods, settleLog, forgetVisitors],
  routes,
  counters: [ingestCounter],
  health: [collectorHealth],
  limits: trackingLimits,
  start: async (tracking, system) => {
    await tracking.countries.open()
    await tracking.prepare(system)
  },
  stop: (tracking) => tracking.stop(),
  keptElsewhere: ({ eventStore }) => (eventStore ? [new KeptLog(eventStore)] : []),
  forgetWorkspace: async ({ store }, context) => store.forgetWorkspace?.(context),
})
