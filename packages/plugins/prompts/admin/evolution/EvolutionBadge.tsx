import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import type { PromptEvolutionStatus } from '../graphql/graphql.ts'
import { messages } from './messages.ts'

const tones: Record<PromptEvolutionStatus, Tone> = {
  WAITING: 'neutral',
  RUNNING: 'info',
  DONE: 'positive',
  STOPPED: 'warning',
  FAILED: 'critical',
}

/** Where an evolution is. */
export function EvolutionBadge({ status }: { status: PromptEvolutionStatus }) {
  const m = useMessages(messages)
  return <Badge tone={tones[status]}>{m.status[status]}</Badge>
}
