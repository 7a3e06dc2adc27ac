import type { Builder, BuilderTypes } from '@espalier/core'
import { both } from '@espalier/core'
import type { Counts } from '../rollupRows.ts'
import { standardError } from '../visitorCounts.ts'

/** What is counted, wherever it is: in a span, under one value of a dimension, in one step of a series. */
export function metricsCounts(builder: Builder): PothosSchemaTypes.InterfaceRef<BuilderTypes, Counts> {
  return builder.interfaceRef<Counts>('MetricsCounts').implement({
    description: 'What was counted. Bots and people who ask not to be tracked are not.',
    subGraphs: both,
    fields: (t) => ({
      pageviews: t.expose('pageviews', { type: 'SafeInt', description: 'Pages viewed.' }),
      visitors: t.expose('visitors', {
        type: 'SafeInt',
        description: `Different visitors with a pageview, each once in the whole span or step. Exact as long as no hour has more than 128 of them; beyond, estimated with a standard error of ${percent(standardError)}.`,
      }),
      visitorsError: t.exposeFloat('visitorsError', {
        description: 'Standard error of the visitors, relative: 0 where the number is exact.',
      }),
      clicks: t.expose('clicks', { type: 'SafeInt', description: 'Clicks on marked elements.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached, each time.' }),
      sessions: t.expose('sessions', {
        type: 'SafeInt',
        description:
          'Sessions that began, on a page: that were entered there. 30 minutes of silence end one, a new campaign begins one.',
      }),
      bounceRate: t.float({
        nullable: true,
        description:
          'Share of the sessions without engagement: under 10 seconds visible, no click, no scroll goal, no conversion. Null without sessions.',
        resolve: ({ sessions, bounces }) => (sessions === 0 ? null : bounces / sessions),
      }),
      engagementSeconds: t.float({
        nullable: true,
        description: 'Seconds that pages were visible and focused, a session. Null without sessions.',
        resolve: ({ sessions, engagedMs }) => (sessions === 0 ? null : engagedMs / 1000 / sessions),
      }),
      scrollDepth: t.float({
        nullable: true,
        description: 'How far down pages were seen, in per cent, mean of the views that said so. Null without any.',
        resolve: ({ scrollSum, scrollCount }) => (scrollCount === 0 ? null : scrollSum / scrollCount),
      }),
    }),
  })
}

/** A share as people read it: "1.5 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
