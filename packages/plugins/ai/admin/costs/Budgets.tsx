import { Badge, Link, Meter, Row, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type { AiSpendingQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { callsPage } from '../pages.ts'
import { messages } from './messages.ts'

export type Budget = AiSpendingQuery['aiSpending']['budgets'][number]

/** Budgets as bars, with the mark at which somebody is warned; what has no limit as its amount. */
export function Budgets({ budgets }: { budgets: readonly Budget[] }) {
  return (
    <Stack gap={4}>
      {budgets.map((budget) => (
        <BudgetLine key={budget.purpose} budget={budget} />
      ))}
    </Stack>
  )
}

function BudgetLine({ budget }: { budget: Budget }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { moneyMicros, number } = useFormat()
  const { purpose, limitMicros, spentMicros, reservedMicros, warnedAt, stoppedAt } = budget
  const used = spentMicros + reservedMicros
  const name = purpose || words.allPurposes
  const amount =
    limitMicros == null ? m.unlimited(moneyMicros(used)) : m.ofLimit(moneyMicros(used), moneyMicros(limitMicros))
  const state = stoppedAt ? m.stopped : warnedAt ? m.warned : undefined
  return (
    <Stack gap={1}>
      {limitMicros == null ? (
        <Row spread>
          <strong className="e-small">{name}</strong>
          <span className="e-small e-muted e-number">{amount}</span>
        </Row>
      ) : (
        <Meter
          label={name}
          value={used}
          max={limitMicros}
          valueLabel={amount}
          tone={stoppedAt ? 'critical' : warnedAt ? 'warning' : 'positive'}
          marks={[0.8]}
        />
      )}
      <Row gap={3}>
        <Link to={callsPage} search={purpose ? { filter: { purpose: [purpose] } } : {}} className="e-small">
          {m.calls(number(budget.calls))}
        </Link>
        {reservedMicros > 0 && <span className="e-small e-muted">{m.reserved(moneyMicros(reservedMicros))}</span>}
        {state && <Badge tone={stoppedAt ? 'critical' : 'warning'}>{state}</Badge>}
      </Row>
    </Stack>
  )
}
