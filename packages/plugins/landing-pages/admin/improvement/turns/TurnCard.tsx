import { Badge, Note, Stack, TimeAgo, Timeline, type Tone, useFormat, useMessages } from '@espalier/admin-kit'
import { useId } from 'react'
import { messages } from '../messages.ts'
import { iconOf, personOf, type Step, toneOf } from '../step.ts'
import { StepBody } from './StepBody.tsx'
import type { Turn } from './Story.tsx'

const tones: Record<Turn['status'], Tone> = {
  WAITING: 'neutral',
  RUNNING: 'info',
  APPROVAL: 'warning',
  DONE: 'neutral',
  FAILED: 'critical',
  CANCELED: 'neutral',
}

/** One turn: what brought it about, what it cost, and its steps one after the other. */
export function TurnCard({ turn, mayDecide }: { turn: Turn; mayDecide: boolean }) {
  const m = useMessages(messages)
  const { moneyMicros, duration } = useFormat()
  const title = useId()
  const { kind, status, createdAt, startedAt, finishedAt, requestedByName, costMicros, failure } = turn
  const asked = personOf({ actorName: requestedByName })
  return (
    <article className="e-card" aria-labelledby={title}>
      <div className="improvement-turn-head">
        <h2 id={title}>{m.runs[kind]}</h2>
        <Badge tone={tones[status]}>{m.runStatus[status]}</Badge>
        <span className="e-muted">
          <TimeAgo at={createdAt} />
        </span>
        <span className="e-muted">{asked ? m.askedBy(asked) : m.byItself}</span>
        {startedAt && finishedAt && (
          <span className="e-muted">{duration(Date.parse(finishedAt) - Date.parse(startedAt))}</span>
        )}
        {costMicros > 0 && <span className="e-muted">{moneyMicros(costMicros)}</span>}
      </div>
      {failure && <Note tone="critical">{failure}</Note>}
      <Stack gap={3}>
        {turn.steps.nodes.length === 0 ? (
          <p className="e-muted">{m.noSteps}</p>
        ) : (
          <Timeline
            label={m.steps(m.runs[kind])}
            items={[
              ...turn.steps.nodes.map((step) => itemOf(step, mayDecide)),
              ...(status === 'RUNNING'
                ? [
                    {
                      id: 'running',
                      title: m.stages[turn.step.split(':')[0] ?? ''] ?? m.now,
                      running: true,
                      tone: 'info' as const,
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Stack>
    </article>
  )
}

function itemOf(step: Step, mayDecide: boolean) {
  const Icon = iconOf(step)
  return {
    id: step.id,
    title: step.summary,
    time: <TimeAgo at={step.at} />,
    icon: <Icon size={14} aria-hidden="true" />,
    tone: toneOf(step),
    children: <StepBody step={step} mayDecide={mayDecide} />,
  }
}
