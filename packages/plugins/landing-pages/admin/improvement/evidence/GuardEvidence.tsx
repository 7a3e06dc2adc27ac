import { LineChart, Meter, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

const dayMs = 86_400_000

/** How the original did beside the others lately, day by day, and what share it keeps for that. */
export function GuardEvidence({
  of: { from, to, chanceOriginalIsBetter, days },
  at,
}: {
  of: v.InferOutput<typeof evidence.guard>
  /** When the step was taken: days are counted back from it. */
  at: string
}) {
  const m = useMessages(evidenceMessages)
  const { percent } = useFormat()
  const today = Math.floor(Date.parse(at) / dayMs) * dayMs
  const course = (side: 'original' | 'others') =>
    days
      .toSorted((one, other) => other.daysAgo - one.daysAgo)
      .map((day) => ({
        at: today - day.daysAgo * dayMs,
        value: day[side].visitors === 0 ? null : day[side].conversions / day[side].visitors,
      }))
  return (
    <Stack gap={3}>
      <Meter label={m.shareBefore} value={from} max={1} valueLabel={percent(from, 0)} tone="neutral" />
      <Meter label={m.shareAfter} value={to} max={1} valueLabel={percent(to, 0)} tone="info" />
      <Meter
        label={m.chanceOriginal}
        value={chanceOriginalIsBetter}
        max={1}
        marks={[0.5]}
        valueLabel={percent(chanceOriginalIsBetter)}
        tone={chanceOriginalIsBetter > 0.5 ? 'warning' : 'positive'}
      />
      {days.length > 1 && (
        <LineChart
          label={m.days}
          height={140}
          formatValue={(value) => percent(value)}
          series={[
            { id: 'original', label: m.original, points: course('original') },
            { id: 'others', label: m.others, points: course('others') },
          ]}
        />
      )}
    </Stack>
  )
}
