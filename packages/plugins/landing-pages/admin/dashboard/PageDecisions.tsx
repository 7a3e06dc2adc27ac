import { Decision, DecisionsOf, plainId, target, useMessages, useQuery } from '@espalier/admin-kit'
import { Rocket } from 'lucide-react'
import { graphql } from '../graphql/index.ts'
import { pagePage } from '../pages.ts'
import { messages } from './messages.ts'

const WaitingRollouts = graphql(`
  query WaitingRollouts {
    pageRollouts(first: 20, filter: { status: [RUNNING] }) {
      nodes {
        id
        variantKey
        pace
        nextStepAt
        startedAt
        page { id title }
        guardrail { light reason }
      }
    }
  }
`)

/** Rollouts that go no further by themselves. */
export default function PageDecisions() {
  const m = useMessages(messages)
  const query = useQuery(WaitingRollouts, {})
  return (
    <DecisionsOf of={query}>
      {({ pageRollouts }) =>
        pageRollouts.nodes
          // By the clock they go on alone; by hand they wait, and so do those whose guardrails are not green.
          .filter(({ pace, guardrail }) => pace === 'MANUAL' || (pace === 'GUARDRAILS' && guardrail.light === 'RED'))
          .map(({ id, variantKey, page, guardrail, startedAt }) => (
            <Decision
              key={id}
              icon={Rocket}
              title={
                guardrail.light === 'RED'
                  ? m.decisionRolloutRed(page.title, variantKey)
                  : m.decisionRollout(page.title, variantKey)
              }
              detail={guardrail.reason}
              since={startedAt}
              to={target(pagePage, { params: { id: plainId(page.id) } })}
            />
          ))
      }
    </DecisionsOf>
  )
}
