import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

const tones: Record<'OPEN' | 'ACKNOWLEDGED' | 'RESOLVED', Tone> = {
  OPEN: 'critical',
  ACKNOWLEDGED: 'warning',
  RESOLVED: 'positive',
}

/** Where an alert stands. */
export function StatusBadge({ status }: { status: keyof typeof tones }) {
  return <Badge tone={tones[status]}>{useMessages(messages).statuses[status]}</Badge>
}
