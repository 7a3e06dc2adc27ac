import { Button, Row, Tooltip, useMessages } from '@espalier/admin-kit'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { messages } from './messages.ts'

/** The variables that a prompt is given; pressing one puts it into the message. */
export function VariableChips({
  variables,
  onInsert,
}: {
  variables: FoundPrompt['variables']
  onInsert: (name: string) => void
}) {
  const m = useMessages(messages)
  if (variables.length === 0) return null
  return (
    <Row gap={1}>
      <span className="e-label">{m.insert}</span>
      {variables.map(({ name, description }) => (
        <Tooltip key={name} content={description || name}>
          <Button size="small" variant="quiet" onPress={() => onInsert(name)}>
            <code>{name}</code>
          </Button>
        </Tooltip>
      ))}
    </Row>
  )
}
