import { Columns, IntervalChart, Section, Stack, Stat, useElsewhere, useFormat, useMessages } from '@espalier/admin-kit'
import { generations } from '../elsewhere.ts'
import { messages } from './messages.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

/** What the improvement has earned against those who were held back, its record, and what it has cost. */
export function Earned({ page }: { page: ImprovingPage }) {
  const m = useMessages(messages)
  const { number, percent, change, moneyMicros } = useFormat()
  const { earned, record } = page.loop ?? {}
  const spent = useElsewhere()(generations, { search: { filter: { purpose: ['landing-pages.write-variant'] } } })
  return (
    <Section title={m.earned} lead={m.earnedLead}>
      <Stack gap={4}>
        <Columns min="12rem">
          <Stat
            label={m.moreConversions}
            value={earned ? number(earned.conversions) : undefined}
            detail={earned ? m.between(number(earned.lower), number(earned.upper)) : m.earnedNothing}
          />
          <Stat
            label={m.best}
            value={record ? percent(record.rate) : undefined}
            detail={record ? m.bestOf(record.variantKey, percent(record.rate)) : undefined}
          />
          <Stat
            label={m.cost}
            value={moneyMicros(page.loopCostMicros)}
            detail={m.sinceStart}
            {...(spent ? { to: spent } : {})}
          />
        </Columns>
        {earned && typeof earned.lift === 'number' && (
          <IntervalChart
            label={m.lift}
            name={m.page}
            interval={m.lift}
            formatValue={(value) => change(value, Math.abs(value) < 0.095 ? 1 : 0)}
            rows={[
              {
                id: page.id,
                label: page.title,
                estimate: earned.lift,
                interval:
                  typeof earned.liftLower === 'number' && typeof earned.liftUpper === 'number'
                    ? { lower: earned.liftLower, upper: earned.liftUpper }
                    : null,
              },
            ]}
          />
        )}
      </Stack>
    </Section>
  )
}
