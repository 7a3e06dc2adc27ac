import type { SqlContext } from '@espalier/core'
import type { SplitDimension, Tracking } from '@espalier/tracking'
import type { Metric, MetricSpan, Words } from './metric.ts'

/** What visitors do, as tracking counts it. */
export function trackingMetrics(tracking: Read): Metric[] {
  return measures.map(({ name, label, unit, goals, of }) => {
    const series = async (context: SqlContext, span: MetricSpan, granularity: 'HOUR' | 'MINUTE') => {
      const { goal, ...place } = span.filter
      const kept = goal === undefined ? span : { ...span, from: firstLogged(tracking, context, span.from) }
      if (kept.from >= kept.to) return []
      const { from, to } = kept
      const [points, reached] = await Promise.all([
        tracking.series(context, { ...place, from, to }, granularity),
        goal === undefined ? undefined : tracking.goalCounts(context, { ...place, goal, from, to }, granularity),
      ])
      return points.map((counts) => ({ at: counts.at, ...of(ofGoal(counts, reached, counts.at.getTime())) }))
    }
    return {
      name: `tracking.${name}`,
      label,
      unit,
      hours: (context, span) => series(context, span, 'HOUR'),
      minutes: (context, span) => series(context, span, 'MINUTE'),
      goals: goals === true,
      dimensions,
      split: async (context, { from, to, filter: { goal, ...place } }, dimension) => {
        const [groups, reached] = await Promise.all([
          tracking.split(context, { ...place, from, to }, dimension as SplitDimension, 50),
          goal === undefined
            ? undefined
            : tracking.goalCounts(context, { ...place, goal, from, to }, dimension as 'path'),
        ])
        return groups.map((group) => ({ value: group.value, ...of(ofGoal(group, reached, group.value)) }))
      },
    }
  })
}

type Read = Pick<Tracking, 'series' | 'split' | 'goalCounts' | 'retentionDays'>

/** The counts with the conversions of one goal alone, where one is watched. */
function ofGoal(counts: Counted, reached: ReadonlyMap<unknown, number> | undefined, key: unknown): Counted {
  return reached ? { ...counts, conversions: reached.get(key) ?? 0 } : counts
}

/** Single goals are counted from the log: what it no longer has is no zero. Whole hours from `from` on. */
function firstLogged({ retentionDays }: Read, { clock }: SqlContext, from: Date): Date {
  if (retentionDays === undefined) return from
  const missing = clock.now().getTime() - retentionDays * 86_400_000 - from.getTime()
  return missing <= 0 ? from : new Date(from.getTime() + Math.ceil(missing / 3_600_000) * 3_600_000)
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
  goals?: true
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
    goals: true,
    of: ({ conversions }) => ({ amount: conversions }),
  },
  {
    name: 'conversionRate',
    label: { en: 'Conversions per session', fr: 'Conversions par session' },
    unit: 'share',
    goals: true,
    of: ({ conversions, sessions }) => ({ amount: Math.min(conversions, sessions), base: sessions }),
  },
  {
    name: 'bounceRate',
    label: { en: 'Bounce rate', fr: 'Taux de rebond' },
    unit: 'share',
    of: ({ bounces, sessions }) => ({ amount: bounces, base: sessions }),
  },
]
