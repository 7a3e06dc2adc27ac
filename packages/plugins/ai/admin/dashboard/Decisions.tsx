import { Decision, DecisionsOf, plainId, target, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { CircleDollarSign, CircleHelp, PlugZap } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { callPage, callsPage, costsPage, servicePage } from '../pages.ts'
import { DecisionsDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Calls that somebody has to settle, budgets that are nearly used, a service that is down. */
export default function Decisions() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { moneyMicros, number } = useFormat()
  const query = useQuery(DecisionsDocument, {})
  return (
    <DecisionsOf of={query}>
      {({ aiCalls: { nodes, totalCount }, aiSpending: { budgets }, aiStatus }) => (
        <>
          {nodes[0] && (
            <Decision
              icon={CircleHelp}
              title={m.unknown(number(totalCount))}
              detail={m.unknownDetail(moneyMicros(nodes.reduce((sum, call) => sum + (call.costMicros ?? 0), 0)))}
              since={nodes[0].createdAt}
              to={
                totalCount === 1
                  ? target(callPage, { params: { id: plainId(nodes[0].id) } })
                  : target(callsPage, { search: { filter: { status: ['UNKNOWN'] } } })
              }
            />
          )}
          {budgets
            .filter(({ warnedAt, stoppedAt }) => warnedAt ?? stoppedAt)
            .map(({ purpose, spentMicros, limitMicros, warnedAt, stoppedAt }) => {
              const name = purpose || words.allPurposes
              const since = stoppedAt ?? warnedAt
              return (
                <Decision
                  key={purpose}
                  icon={CircleDollarSign}
                  urgent={stoppedAt != null}
                  title={stoppedAt ? m.stopped(name) : m.warned(name)}
                  detail={m.ofLimit(moneyMicros(spentMicros), moneyMicros(limitMicros ?? 0))}
                  {...(since ? { since } : {})}
                  to={target(costsPage)}
                />
              )
            })}
          {aiStatus.configured && aiStatus.breaker === 'OPEN' && (
            <Decision icon={PlugZap} urgent title={m.down} detail={m.downDetail} to={target(servicePage)} />
          )}
        </>
      )}
    </DecisionsOf>
  )
}
