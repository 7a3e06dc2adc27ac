import { Link, useFormat, useMessages, useSubscription } from '@espalier/admin-kit'
import { ShownDocument } from './documents.ts'
import { messages } from './messages.ts'
import { entriesPage } from './pages.ts'

/** How many entries visitors see, as it changes. The number leads to them. */
export default function ShownWidget() {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { data } = useSubscription(ShownDocument, {})
  return (
    <Link to={entriesPage} search={{ filter: { status: ['SHOWN'] } }}>
      {m.shown(data === undefined ? '…' : number(data.guestbookShown))}
    </Link>
  )
}
