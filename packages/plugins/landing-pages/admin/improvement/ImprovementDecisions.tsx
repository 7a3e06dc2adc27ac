import { Decision, DecisionsOf, plainId, target, useMessages, useQuery } from '@espalier/admin-kit'
import { LoopChangesDocument, WaitingStepsDocument } from './documents.ts'
import { glanceMessages } from './glanceMessages.ts'
import { pageImprovementPage } from './pages.ts'
import { iconOf } from './step.ts'

/** Steps of all pages that wait for somebody's yes or no. */
export default function ImprovementDecisions() {
  const m = useMessages(glanceMessages)
  const query = useQuery(WaitingStepsDocument, { first: 10 }, { live: { document: LoopChangesDocument, again: true } })
  return (
    <DecisionsOf of={query}>
      {({ pageLoopSteps }) =>
        pageLoopSteps.nodes.map((step) => (
          <Decision
            key={step.id}
            icon={iconOf(step)}
            title={m.decide(step.run.page.title)}
            detail={step.summary}
            since={step.at}
            to={target(pageImprovementPage, { params: { id: plainId(step.run.page.id) } })}
          />
        ))
      }
    </DecisionsOf>
  )
}
