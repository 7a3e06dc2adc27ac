import { type Builder, both, follow } from '@espalier/core'
import { readSeries, readTotals, type SeriesPoint, type Totals } from '../metrics.ts'
import type { Granularity, MetricsScope } from '../metricsScope.ts'
import { metricsChanged, metricsKey } from '../metricsTopic.ts'
import type { Tracking } from '../tracking.ts'

/** What was counted, asked for once or watched live. */
export function metricsTypes(builder: Builder, tracking: Tracking): void {
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

  const MetricsGranularity = builder.enumType('MetricsGranularity', {
    description: 'The steps of a series.',
    subGraphs: both,
    values: {
      MINUTE: { description: 'By minute: 24 hours at most.' },
      HOUR: { description: 'By hour: 92 days at most.' },
      DAY: { description: 'By day: ten years at most.' },
    } as const satisfies Record<Granularity, object>,
  })

  const MetricsPoint = builder.objectRef<SeriesPoint>('MetricsPoint').implement({
    description: 'What was counted in one step of a series.',
    ...read,
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'Beginning of the step.' }),
      pageviews: t.expose('pageviews', { type: 'SafeInt', description: 'Pages viewed.' }),
      visitors: t.expose('visitors', {
        type: 'SafeInt',
        description: 'Different visitors with a pageview in this step.',
      }),
      clicks: t.expose('clicks', { type: 'SafeInt', description: 'Clicks on marked elements.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached.' }),
    }),
  })

  const Metrics = builder.objectRef<Totals>('Metrics').implement({
    description: 'What was counted in a span of time. Bots and people who ask not to be tracked are not.',
    ...read,
    fields: (t) => ({
      from: t.expose('from', {
        type: 'DateTime',
        nullable: true,
        description: 'Beginning of the span, on a quarter of an hour. Null: from the first event on.',
      }),
      to: t.expose('to', {
        type: 'DateTime',
        nullable: true,
        description: 'End of the span, on a quarter of an hour; excluded. Null: up to now.',
      }),
      pageviews: t.expose('pageviews', { type: 'SafeInt', description: 'Pages viewed.' }),
      visitors: t.expose('visitors', {
        type: 'SafeInt',
        description: 'Different visitors with a pageview, each once in the whole span. Exact.',
      }),
      clicks: t.expose('clicks', { type: 'SafeInt', description: 'Clicks on marked elements.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached, each time.' }),
      series: t.field({
        type: [MetricsPoint],
        description: 'The same by minute, hour or day. Steps in which nothing happened are left out.',
        complexity: 20,
        extensions: { boundedList: 'Its steps are bounded by the longest span of each granularity.' },
        args: {
          granularity: t.arg({ type: MetricsGranularity, required: true, description: 'The steps.' }),
          timeZone: t.arg.string({
            defaultValue: 'UTC',
            description: 'Where days begin: an IANA time zone, such as "Europe/Paris".',
          }),
        },
        resolve: ({ scope }, { granularity, timeZone }, ctx) => readSeries(ctx, scope, granularity, timeZone ?? 'UTC'),
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
          description: 'From this instant, moved back to its quarter of an hour. Default: the first event.',
        }),
        to: t.arg({
          type: 'DateTime',
          description: 'Until this instant, moved on to its quarter of an hour. Default: now.',
        }),
      },
      resolve: (_root, { siteId, pageId, from, to }, ctx) =>
        readTotals(ctx, { siteId: siteId?.id, pageId: pageId?.id, from, to }),
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
          description: 'Count from this instant, moved back to its quarter of an hour. Default: the first event.',
        }),
      },
      subscribe: (_root, args, ctx) =>
        follow(tracking.live, ctx.workspaceId, metricsChanged, metricsKey(scopeOf(args)), ctx.request.signal),
      resolve: (_message, args, ctx) => readTotals(ctx, scopeOf(args)),
    }),
  )
}

interface ScopeArguments {
  siteId?: { id: string } | null | undefined
  pageId?: { id: string } | null | undefined
  from?: Date | null | undefined
}

function scopeOf({ siteId, pageId, from }: ScopeArguments): MetricsScope {
  return { siteId: siteId?.id, pageId: pageId?.id, from }
}
