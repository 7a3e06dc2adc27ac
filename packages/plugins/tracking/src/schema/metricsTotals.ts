import { type Builder, both, type SqlContext } from '@espalier/core'
import { readRevenue } from '../metrics.ts'
import type { Granularity, MetricsScope } from '../metricsScope.ts'
import { keptHours } from '../recentMinutes.ts'
import type { Counts } from '../rollupRows.ts'
import { readSeries, type SeriesPoint, type Steps } from '../series.ts'
import type { Tracking } from '../tracking.ts'
import { metricsCounts } from './metricsCounts.ts'

/** Counts of a span, in all or under one value: what is asked further is asked of their scope. */
export interface ScopedCounts extends Counts {
  readonly scope: MetricsScope
  /** How to read their series, where that is not by their scope alone. */
  readonly series?: (context: SqlContext, steps: Steps) => Promise<SeriesPoint[]>
}

/** What counts of a span have beside the numbers, whatever they are of. @returns the interfaces of such types */
export function metricsTotals(builder: Builder, tracking: Tracking) {
  const MetricsCounts = metricsCounts(builder)

  const MetricsGranularity = builder.enumType('MetricsGranularity', {
    description: 'The steps of a series.',
    subGraphs: both,
    values: {
      MINUTE: { description: `By minute: 24 hours at most, of the last ${keptHours}.` },
      HOUR: { description: 'By hour: 92 days at most.' },
      DAY: { description: 'By day: ten years at most.' },
    } as const satisfies Record<Granularity, object>,
  })

  const MetricsPoint = builder.objectRef<SeriesPoint>('MetricsPoint').implement({
    description: 'What was counted in one step of a series.',
    authScopes: { permission: 'tracking:read' },
    subGraphs: both,
    interfaces: [MetricsCounts],
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'Beginning of the step.' }),
    }),
  })

  const MetricsTotals = builder.interfaceRef<ScopedCounts>('MetricsTotals').implement({
    description: 'What was counted in a span of time, with its course.',
    subGraphs: both,
    interfaces: [MetricsCounts],
    fields: (t) => ({
      revenue: t.field({
        type: ['Money'],
        description: 'What conversions were worth, by currency.',
        complexity: 10,
        extensions: { boundedList: 'One amount for each currency.' },
        resolve: async ({ scope }, _args, ctx) => readRevenue(ctx, scope, await tracking.timeZone(ctx)),
      }),
      series: t.field({
        type: [MetricsPoint],
        description: 'The same by minute, hour or day. Steps in which nothing happened are left out.',
        complexity: 20,
        extensions: { boundedList: 'Its steps are bounded by the longest span of each granularity.' },
        args: {
          granularity: t.arg({ type: MetricsGranularity, required: true, description: 'The steps.' }),
          timeZone: t.arg.string({
            description:
              'Where days begin: an IANA time zone, such as "Europe/Paris". Default: the time zone of the workspace.',
          }),
        },
        resolve: async ({ scope, series }, { granularity, timeZone }, ctx) => {
          const keptIn = await tracking.timeZone(ctx)
          const steps = { granularity, timeZone: timeZone ?? keptIn, keptIn }
          return series ? series(ctx, steps) : readSeries(ctx, scope, granularity, steps.timeZone, keptIn)
        },
      }),
    }),
  })

  return [MetricsCounts, MetricsTotals] as const
}
