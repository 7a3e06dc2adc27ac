import { Badge, Button, useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import type { DraftState } from './DraftKeeper.ts'

/** Whether what one sees is kept, and where. Read out when it changes, but for every pause of typing. */
export function SaveState({ state, onRetry }: { state: DraftState; onRetry: () => void }) {
  const { editor: m } = useMessages(messages)
  const { time } = useFormat()
  const calm = state.kind === 'saved' || state.kind === 'unsaved' || state.kind === 'saving'
  return (
    <span className="ed-save" role="status" aria-live={calm ? 'off' : 'polite'} data-state={state.kind}>
      {state.kind === 'saved' && (state.at ? m.savedAt(time(state.at)) : m.saved)}
      {(state.kind === 'unsaved' || state.kind === 'saving') && m.saving}
      {state.kind === 'offline' && <Badge tone="warning">{m.offline}</Badge>}
      {state.kind === 'clash' && <Badge tone="warning">{m.clash}</Badge>}
      {state.kind === 'refused' && (
        <>
          <Badge tone="critical">{m.refused}</Badge>
          <Button size="small" variant="quiet" onPress={onRetry}>
            {m.retry}
          </Button>
        </>
      )}
    </span>
  )
}
