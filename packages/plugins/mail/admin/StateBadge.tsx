import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'
import type { MailStateName } from './states.ts'

const tones: Record<MailStateName, Tone> = {
  CLICKED: 'positive',
  OPENED: 'positive',
  DELIVERED: 'positive',
  SENT: 'info',
  QUEUED: 'neutral',
  SUPPRESSED: 'warning',
  BOUNCED: 'critical',
  COMPLAINED: 'critical',
  FAILED: 'critical',
}

/** What became of a message, in a word. */
export function StateBadge({ state }: { state: MailStateName }) {
  return <Badge tone={tones[state]}>{useMessages(messages).states[state]}</Badge>
}
