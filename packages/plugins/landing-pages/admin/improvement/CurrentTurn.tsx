import { Button, Card, Note, ProgressBar, Row, useMessages, useMutation } from '@espalier/admin-kit'
import { Square } from 'lucide-react'
import { messages } from './messages.ts'
import { StopRunDocument } from './mutations.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

/** The stages of a turn, in order. */
const stages = {
  ANALYSIS: ['measure', 'health', 'patterns', 'guard', 'ramp', 'retire', 'record', 'outcomes'],
  GENERATION: ['support', 'brief', 'candidate', 'introduce'],
} as const

/** The turn that is under way, how far it has come, and the way to stop it; or why the last one failed. */
export function CurrentTurn({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const m = useMessages(messages)
  const [stop, { busy, problem }] = useMutation(StopRunDocument)
  const [run] = page.latest.nodes
  if (!run) return null
  if (run.status === 'FAILED' && run.failure)
    return (
      <Note tone="critical" title={`${m.runs[run.kind]}: ${m.runStatus.FAILED}`}>
        {run.failure}
      </Note>
    )
  if (run.status !== 'WAITING' && run.status !== 'RUNNING') return null
  const stage = run.step.split(':')[0] ?? run.step
  const order: readonly string[] = stages[run.kind]
  const place = order.indexOf(stage)
  return (
    <Card title={`${m.runs[run.kind]}: ${m.runStatus[run.status]}`} level={2}>
      <ProgressBar
        label={m.stages[stage] ?? stage}
        value={run.status === 'RUNNING' && place >= 0 ? place : undefined}
        max={order.length}
        valueLabel={`${Math.max(0, place) + 1} / ${order.length}`}
      />
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      {mayDecide && (
        <Row>
          <Button icon={Square} busy={busy} onPress={() => void stop({ id: run.id })}>
            {m.stop}
          </Button>
        </Row>
      )}
    </Card>
  )
}
