import { type Builder, both } from '@espalier/core'
import type { Dimension } from '../dimensions.ts'
import type { Group } from '../split.ts'
import type { metricsTotals } from './metricsTotals.ts'

/** What numbers are split by, and what they are split into. */
export function metricsSplit(builder: Builder, interfaces: ReturnType<typeof metricsTotals>) {
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

  const MetricsGroup = builder.objectRef<Group>('MetricsGroup').implement({
    description: 'What was counted under one value of a dimension.',
    authScopes: { permission: 'tracking:read' },
    subGraphs: both,
    interfaces: [...interfaces],
    fields: (t) => ({
      value: t.exposeString('value', {
        nullable: true,
        description:
          'The value. Null: unknown or none. "(other)": together, what came after the first 500 different values of a day.',
      }),
    }),
  })

  return { MetricsDimension, MetricsGroup }
}
