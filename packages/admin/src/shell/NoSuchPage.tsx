import { AddressLink, PageFrame, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

/** For an address that stands for nothing: mistyped, or of a plugin that is switched off. */
export function NoSuchPage() {
  const m = useMessages(messages)
  return (
    <PageFrame title={m.noSuchPage}>
      <p>{m.noSuchPageWhy}</p>
      <p>
        <AddressLink address="/">{m.toDashboard}</AddressLink>
      </p>
    </PageFrame>
  )
}
