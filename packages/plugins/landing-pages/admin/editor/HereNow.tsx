import { Avatar, useFormat, useMessages, useSubscription } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import { PageEditorsDocument } from './documents.ts'

/** Who else has the page open. Being here is what shows oneself to them. */
export function HereNow({ pageId, variantKey }: { pageId: string; variantKey: string }) {
  const { editor: m } = useMessages(messages)
  const { list } = useFormat()
  const { data } = useSubscription(PageEditorsDocument, { pageId, variantKey })
  const others = data?.pageEditors ?? []
  if (others.length === 0) return null
  const names = [...new Set(others.map(({ name }) => name))]
  return (
    <span className="ed-here" role="status" title={m.here(list(names))}>
      {names.slice(0, 3).map((name) => (
        <Avatar key={name} name={name} />
      ))}
      <span className="e-hidden">{m.here(list(names))}</span>
    </span>
  )
}
