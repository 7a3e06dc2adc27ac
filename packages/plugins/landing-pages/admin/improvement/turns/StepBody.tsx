import { Badge, Button, Note, Row, Stack, useMessages } from '@espalier/admin-kit'
import { Check, Undo2, X } from 'lucide-react'
import { CompareButton } from '../CompareButton.tsx'
import { hasEvidence, StepEvidence } from '../evidence/StepEvidence.tsx'
import { messages } from '../messages.ts'
import { personOf, type Step } from '../step.ts'
import { useStepDeeds } from '../useStepDeeds.ts'

/** What became of a step, who had a hand in it, what can be done about it, and its evidence. */
export function StepBody({ step, mayDecide }: { step: Step; mayDecide: boolean }) {
  const m = useMessages(messages)
  const { approve, reject, undo, busy, problem } = useStepDeeds()
  const { status, canBeUndone, undoneByName, candidate } = step
  const person = personOf(step)
  const waits = status === 'waiting'
  const isAbout = step.kind === 'candidate' || step.kind === 'introduction'
  return (
    <Stack gap={2}>
      {(status !== 'done' || person) && (
        <Row gap={2}>
          {status !== 'done' && <Badge tone={waits ? 'warning' : 'neutral'}>{m.stepStatus[status] ?? status}</Badge>}
          {person && <span className="e-muted">{person}</span>}
          {undoneByName && <span className="e-muted">{m.undoneBy(undoneByName)}</span>}
        </Row>
      )}
      {(step.kind === 'candidate' || waits) && candidate?.rationale && (
        <blockquote className="improvement-rationale">{candidate.rationale}</blockquote>
      )}
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <Row gap={2}>
        {mayDecide && waits && (
          <>
            <Button size="small" variant="primary" icon={Check} busy={busy} onPress={() => void approve(step)}>
              {m.approve}
            </Button>
            <Button size="small" icon={X} disabled={busy} onPress={() => void reject(step)}>
              {m.reject}
            </Button>
          </>
        )}
        {isAbout && candidate && <CompareButton candidate={candidate} size="small" />}
        {mayDecide && canBeUndone && (
          <Button size="small" icon={Undo2} busy={busy} onPress={() => void undo(step)}>
            {m.undo}
          </Button>
        )}
      </Row>
      {hasEvidence(step) && (
        <details className="improvement-evidence">
          <summary>{m.evidence}</summary>
          <StepEvidence step={step} />
        </details>
      )}
    </Stack>
  )
}
