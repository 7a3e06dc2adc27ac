import { Answer, BarChart, Link, Row, Skeleton, Stack, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { SpentDocument } from '../calls/documents.ts'
import { Budgets } from '../costs/Budgets.tsx'
import { monthOf } from '../costs/month.ts'
import { stacksOf } from '../costs/stacks.ts'
import { messages as shared } from '../messages.ts'
import { costsPage, servicePage } from '../pages.ts'
import { WidgetDocument } from './documents.ts'
import { messages } from './messages.ts'

/** What models have cost this month, day by day, against the budget. Budgets are months, whatever range is chosen. */
export default function SpendWidget() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { moneyMicros, date, day } = useFormat()
  const query = useQuery(WidgetDocument, {}, { live: { document: SpentDocument, again: true, every: 2_000 } })
  return (
    <Answer of={query} skeleton={<Skeleton height="16rem" />}>
      {({ aiSpending: { month, budgets, days } }) => {
        const all = budgets[0]
        const { bars, totalMicros } = stacksOf(
          days.map(({ costMicros, ...rest }) => ({ day: rest.day, part: '', costMicros })),
          monthOf(month.slice(0, 7), new Date(month)).days,
          '…',
        )
        if (!all || (totalMicros === 0 && all.calls === 0))
          return (
            <Stack gap={2}>
              <p className="e-muted">{m.nothing}</p>
              <Link to={servicePage}>{m.setUp}</Link>
            </Stack>
          )
        return (
          <Stack gap={3}>
            <Row align="baseline">
              <Link to={costsPage} className="e-stat-value">
                {moneyMicros(all.spentMicros + all.reservedMicros)}
              </Link>
              <span className="e-muted">{m.thisMonth}</span>
            </Row>
            <BarChart
              label={m.byDay}
              height={120}
              parts={[{ id: 'models', label: words.costs }]}
              bars={bars.map((bar) => ({
                id: bar.day,
                label: date(bar.day),
                short: day(bar.day),
                values: [bar.values[0] ?? 0],
              }))}
              formatValue={moneyMicros}
            />
            {all.limitMicros != null && <Budgets budgets={[all]} />}
          </Stack>
        )
      }}
    </Answer>
  )
}
