import { Button, Dialog, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'

/** Asks before somebody leaves what could not be saved. It stays in this browser. */
export function LeaveDialog({ stay, leave }: { stay: () => void; leave: () => void }) {
  const { editor: m } = useMessages(messages)
  return (
    <Dialog
      open
      alert
      size="small"
      title={m.leaveTitle}
      onClose={stay}
      actions={
        <>
          <Button onPress={leave}>{m.leave}</Button>
          <Button variant="primary" onPress={stay}>
            {m.stay}
          </Button>
        </>
      }
    >
      <p>{m.leaveText}</p>
    </Dialog>
  )
}
