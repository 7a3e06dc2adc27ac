import { useMessages } from '../language/messages.ts'
import { Button } from './Button.tsx'
import type { Question } from './confirm.ts'
import { Dialog } from './Dialog.tsx'
import { words } from './words.ts'

/** A question with its two answers, where the page keeps its state itself. */
export function ConfirmDialog({
  open,
  title,
  text,
  confirm,
  cancel,
  danger = false,
  busy = false,
  onConfirm,
  onCancel,
}: Question & { open: boolean; busy?: boolean; onConfirm: () => void; onCancel: () => void }) {
  const m = useMessages(words)
  return (
    <Dialog
      open={open}
      onClose={onCancel}
      title={title}
      size="small"
      alert
      actions={
        <>
          {/* What takes something away is not one Enter away. */}
          <Button onPress={onCancel} autoFocus={danger}>
            {cancel ?? m.cancel}
          </Button>
          <Button variant={danger ? 'danger' : 'primary'} busy={busy} onPress={onConfirm} autoFocus={!danger}>
            {confirm ?? m.confirm}
          </Button>
        </>
      }
    >
      {text && <div>{text}</div>}
    </Dialog>
  )
}
