import { useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { LoopChangesDocument, WaitingCountDocument } from './documents.ts'
import { glanceMessages } from './glanceMessages.ts'
import './improvement.css'

/** How many steps wait for somebody, beside the way to them; nothing where none does. */
export default function WaitingBadge() {
  const m = useMessages(glanceMessages)
  const { number } = useFormat()
  const { data } = useQuery(WaitingCountDocument, {}, { live: { document: LoopChangesDocument, again: true } })
  const count = data?.pageLoopSteps.totalCount ?? 0
  if (count === 0) return null
  return (
    <span className="improvement-waiting">
      <span aria-hidden="true">{number(count)}</span>
      <span className="e-hidden">{m.waits(count)}</span>
    </span>
  )
}
