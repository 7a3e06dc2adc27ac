import { Badge, Card, CodeBlock, DescriptionList, Diff, Row, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type { EvolvedCandidate } from './lineage.ts'
import { messages } from './messages.ts'

/** One wording that was tried: why it was made, how it did, how it differs from the first. */
export function Candidate({
  candidate,
  origin,
}: {
  candidate: EvolvedCandidate
  origin: EvolvedCandidate | undefined
}) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { kind, score, diagnosis, refusal, onFront, system, template } = candidate
  const isOrigin = kind === 'origin' || origin === undefined
  const title = kind === 'origin' ? m.origin : candidate.number === null ? m.refused : m.candidate(candidate.number)
  return (
    <Card title={title} badge={<Badge>{m.kinds[kind] ?? kind}</Badge>}>
      <DescriptionList
        items={[
          [
            m.score,
            <Row key="score">
              {score === null ? <span className="e-muted">{m.notTried}</span> : number(score, 2)}
              {onFront && <Badge tone="positive">{m.front}</Badge>}
            </Row>,
          ],
          diagnosis !== '' && [m.diagnosis, diagnosis],
          refusal !== null && [m.refusal, refusal],
        ]}
      />
      {template !== '' &&
        (isOrigin ? (
          <Stack gap={2}>
            {system !== '' && <CodeBlock label={m.system} code={system} />}
            <CodeBlock label={m.template} code={template} />
          </Stack>
        ) : (
          <Stack gap={2}>
            <strong className="e-small">{m.changes}</strong>
            {origin.system !== system && <Diff label={m.system} before={origin.system} after={system} />}
            <Diff label={m.template} before={origin.template} after={template} />
          </Stack>
        ))}
    </Card>
  )
}
