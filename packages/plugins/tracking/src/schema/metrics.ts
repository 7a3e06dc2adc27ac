import { type Builder, both, follow } from '@espalier/core'
import { z } from 'zod'
import type { Dimension } from '../dimensions.ts'
import { quantileError } from '../histogram.ts'
import {
  type Counts,
  type Group,
  previousScope,
  readDataQuality,
  readRevenue,
  readSeries,
  readSplit,
  readTimings,
  readTotals,
  type SeriesPoint,
  type Timing,
  type Totals,
} from '../metrics.ts'
import type { Granularity, MetricsScope } from '../metricsScope.ts'
import { metricsChanged, metricsKey } from '../metricsTopic.ts'
import type { Tracking } from '../tracking.ts'
import { standardError } from '../visitorCounts.ts'

const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

/** What was counted, asked for once or watched live. */
export function metricsTypes(builder: Builder, tracking: Tracking): void {
  const MetricsGranularity = builder.enumType('MetricsGranularity', {
    description: 'The steps of a series.',
    subGraphs: both,
    values: {
      MINUTE: { description: 'By minute: 24 hours at most, and not below a split.' },
      HOUR: { description: 'By hour: 92 days at most.' },
      DAY: { description: 'By day: ten years at most.' },
    } as const satisfies Record<Granularity, object>,
  })

  const MetricsDimension = builder.enumType('MetricsDimension', {
    description:
      'What numbers are split by. Where from and with what: of the first event of the session, for all that happens in it.',
    subGraphs: both,
    values: {
      PAGE: { value: 'page', description: 'Page that this server served, by its UUID.' },
      PATH: { value: 'path', description: 'Path of the address.' },
      VARIANT: { value: 'variant', description: 'Variant of an experiment, by its UUID. One event may have several.' },
      CHANNEL: { value: 'channel', description: 'Channel: direct, organic-search, email and so on.' },
      REFERRER: { value: 'referrer', description: 'Host of the site that sent the visitor.' },
      UTM_SOURCE: { value: 'source', description: 'utm_source.' },
      UTM_MEDIUM: { value: 'medium', description: 'utm_medium.' },
      UTM_CAMPAIGN: { value: 'campaign', description: 'utm_campaign.' },
      COUNTRY: { value: 'country', description: 'Country, ISO 3166-1 alpha-2.' },
      DEVICE: { value: 'device', description: 'desktop, mobile, tablet, tv or other.' },
      BROWSER: { value: 'browser', description: 'Family of the browser.' },
      OS: { value: 'os', description: 'Family of the operating system.' },
      ENTRY_PATH: {
        value: 'entry',
        description: 'Path by which sessions were entered: has sessions and bounces only.',
      },
      EXIT_PATH: { value: 'exit', description: 'Path by which sessions were left: has sessions and bounces only.' },
    } as const satisfies Record<string, { value: Dimension | 'page'; description: string }>,
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
      sessions: t.expose('sessions', {
        type: 'SafeInt',
        description: 'Sessions that began. 0 by minute: those are kept by the hour.',
      }),
      bounceRate: t.float({ nullable: true, description: bounceText, resolve: bounceRate }),
    }),
  })

  const MetricsVital = builder.objectRef<{ p75: number | null; samples: number }>('MetricsVital').implement({
    description: 'What browsers measured.',
    ...read,
    fields: (t) => ({
      p75: t.exposeFloat('p75', {
        nullable: true,
        description: `Three quarters of the measurements are at most this: off by ${percent(quantileError)} of it at most. Null without any.`,
      }),
      samples: t.expose('samples', { type: 'SafeInt', description: 'Measurements.' }),
    }),
  })

  const MetricsVitals = builder
    .objectRef<Record<Timing, { p75: number | null; samples: number }>>('MetricsVitals')
    .implement({
      description: 'How fast pages were for those who viewed them.',
      ...read,
      fields: (t) => ({
        loadMs: t.field({
          type: MetricsVital,
          description: 'Until the page was loaded, milliseconds.',
          resolve: ({ load }) => load,
        }),
        lcpMs: t.field({
          type: MetricsVital,
          description: 'Largest Contentful Paint, milliseconds. Good: up to 2,500.',
          resolve: ({ lcp }) => lcp,
        }),
        inpMs: t.field({
          type: MetricsVital,
          description: 'Interaction to Next Paint, milliseconds. Good: up to 200.',
          resolve: ({ inp }) => inp,
        }),
        cls: t.field({
          type: MetricsVital,
          description: 'Cumulative Layout Shift. Good: up to 0.1.',
          resolve: ({ cls }) => cls,
        }),
      }),
    })

  const MetricsDataQuality = builder.objectRef<{ served: number; confirmed: number }>('MetricsDataQuality').implement({
    description: 'Pages that this server served, beside the pageviews that browsers confirmed.',
    ...read,
    fields: (t) => ({
      served: t.expose('served', { type: 'SafeInt', description: 'Pages served to people who are counted.' }),
      confirmed: t.expose('confirmed', {
        type: 'SafeInt',
        description: 'Pageviews of these pages that their trackers reported.',
      }),
      gap: t.float({
        nullable: true,
        description:
          'Share of the served pages of which no pageview is known: scripts blocked, left at once, lines lost. Negative where pages were seen again without being served. Null where none was served.',
        resolve: ({ served, confirmed }) => (served === 0 ? null : 1 - confirmed / served),
      }),
    }),
  })

  const granularityText = 'The steps.'
  const timeZoneText =
    'Where days begin: an IANA time zone, such as "Europe/Paris". Default: the time zone of the workspace.'
  const series = async (
    { scope }: { scope: MetricsScope },
    { granularity, timeZone }: { granularity: Granularity; timeZone?: string | null | undefined },
    ctx: Parameters<Tracking['timeZone']>[0],
  ) => {
    const own = await tracking.timeZone(ctx)
    return readSeries(ctx, scope, granularity, timeZone ?? own, own)
  }
  const revenue = async ({ scope }: { scope: MetricsScope }, _args: object, ctx: Parameters<Tracking['timeZone']>[0]) =>
    readRevenue(ctx, scope, await tracking.timeZone(ctx))

  const MetricsGroup = builder.objectRef<Group>('MetricsGroup').implement({
    description: 'What was counted under one value of a dimension.',
    ...read,
    fields: (t) => ({
      value: t.exposeString('value', {
        nullable: true,
        description:
          'The value. Null: unknown or none. "(other)": together, what came after the first 500 different values of a day.',
      }),
      pageviews: t.expose('pageviews', { type: 'SafeInt', description: 'Pages viewed.' }),
      visitors: t.expose('visitors', { type: 'SafeInt', description: visitorsText }),
      visitorsError: t.exposeFloat('visitorsError', { description: visitorsErrorText }),
      clicks: t.expose('clicks', { type: 'SafeInt', description: 'Clicks on marked elements.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached, each time.' }),
      sessions: t.expose('sessions', { type: 'SafeInt', description: sessionsText }),
      bounceRate: t.float({ nullable: true, description: bounceText, resolve: bounceRate }),
      engagementSeconds: t.float({ nullable: true, description: engagementText, resolve: engagementSeconds }),
      scrollDepth: t.float({ nullable: true, description: scrollText, resolve: scrollDepth }),
      revenue: t.field({
        type: ['Money'],
        description: 'What conversions were worth, by currency.',
        complexity: 10,
        extensions: { boundedList: 'One amount for each currency.' },
        resolve: revenue,
      }),
      series: t.field({
        type: [MetricsPoint],
        description: 'The same by hour or day; of pages by minute too. Steps in which nothing happened are left out.',
        complexity: 20,
        extensions: { boundedList: 'Its steps are bounded by the longest span of each granularity.' },
        args: {
          granularity: t.arg({ type: MetricsGranularity, required: true, description: granularityText }),
          timeZone: t.arg.string({ description: timeZoneText }),
        },
        resolve: series,
      }),
    }),
  })

  const Metrics = builder.objectRef<Totals>('Metrics')
  Metrics.implement({
    description: 'What was counted in a span of time. Bots and people who ask not to be tracked are not.',
    ...read,
    fields: (t) => ({
      from: t.expose('from', {
        type: 'DateTime',
        nullable: true,
        description: 'Beginning of the span, on the hour. Null: from the first event on.',
      }),
      to: t.expose('to', {
        type: 'DateTime',
        nullable: true,
        description: 'End of the span, on the hour; excluded. Null: up to now.',
      }),
      pageviews: t.expose('pageviews', { type: 'SafeInt', description: 'Pages viewed.' }),
      visitors: t.expose('visitors', { type: 'SafeInt', description: visitorsText }),
      visitorsError: t.exposeFloat('visitorsError', { description: visitorsErrorText }),
      clicks: t.expose('clicks', { type: 'SafeInt', description: 'Clicks on marked elements.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached, each time.' }),
      sessions: t.expose('sessions', { type: 'SafeInt', description: sessionsText }),
      bounceRate: t.float({ nullable: true, description: bounceText, resolve: bounceRate }),
      engagementSeconds: t.float({ nullable: true, description: engagementText, resolve: engagementSeconds }),
      scrollDepth: t.float({ nullable: true, description: scrollText, resolve: scrollDepth }),
      revenue: t.field({
        type: ['Money'],
        description: 'What conversions were worth, by currency.',
        complexity: 10,
        extensions: { boundedList: 'One amount for each currency.' },
        resolve: revenue,
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
        description: 'The span of the same length right before, to compare with. Null for a span without a beginning.',
        complexity: 10,
        resolve: async ({ scope }, _args, ctx) => {
          const previous = previousScope(scope, ctx.clock.now())
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
      series: t.field({
        type: [MetricsPoint],
        description: 'The same by minute, hour or day. Steps in which nothing happened are left out.',
        complexity: 20,
        extensions: { boundedList: 'Its steps are bounded by the longest span of each granularity.' },
        args: {
          granularity: t.arg({ type: MetricsGranularity, required: true, description: granularityText }),
          timeZone: t.arg.string({ description: timeZoneText }),
        },
        resolve: series,
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
        to: t.arg({
          type: 'DateTime',
          description: 'Until this instant, moved on to the end of its hour. Default: now.',
        }),
      },
      resolve: async (_root, { siteId, pageId, from, to }, ctx) =>
        readTotals(ctx, { siteId: siteId?.id, pageId: pageId?.id, from, to }, await tracking.timeZone(ctx)),
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

const visitorsText = `Different visitors with a pageview, each once in the whole span. Exact as long as no hour has more than 128 of them; beyond, estimated with a standard error of ${percent(standardError)}.`
const visitorsErrorText = 'Standard error of the visitors, relative: 0 where the number is exact.'
const sessionsText =
  'Sessions that began, on a page: that were entered there. 30 minutes of silence end one, a new campaign begins one.'
const bounceText =
  'Share of the sessions without engagement: under 10 seconds visible, no click, no scroll goal, no conversion. Null without sessions.'
const engagementText = 'Seconds that pages were visible and focused, a session. Null without sessions.'
const scrollText = 'How far down pages were seen, in per cent, mean of the views that said so. Null without any.'

function bounceRate({ sessions, bounces }: Counts): number | null {
  return sessions === 0 ? null : bounces / sessions
}

function engagementSeconds({ sessions, engagedMs }: Counts): number | null {
  return sessions === 0 ? null : engagedMs / 1000 / sessions
}

function scrollDepth({ scrollSum, scrollCount }: Counts): number | null {
  return scrollCount === 0 ? null : scrollSum / scrollCount
}

interface ScopeArguments {
  siteId?: { id: string } | null | undefined
  pageId?: { id: string } | null | undefined
  from?: Date | null | undefined
}

export function scopeOf({ siteId, pageId, from }: ScopeArguments): MetricsScope {
  return { siteId: siteId?.id, pageId: pageId?.id, from }
}
