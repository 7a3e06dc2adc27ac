import {
  Answer,
  BarChart,
  Card,
  Link,
  LinkElsewhere,
  ShareList,
  Skeleton,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { mailDays } from '../elsewhere.ts'
import { callsPage } from '../pages.ts'
import { CostsDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { Month } from './month.ts'
import { stacksOf } from './stacks.ts'

/** Model calls and mail together. Which kinds there are is known to the server. */
export function AllCosts({ month }: { month: Month }) {
  const m = useMessages(messages)
  const { date, day, moneyMicros } = useFormat()
  const query = useQuery(CostsDocument, { from: month.from, to: month.to }, { keep: true })
  const names: Record<string, string> = { models: m.models, mail: m.mail, '…': m.other }
  return (
    <Answer of={query} skeleton={<Skeleton height="20rem" />}>
      {({ costs }) => {
        const { parts, bars } = stacksOf(
          costs.days.map(({ kind, ...rest }) => ({ part: kind, ...rest })),
          month.days,
          '…',
        )
        return (
          <Card
            title={m.together}
            lead={m.togetherLead}
            badge={<strong className="e-number">{moneyMicros(costs.totalMicros)}</strong>}
          >
            {parts.length === 0 ? (
              <p className="e-muted">{m.nothing}</p>
            ) : (
              <>
                <BarChart
                  label={m.togetherLead}
                  parts={parts.map(({ id }) => ({ id, label: names[id] ?? id }))}
                  bars={bars.map((bar) => ({
                    id: bar.day,
                    label: date(bar.day),
                    short: day(bar.day),
                    values: bar.values,
                  }))}
                  formatValue={moneyMicros}
                />
                <ShareList
                  label={m.together}
                  rows={parts.map(({ id, costMicros }) => ({
                    id,
                    label: (
                      <Source kind={id} month={month}>
                        {names[id] ?? id}
                      </Source>
                    ),
                    value: costMicros,
                  }))}
                  formatValue={moneyMicros}
                  total={costs.totalMicros}
                />
              </>
            )}
          </Card>
        )
      }}
    </Answer>
  )
}

/** To what a kind of costs is the sum of, where there is a page of it. */
function Source({ kind, month, children }: { kind: string; month: Month; children: string }) {
  if (kind === 'models')
    return (
      <Link to={callsPage} search={{ filter: { when: [month.from, month.to] } }}>
        {children}
      </Link>
    )
  return kind === 'mail' ? <LinkElsewhere to={mailDays}>{children}</LinkElsewhere> : children
}
