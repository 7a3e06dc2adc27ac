import {
  Button,
  Decision,
  DecisionsOf,
  plainId,
  target,
  toast,
  useMessages,
  useMutation,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { BellRing } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import { alertPage } from '../pages.ts'
import { decisionMessages } from './decisionMessages.ts'
import { AcknowledgeDocument, OpenAlertsDocument } from './documents.ts'

/** Alerts that nobody looks after yet. */
export default function AlertDecisions() {
  const m = useMessages(decisionMessages)
  const viewer = useViewer()
  const open = useQuery(
    OpenAlertsDocument,
    {},
    { live: { document: ChangesDocument, variables: { types: ['Alert'] }, again: true } },
  )
  const [acknowledge] = useMutation(AcknowledgeDocument)
  return (
    <DecisionsOf of={open}>
      {({ alerts }) =>
        alerts.nodes
          .filter(({ status }) => status === 'OPEN')
          .map(({ id, cause, openedAt, rule }) => (
            <Decision
              key={id}
              icon={BellRing}
              urgent
              title={rule.name}
              detail={cause}
              since={openedAt}
              to={target(alertPage, { params: { id: plainId(id) } })}
              actions={
                viewer.may('operations:write') && (
                  <Button
                    size="small"
                    onPress={async () => {
                      const { problem } = await acknowledge({ id })
                      if (problem) toast(problem.message, { tone: 'critical' })
                    }}
                  >
                    {m.acknowledge}
                  </Button>
                )
              }
            />
          ))
      }
    </DecisionsOf>
  )
}
