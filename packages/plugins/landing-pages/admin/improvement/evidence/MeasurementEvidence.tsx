import { IntervalChart, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** How variants did at an analysis, on one axis. */
export function MeasurementEvidence({ variants }: v.InferOutput<typeof evidence.measurement>) {
  const m = useMessages(evidenceMessages)
  const { number, percent } = useFormat()
  return (
    <IntervalChart
      label={m.measured}
      name={m.variant}
      interval={m.rate}
      reference={null}
      higherIsBetter={null}
      formatValue={(value) => percent(value)}
      columns={[m.visitors, m.share, m.chanceBest]}
      rows={variants.map(({ variantKey, visitors, conversionRate, rateLower, rateUpper, share, confidence }) => ({
        id: variantKey,
        label: variantKey,
        estimate: conversionRate,
        interval: rateLower === null || rateUpper === null ? null : { lower: rateLower, upper: rateUpper },
        cells: [
          number(visitors),
          share === null ? '–' : percent(share, 0),
          confidence === null ? '–' : percent(confidence, 0),
        ],
      }))}
    />
  )
}
