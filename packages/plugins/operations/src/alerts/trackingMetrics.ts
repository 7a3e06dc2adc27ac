import type { SqlContext } from '@espalier/core'
import type { SplitDimension, Tracking } from '@espalier/tracking'
import type { Metric, MetricSpan, Words } from './metric.ts'

/** What visitors do, as tracking counts it. */
export function trackingMetrics(tracking: Pick<Tracking, 'series' | 'split'>): Metric[] {
  return measures.map(({ name, label, unit, of }) => {
    const series = async (context: SqlContext, { from, to, filter }: MetricSpan, granularity: 'HOUR' | 'MINUTE') =>
      (await tracking.series(context, { ...filter, from, to }, granularity)).map((counts) => ({
        at: counts.at,
        ...of(counts),
      }))
    return {
      name: `tracking.${name}`,
      label,
      unit,
      hours: (context, span) => series(context, span, 'HOUR'),
      minutes: (context, span) => series(context, span, 'MINUTE'),
      dimensions,
      split: async (context, { from, to, filter }, dimension) => {
        const groups = await tracking.split(context, { ...filter, from, to }, dimension as SplitDimension, 50)
        return groups.map((group) => ({ value: group.value, ...of(group) }))
      },
    }
  })
}

const dimensions = [
  { name: 'channel', label: { en: 'channel', fr: 'canal' } },
  { name: 'country', label: { en: 'country', fr: 'pays' } },
  { name: 'device', label: { en: 'device', fr: 'appareil' } },
  { name: 'path', label: { en: 'page', fr: 'page' } },
] as const

interface Counted {
  readonly pageviews: number
  readonly visitors: number
  readonly sessions: number
  readonly conversions: number
  readonly bounces: number
}

const measures: readonly {
  name: string
  label: Words
  unit: Metric['unit']
  of: (counts: Counted) => { amount: number; base?: number }
}[] = [
  {
    name: 'visitors',
    label: { en: 'Visitors (by the hour, added up)', fr: 'Visiteurs (par heure, additionnés)' },
    unit: 'count',
    of: ({ visitors }) => ({ amount: visitors }),
  },
  {
    name: 'pageviews',
    label: { en: 'Page views', fr: 'Pages vues' },
    unit: 'count',
    of: ({ pageviews }) => ({ amount: pageviews }),
  },
  {
    name: 'sessions',
    label: { en: 'Sessions', fr: 'Sessions' },
    unit: 'count',
    of: ({ sessions }) => ({ amount: sessions }),
  },
  {
    name: 'conversions',
    label: { en: 'Conversions', fr: 'Conversions' },
    unit: 'count',
    of: ({ conversions }) => ({ amount: conversions }),
  },
  {
    name: 'conversionRate',
    label: { en: 'Conversions per session', fr: 'Conversions par session' },
    unit: 'share',
    of: ({ conversions, sessions }) => ({ amount: Math.min(conversions, sessions), base: sessions }),
  },
  {
    name: 'bounceRate',
    label: { en: 'Bounce rate', fr: 'Taux de rebond' },
    unit: 'share',
    of: ({ bounces, sessions }) => ({ amount: bounces, base: sessions }),
  },
]
