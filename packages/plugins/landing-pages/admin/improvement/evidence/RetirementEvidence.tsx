import { DescriptionList, Meter, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** Why a variant goes. */
export function RetirementEvidence({ of }: { of: v.InferOutput<typeof evidence.retirement> }) {
  const m = useMessages(evidenceMessages)
  const { number, percent } = useFormat()
  const { reason, visitors, chanceToBeBest, chanceToBeatControl } = of
  return (
    <Stack gap={3}>
      <Meter
        label={m.chanceBest}
        value={chanceToBeBest}
        max={1}
        valueLabel={percent(chanceToBeBest, 2)}
        tone="warning"
      />
      <Meter
        label={m.chanceBeats}
        value={chanceToBeatControl}
        max={1}
        marks={[0.5]}
        valueLabel={percent(chanceToBeatControl, 2)}
        tone="warning"
      />
      <DescriptionList
        items={[
          [m.why, m.reasons[reason] ?? reason],
          [m.visitors, number(visitors)],
        ]}
      />
    </Stack>
  )
}
