import { Button, IconButton, useMessages } from '@espalier/admin-kit'
import { ExternalLink, History, Redo2, Rocket, Undo2 } from 'lucide-react'
import { messages } from '../messages.ts'
import type { useSteps } from './useSteps.ts'

/** Back and forth, and what is about the page as a whole. */
export function EditorActions({
  steps,
  open,
}: {
  steps: ReturnType<typeof useSteps>
  open: (panel: 'history' | 'preview' | 'publish') => void
}) {
  const { editor: m } = useMessages(messages)
  return (
    <>
      <IconButton label={m.undo} icon={Undo2} disabled={!steps.hasPast} onPress={steps.back} />
      <IconButton label={m.redo} icon={Redo2} disabled={!steps.hasFuture} onPress={steps.forward} />
      <IconButton label={m.history} icon={History} onPress={() => open('history')} />
      <Button icon={ExternalLink} onPress={() => open('preview')}>
        {m.preview}
      </Button>
      <Button variant="primary" icon={Rocket} onPress={() => open('publish')}>
        {m.publish}
      </Button>
    </>
  )
}
