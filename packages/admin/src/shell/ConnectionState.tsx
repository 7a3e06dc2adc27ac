import { useConnection, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

/** Says when what is shown may be old. Silent while all is well. */
export function ConnectionState() {
  const connection = useConnection()
  const m = useMessages(messages)
  return (
    <div role="status" className={`connection connection-${connection}`}>
      {connection === 'online' ? null : m.connection[connection]}
    </div>
  )
}
