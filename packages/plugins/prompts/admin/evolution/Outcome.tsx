import { BarChart, Card, Link, Note, Row, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import { promptPage } from '../pages.ts'
import type { FoundEvolution } from './Evolution.tsx'
import { messages } from './messages.ts'

const tones = { BETTER: 'positive', UNCLEAR: 'warning', NONE: 'neutral' } as const

/** What may be said of an evolution, before and after side by side, and the drafts that came of it. */
export function Outcome({ outcome, prompt }: { outcome: NonNullable<FoundEvolution['outcome']>; prompt: string }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { verdict, summary, originScore, bestScore, better, worse, cases, pValue, variants } = outcome
  return (
    <Card title={m.outcome}>
      <Note tone={tones[verdict]} title={m.verdict[verdict]}>
        {summary}
      </Note>
      {originScore !== null && bestScore !== null && (
        <Stack gap={1}>
          <strong className="e-small">{m.beforeAfter}</strong>
          <BarChart
            label={m.scores}
            height={140}
            parts={[{ id: 'score', label: m.score }]}
            bars={[
              { id: 'before', label: m.before, values: [originScore] },
              { id: 'after', label: m.after, values: [bestScore] },
            ]}
            formatValue={(score) => number(score, 2)}
          />
          <p className="e-muted">
            {m.better(number(better), number(worse), number(cases))}
            {pValue !== null && `, ${m.pValue(number(pValue, 4))}`}
          </p>
        </Stack>
      )}
      {variants.length > 0 && (
        <Row gap={3}>
          <strong className="e-small">{m.drafts}</strong>
          {variants.map(({ id, version, language }) => (
            <Link key={id} to={promptPage} params={{ name: prompt }} search={{ language, version }}>
              {m.look(version)}
            </Link>
          ))}
        </Row>
      )}
    </Card>
  )
}
