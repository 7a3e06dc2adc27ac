import { type Builder, both, deprecated, follow, wordEnum } from '@espalier/core'
import { z } from 'zod'
import { type Comparison, previousScope, readDataQuality, readTimings, readTotals, type Totals } from '../metrics.ts'
import type { MetricsScope } from '../metricsScope.ts'
import { metricsChanged, metricsKey } from '../metricsTopic.ts'
import { readSplit } from '../split.ts'
import type { Tracking } from '../tracking.ts'
import { metricsDataQuality, metricsVitals } from './metricsQuality.ts'
import { metricsSplit } from './metricsSplit.ts'
import { metricsTotals } from './metricsTotals.ts'

const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

/** What was counted, asked for once or watched live. */
export function metricsTypes(builder: Builder, tracking: Tracking): void {
  const interfaces = metricsTotals(builder, tracking)
  const { MetricsDimension, MetricsGroup } = metricsSplit(builder, interfaces)
  const MetricsVitals = metricsVitals(builder)
  const MetricsDataQuality = metricsDataQuality(builder)

  const MetricsComparison = wordEnum<Comparison>(
    builder,
    'MetricsComparison',
    'What a span of time is compared with.',
    {
      period: 'The span right before it.',
      year: 'The span 52 weeks earlier, so that weekdays are compared with the same weekdays.',
    },
  )

  const Metrics = builder.objectRef<Totals>('Metrics')
  Metrics.implement({
    description: 'What was counted in a span of time. Bots and people who ask not to be tracked are not.',
    ...read,
    interfaces: [...interfaces],
    fields: (t) => ({
      from: t.expose('from', {
        type: 'DateTime',
        nullable: true,
        description: 'Beginning of the span, on the hour. Null: from the first event on.',
      }),
      until: t.expose('to', {
        type: 'DateTime',
        nullable: true,
        description: 'End of the span, on the hour; excluded. Null: up to now.',
      }),
      to: t.expose('to', {
        type: 'DateTime',
        nullable: true,
        description: 'End of the span.',
        deprecationReason: deprecated('2026-11-22', 'until'),
      }),
      vitals: t.field({
        type: MetricsVitals,
        description: 'How fast pages were: load and Core Web Vitals.',
        complexity: 10,
        resolve: async ({ scope }, _args, ctx) => readTimings(ctx, scope, await tracking.timeZone(ctx)),
      }),
      dataQuality: t.field({
        type: MetricsDataQuality,
        description: 'How much of what was served was confirmed.',
        complexity: 10,
        resolve: async ({ scope }, _args, ctx) => readDataQuality(ctx, scope, await tracking.timeZone(ctx)),
      }),
      previous: t.field({
        type: Metrics,
        nullable: true,
        description: 'A span of the same length, to compare with. Null for a span without a beginning.',
        complexity: 10,
        args: {
          by: t.arg({ type: MetricsComparison, required: true, defaultValue: 'period', description: 'Which one.' }),
        },
        resolve: async ({ scope }, { by }, ctx) => {
          const previous = previousScope(scope, ctx.clock.now(), by)
          return previous ? readTotals(ctx, previous, await tracking.timeZone(ctx)) : null
        },
      }),
      split: t.field({
        type: [MetricsGroup],
        description:
          'The same by the values of a dimension: those with the most pageviews and sessions, largest first.',
        complexity: ({ first }) => ({ field: 20, multiplier: Math.max(1, Math.min(first ?? 20, 500)) }),
        extensions: { boundedList: 'As many as `first` says, 500 at most.' },
        args: {
          by: t.arg({ type: MetricsDimension, required: true, description: 'The dimension.' }),
          first: t.arg.int({
            defaultValue: 20,
            description: 'How many values: 1 to 500.',
            validate: z.number().min(1).max(500),
          }),
        },
        resolve: async ({ scope }, { by, first }, ctx) =>
          readSplit(ctx, scope, by, first ?? 20, await tracking.timeZone(ctx)),
      }),
    }),
  })

  builder.queryField('metrics', (t) =>
    t.field({
      type: Metrics,
      description: 'What was counted: in the workspace, on a site or on a page.',
      ...read,
      complexity: 10,
      args: {
        siteId: t.arg.globalID({ description: 'Only this site.' }),
        pageId: t.arg.globalID({ description: 'Only this page.' }),
        from: t.arg({
          type: 'DateTime',
          description: 'From this instant, moved back to its hour. Default: the first event.',
        }),
        until: t.arg({
          type: 'DateTime',
          description: 'Until this instant, moved on to the end of its hour. Default: now.',
        }),
        to: t.arg({
          type: 'DateTime',
          description: 'The same as until.',
          deprecationReason: deprecated('2026-11-22', 'until'),
        }),
      },
      resolve: async (_root, { siteId, pageId, from, until, to }, ctx) =>
        readTotals(
          ctx,
          { siteId: siteId?.id, pageId: pageId?.id, from, to: until ?? to },
          await tracking.timeZone(ctx),
        ),
    }),
  )

  builder.subscriptionField('metricsUpdated', (t) =>
    t.field({
      type: Metrics,
      description:
        'The totals of the workspace, a site or a page: now, and each time they change, at most four times a second. Read from the database, so they agree with the event log.',
      extensions: { live: { shared: true } },
      ...read,
      args: {
        siteId: t.arg.globalID({ description: 'Only this site.' }),
        pageId: t.arg.globalID({ description: 'Only this page.' }),
        from: t.arg({
          type: 'DateTime',
          description: 'Count from this instant, moved back to its hour. Default: the first event.',
        }),
      },
      subscribe: (_root, args, ctx) =>
        follow(tracking.live, ctx.workspaceId, metricsChanged, metricsKey(scopeOf(args)), ctx.request.signal),
      resolve: async (_message, args, ctx) => readTotals(ctx, scopeOf(args), await tracking.timeZone(ctx)),
    }),
  )
}

interface ScopeArguments {
  siteId?: { id: string } | null | undefined
  pageId?: { id: string } | null | undefined
  from?: Date | null | undefined
}

export function scopeOf({ siteId, pageId, from }: ScopeArguments): MetricsScope {
  return { siteId: siteId?.id, pageId: pageId?.id, from }
}
