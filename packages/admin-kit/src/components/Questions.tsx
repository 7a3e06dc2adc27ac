import { useState, useSyncExternalStore } from 'react'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { openQuestion, setAsked } from './confirm.ts'

/** Shows what `useConfirm` asks. */
export function Questions() {
  const current = useSyncExternalStore(openQuestion.subscribe, openQuestion.current)
  // While it fades, it says what it said.
  const [shown, setShown] = useState(current)
  if (current && current !== shown) setShown(current)
  if (!shown) return null
  const answer = (yes: boolean) => {
    shown.answer(yes)
    setAsked(undefined)
  }
  return (
    <ConfirmDialog
      {...shown.question}
      open={current !== undefined}
      onConfirm={() => answer(true)}
      onCancel={() => answer(false)}
    />
  )
}
