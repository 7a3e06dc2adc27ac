import { Badge, Button, Note, Row, Stack, TimeAgo, useMessages } from '@espalier/admin-kit'
import { Check, X } from 'lucide-react'
import { useId } from 'react'
import { CompareButton } from './CompareButton.tsx'
import { hasEvidence, StepEvidence } from './evidence/StepEvidence.tsx'
import { messages } from './messages.ts'
import { iconOf, type Step } from './step.ts'
import { useStepDeeds } from './useStepDeeds.ts'

/** A step that waits for a person: what it is to do, on what evidence, and the two answers. */
export function StepToDecide({ step, mayDecide }: { step: Step; mayDecide: boolean }) {
  const m = useMessages(messages)
  const { approve, reject, busy, problem } = useStepDeeds()
  const title = useId()
  const Icon = iconOf(step)
  const { summary, candidate, at } = step
  return (
    <article className="e-card" aria-labelledby={title}>
      <Row gap={2}>
        <Icon size={16} aria-hidden="true" />
        <Badge tone="warning">{m.stepStatus.waiting}</Badge>
        <span className="e-muted">
          <TimeAgo at={at} />
        </span>
      </Row>
      <p id={title} className="improvement-summary">
        {summary}
      </p>
      {candidate?.rationale && (
        <blockquote className="improvement-rationale">
          <span className="e-hidden">{m.rationale}</span>
          {candidate.rationale}
        </blockquote>
      )}
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <Row gap={2}>
        {mayDecide && (
          <>
            <Button
              variant="primary"
              icon={Check}
              busy={busy}
              aria-describedby={title}
              onPress={() => void approve(step)}
            >
              {m.approve}
            </Button>
            <Button icon={X} disabled={busy} aria-describedby={title} onPress={() => void reject(step)}>
              {m.reject}
            </Button>
          </>
        )}
        {candidate && <CompareButton candidate={candidate} />}
      </Row>
      {hasEvidence(step) && (
        <details className="improvement-evidence">
          <summary>{m.evidence}</summary>
          <Stack gap={3}>
            <StepEvidence step={step} />
          </Stack>
        </details>
      )}
    </article>
  )
}
