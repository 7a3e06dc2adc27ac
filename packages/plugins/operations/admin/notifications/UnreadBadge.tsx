import { useFormat, useMessages, useSubscription } from '@espalier/admin-kit'
import { NotificationsChangedDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How many the person has not read, as it changes. */
export default function UnreadBadge() {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { data } = useSubscription(NotificationsChangedDocument, {})
  const unread = data?.notificationsChanged.unread ?? 0
  if (unread === 0) return null
  return (
    <span className="operations-unread">
      <span aria-hidden="true">{number(unread)}</span>
      <span className="e-hidden">{m.unread(unread)}</span>
    </span>
  )
}
