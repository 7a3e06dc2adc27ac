import { Badge, type Tone, useMessages } from '@espalier/admin-kit'
import type { ExperimentStatus, ExperimentVerdictState } from './graphql/graphql.ts'
import { messages } from './messages.ts'

const statusTones: Record<ExperimentStatus, Tone> = {
  DRAFT: 'neutral',
  RUNNING: 'positive',
  PAUSED: 'warning',
  COMPLETED: 'info',
  ARCHIVED: 'neutral',
}

const verdictTones: Record<ExperimentVerdictState, Tone> = {
  COLLECTING: 'neutral',
  UNHEALTHY: 'critical',
  WINNER: 'positive',
  LOSER: 'warning',
  INCONCLUSIVE: 'neutral',
}

/** Where an experiment is in its life. */
export function StatusBadge({ status }: { status: ExperimentStatus }) {
  const m = useMessages(messages)
  return <Badge tone={statusTones[status]}>{m.status[status]}</Badge>
}

/** What its results say, in a word. */
export function VerdictBadge({ state }: { state: ExperimentVerdictState }) {
  const m = useMessages(messages)
  return <Badge tone={verdictTones[state]}>{m.verdict[state]}</Badge>
}
