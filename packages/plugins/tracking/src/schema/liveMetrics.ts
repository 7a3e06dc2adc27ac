import { type Builder, both, follow, type Live } from '@espalier/core'
import {
  type LiveGroup,
  type LiveMetrics,
  liveGroups,
  presentMinutes,
  readLive,
  recentMinutes,
} from '../liveMetrics.ts'
import { liveChanged, metricsKey } from '../metricsTopic.ts'
import type { Tracking } from '../tracking.ts'
import { scopeOf } from './metrics.ts'

/** How often numbers are read again while nothing happens: visitors leave without a word. Milliseconds. */
const heartbeatMs = 10_000

/** What happens now. */
export function liveMetricsTypes(builder: Builder, tracking: Tracking): void {
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

  const LiveMetricsGroup = builder.objectRef<LiveGroup>('LiveMetricsGroup').implement({
    description: 'What happens now on one page, on one path or under one variant.',
    ...read,
    fields: (t) => ({
      key: t.exposeString('key', { description: "A page's or variant's UUID, or a path." }),
      visitors: t.expose('visitors', {
        type: 'SafeInt',
        description: `Visitors of the last ${presentMinutes} minutes.`,
      }),
      conversions: t.expose('conversions', {
        type: 'SafeInt',
        description: `Goals reached in the last ${recentMinutes} minutes. 0 by path: they are kept by page and variant.`,
      }),
    }),
  })

  const groups = { extensions: { boundedList: `The ${liveGroups} with the most visitors.` } }
  const LiveMetrics = builder.objectRef<LiveMetrics>('LiveMetrics').implement({
    description: 'What happens now. Bots and people who ask not to be tracked are not counted.',
    ...read,
    fields: (t) => ({
      visitors: t.expose('visitors', {
        type: 'SafeInt',
        description: `Different visitors who did something in the last ${presentMinutes} minutes. Exact.`,
      }),
      eventsPerSecond: t.exposeFloat('eventsPerSecond', {
        description: 'Events a second, mean of the last minute (its part of the minute before is taken to be even).',
      }),
      conversions: t.expose('conversions', {
        type: 'SafeInt',
        description: `Goals reached in the last ${recentMinutes} minutes.`,
      }),
      pages: t.field({
        type: [LiveMetricsGroup],
        description: 'By page that this server served: where visitors are now.',
        ...groups,
        resolve: ({ pages }) => [...pages],
      }),
      paths: t.field({
        type: [LiveMetricsGroup],
        description: 'By path: where visitors are now, on any site.',
        ...groups,
        resolve: ({ paths }) => [...paths],
      }),
      variants: t.field({
        type: [LiveMetricsGroup],
        description: 'By variant that visitors were shown.',
        ...groups,
        resolve: ({ variants }) => [...variants],
      }),
    }),
  })

  builder.subscriptionField('liveMetrics', (t) =>
    t.field({
      type: LiveMetrics,
      description:
        'What happens now in the workspace, on a site or on a page: at once, each time something happens, at most four times a second, and every ten seconds. Read from the database each time, so nothing that is missed on the way matters.',
      extensions: { live: { shared: true } },
      ...read,
      args: {
        siteId: t.arg.globalID({ description: 'Only this site.' }),
        pageId: t.arg.globalID({ description: 'Only this page.' }),
      },
      subscribe: (_root, args, ctx) => {
        const key = metricsKey(scopeOf(args))
        const ticks = follow(tracking.live, ctx.workspaceId, liveChanged, key, ctx.request.signal)
        return withHeartbeat(ticks, tracking.live, ctx.workspaceId, key, ctx.request.signal)
      },
      resolve: (_message, args, ctx) => readLive(ctx, scopeOf(args)),
    }),
  )
}

/** Ticks also while nothing is announced, until they end. */
function withHeartbeat(
  ticks: AsyncIterableIterator<true>,
  live: Live,
  workspaceId: string,
  key: string,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<true> {
  const timer = setInterval(() => live.publish(workspaceId, liveChanged, key, null), heartbeatMs).unref()
  const stop = () => clearInterval(timer)
  signal?.addEventListener('abort', stop, { once: true })
  const end = ticks.return?.bind(ticks)
  ticks.return = (value) => {
    stop()
    return end ? end(value) : Promise.resolve({ done: true, value })
  }
  return ticks
}
