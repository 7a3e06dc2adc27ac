import { DescriptionList, ShareBar, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** How many variants the traffic can tell apart, how many take part, and what that is reckoned from. */
export function SupportEvidence({ of }: { of: v.InferOutput<typeof evidence.support> }) {
  const m = useMessages(evidenceMessages)
  const { number, percent } = useFormat()
  const { visitorsPerDay, baseRate, minDetectableLift, horizonDays, supportable, live, waiting } = of
  const room = Math.max(0, supportable - live - waiting)
  return (
    <Stack gap={3}>
      <ShareBar
        label={m.places}
        formatValue={(value) => number(value)}
        parts={[
          { id: 'live', label: m.live, value: live, color: 1 },
          { id: 'waiting', label: m.waiting, value: waiting, color: 3 },
          { id: 'room', label: m.room, value: room, color: 5 },
        ]}
      />
      <DescriptionList
        items={[
          [m.places, number(supportable)],
          [m.perDay, number(visitorsPerDay)],
          [m.baseRate, percent(baseRate)],
          [m.liftWanted, percent(minDetectableLift, 0)],
          [m.within, m.daysOf(number(horizonDays))],
        ]}
      />
    </Stack>
  )
}
