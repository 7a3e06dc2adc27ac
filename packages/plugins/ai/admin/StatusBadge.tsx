import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import type { AiCallStatus } from './graphql/graphql.ts'
import { messages } from './messages.ts'

const tones: Record<AiCallStatus, Tone> = {
  PLANNED: 'neutral',
  ATTEMPTED: 'info',
  SUCCEEDED: 'positive',
  FAILED: 'critical',
  UNKNOWN: 'warning',
}

/** Where a call of a model is. */
export function StatusBadge({ status }: { status: AiCallStatus }) {
  const m = useMessages(messages)
  return <Badge tone={tones[status]}>{m.status[status]}</Badge>
}
