import { IntervalChart, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import type { Step } from '../step.ts'
import { evidenceMessages } from './messages.ts'
import { evidence, readEvidence } from './read.ts'

/** Features that go with better or worse results: what they do to the odds, on one axis. */
export function PatternEvidence({
  of: { lookedAt, claimed },
  labels,
}: {
  of: v.InferOutput<typeof evidence.patterns>
  labels: Step['featureLabels']
}) {
  const m = useMessages(evidenceMessages)
  const { number } = useFormat()
  return (
    <Stack gap={2}>
      <p className="e-muted">{m.lookedAt(number(lookedAt))}</p>
      {claimed.length > 0 && <Effects label={m.features} patterns={claimed} labels={labels} />}
    </Stack>
  )
}

export function Effects({
  label,
  patterns,
  labels,
}: {
  label: string
  patterns: v.InferOutput<typeof evidence.patterns>['claimed']
  labels: Step['featureLabels']
}) {
  const m = useMessages(evidenceMessages)
  const { change } = useFormat()
  const words = readEvidence(evidence.labels, labels) ?? {}
  return (
    <IntervalChart
      label={label}
      name={m.feature}
      interval={m.odds}
      formatValue={(value) => change(value, 0)}
      rows={patterns.map(({ feature, effect, lower, upper }) => ({
        id: feature,
        label: words[feature] ?? feature,
        // Odds, not their logarithm: 0.2 of log odds is 22 % more.
        estimate: Math.expm1(effect),
        interval: { lower: Math.expm1(lower), upper: Math.expm1(upper) },
      }))}
    />
  )
}
