import {
  Answer,
  BarChart,
  ButtonLink,
  Card,
  EmptyState,
  Link,
  SegmentedControl,
  ShareList,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { CircleDollarSign, SlidersHorizontal } from 'lucide-react'
import { SpentDocument } from '../calls/documents.ts'
import type { AiSpendingQuery } from '../graphql/graphql.ts'
import { callsPage, costsPage, servicePage } from '../pages.ts'
import { Budgets } from './Budgets.tsx'
import { SpendingDocument } from './documents.ts'
import { messages } from './messages.ts'
import { type Month, monthOf } from './month.ts'
import { stacksOf } from './stacks.ts'
import { useMonthName } from './useMonthName.ts'

/** Budgets of a month and how it was spent, live while the month is the present one. */
export function ModelSpending({ month }: { month: Month }) {
  const query = useQuery(
    SpendingDocument,
    { month: month.key },
    { keep: true, live: { document: SpentDocument, again: true } },
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="34rem" />}>
      {({ aiSpending }) => (
        <Stack gap={6}>
          <SpentByDay spending={aiSpending} month={month} />
          <BudgetsOf spending={aiSpending} />
        </Stack>
      )}
    </Answer>
  )
}

type Spending = AiSpendingQuery['aiSpending']

function SpentByDay({ spending, month }: { spending: Spending; month: Month }) {
  const m = useMessages(messages)
  const { date, day, moneyMicros } = useFormat()
  const name = useMonthName()
  const { search, setSearch } = usePage(costsPage)
  const amounts =
    search.by === 'model'
      ? spending.models.map(({ model, ...rest }) => ({ part: model, ...rest }))
      : spending.days.map(({ purpose, ...rest }) => ({ part: purpose, ...rest }))
  const { parts, bars, totalMicros } = stacksOf(amounts, month.days, '…')
  const forecast = forecastOf(totalMicros, month, new Date())
  return (
    <Card
      title={m.spent(name(month))}
      badge={<strong className="e-number">{moneyMicros(totalMicros)}</strong>}
      lead={forecast === undefined ? undefined : m.forecast(moneyMicros(forecast))}
      actions={
        <SegmentedControl
          label={m.by}
          options={[
            { id: 'purpose', label: m.byPurpose },
            { id: 'model', label: m.byModel },
          ]}
          value={search.by}
          onChange={(by) => setSearch({ by })}
        />
      }
    >
      {totalMicros === 0 ? (
        <EmptyState icon={CircleDollarSign} title={m.nothing}>
          <p>{m.nothingText}</p>
        </EmptyState>
      ) : (
        <>
          <BarChart
            label={m.byDay}
            parts={parts.map(({ id }) => ({ id, label: id === '…' ? m.other : id }))}
            bars={bars.map((bar) => ({ id: bar.day, label: date(bar.day), short: day(bar.day), values: bar.values }))}
            formatValue={moneyMicros}
          />
          <ShareList
            label={search.by === 'model' ? m.byModel : m.byPurpose}
            rows={parts.map(({ id, costMicros }) => ({
              id,
              label:
                id === '…' ? (
                  m.other
                ) : (
                  <Link to={callsPage} search={{ filter: { [search.by]: [id], when: [month.from, month.to] } }}>
                    {id}
                  </Link>
                ),
              value: costMicros,
            }))}
            formatValue={moneyMicros}
            total={totalMicros}
          />
        </>
      )}
    </Card>
  )
}

/** What the present month comes to if it goes on like this; undefined for other months and before its third day. */
function forecastOf(totalMicros: number, month: Month, now: Date): number | undefined {
  const elapsed = (now.getTime() - Date.parse(month.from)) / 86_400_000
  if (month.key !== monthOf(undefined, now).key || elapsed < 2 || totalMicros === 0) return undefined
  return Math.round((totalMicros / elapsed) * month.days.length)
}

function BudgetsOf({ spending }: { spending: Spending }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  return (
    <Card
      title={m.budgets}
      lead={m.budgetsLead}
      actions={
        viewer.may('ai:configure') && (
          <ButtonLink to={servicePage} search={{ tab: 'limits' }} icon={SlidersHorizontal} size="small">
            {m.setLimits}
          </ButtonLink>
        )
      }
    >
      <Budgets budgets={spending.budgets} />
    </Card>
  )
}
