import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

/** Where a job can stand. */
export const jobStatuses = ['QUEUED', 'RUNNING', 'RETRYING', 'FAILED', 'COMPLETED', 'CANCELED'] as const

type JobStatusName = (typeof jobStatuses)[number]

const tones: Record<JobStatusName, Tone> = {
  QUEUED: 'neutral',
  RUNNING: 'info',
  RETRYING: 'warning',
  FAILED: 'critical',
  COMPLETED: 'positive',
  CANCELED: 'neutral',
}

/** Where a job stands, in a word. */
export function JobStatusBadge({ status }: { status: JobStatusName }) {
  return <Badge tone={tones[status]}>{useMessages(messages).statuses[status]}</Badge>
}
