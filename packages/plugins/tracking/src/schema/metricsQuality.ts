import { type Builder, both } from '@espalier/core'
import { quantileError } from '../histogram.ts'
import type { Timing } from '../metrics.ts'
import { percent } from './metricsCounts.ts'

const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

interface Vital {
  readonly p75: number | null
  readonly samples: number
}

/** How fast pages were. @returns the type */
export function metricsVitals(builder: Builder) {
  const MetricsVital = builder.objectRef<Vital>('MetricsVital').implement({
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

  const meanings = {
    loadMs: ['load', 'Until the page was loaded, milliseconds.'],
    lcpMs: ['lcp', 'Largest Contentful Paint, milliseconds. Good: up to 2,500.'],
    inpMs: ['inp', 'Interaction to Next Paint, milliseconds. Good: up to 200.'],
    cls: ['cls', 'Cumulative Layout Shift. Good: up to 0.1.'],
  } as const satisfies Record<string, [Timing, string]>

  return builder.objectRef<Record<Timing, Vital>>('MetricsVitals').implement({
    description: 'How fast pages were for those who viewed them.',
    ...read,
    fields: (t) => {
      const vital = ([timing, description]: readonly [Timing, string]) =>
        t.field({ type: MetricsVital, description, resolve: (vitals) => vitals[timing] })
      return {
        loadMs: vital(meanings.loadMs),
        lcpMs: vital(meanings.lcpMs),
        inpMs: vital(meanings.inpMs),
        cls: vital(meanings.cls),
      }
    },
  })
}

/** What was served beside what was confirmed. @returns the type */
export function metricsDataQuality(builder: Builder) {
  return builder.objectRef<{ served: number; confirmed: number }>('MetricsDataQuality').implement({
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
}
