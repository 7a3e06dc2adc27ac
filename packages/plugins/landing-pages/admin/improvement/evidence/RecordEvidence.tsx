import { IntervalChart, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** The best that a page has done, before and now, on one axis. */
export function RecordEvidence({ of: { before, now } }: { of: v.InferOutput<typeof evidence.record> }) {
  const m = useMessages(evidenceMessages)
  const { percent } = useFormat()
  const row = (id: string, label: string, { variantKey, rate, lower, upper }: typeof now) => ({
    id,
    label,
    detail: variantKey,
    estimate: rate,
    interval: { lower, upper },
  })
  return (
    <IntervalChart
      label={m.rate}
      name={m.variant}
      interval={m.rate}
      reference={null}
      higherIsBetter={null}
      formatValue={(value) => percent(value)}
      rows={[row('now', m.now, now), row('before', m.before, before)]}
    />
  )
}
