import {
  Button,
  Decision,
  DecisionsOf,
  target,
  toast,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { MailWarning } from 'lucide-react'
import { HoldsDocument, ReleaseHoldDocument } from './documents.ts'
import { messages } from './messages.ts'
import { outboxPage } from './pages.ts'

/** Marketing mail that stands still until somebody lets it go on. */
export default function HoldDecisions() {
  const m = useMessages(messages)
  const { number } = useFormat()
  const viewer = useViewer()
  const holds = useQuery(HoldsDocument, {})
  const [release, { busy }] = useMutation(ReleaseHoldDocument, { after: () => toast(m.released, { tone: 'positive' }) })
  return (
    <DecisionsOf of={holds}>
      {({ mailHolds }) =>
        mailHolds.nodes
          .filter(({ releasedAt }) => !releasedAt)
          .map(({ id, reason, sent, failed, heldAt }) => (
            <Decision
              key={id}
              icon={MailWarning}
              urgent
              title={m.holdOf[reason] ?? m.hold}
              detail={m.holdWhy(number(failed), number(sent))}
              since={heldAt}
              to={target(outboxPage, { search: { filter: { class: ['MARKETING'] } } })}
              actions={
                viewer.may('mail:configure') && (
                  <Button
                    size="small"
                    busy={busy}
                    onPress={async () => {
                      const { problem } = await release({ id })
                      if (problem) toast(problem.message, { tone: 'critical' })
                    }}
                  >
                    {m.release}
                  </Button>
                )
              }
            />
          ))
      }
    </DecisionsOf>
  )
}
