import { DescriptionList, IntervalChart, LinkElsewhere, Note, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { generation } from '../../elsewhere.ts'
import type { Step } from '../step.ts'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** What a proposed version was made by, what is expected of it, and what the checks said. */
export function CandidateEvidence({
  of: { origin, expected, model, costMicros, cacheHit },
  candidate,
}: {
  of: v.InferOutput<typeof evidence.candidate>
  candidate: Step['candidate']
}) {
  const m = useMessages(evidenceMessages)
  const { change, moneyMicros } = useFormat()
  const cost = cacheHit ? m.free : typeof costMicros === 'number' ? moneyMicros(costMicros) : undefined
  const reasons = candidate?.reasons ?? []
  return (
    <Stack gap={3}>
      <Note tone={reasons.length > 0 ? 'warning' : 'positive'} title={reasons.length > 0 ? m.refused : m.passed}>
        {reasons.length > 0 && (
          <ul>
            {reasons.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </Note>
      <DescriptionList
        items={[
          [m.madeBy, m.generators[origin] ?? origin],
          [m.model, model],
          cost !== undefined && [
            m.cost,
            candidate?.aiCallId ? (
              <LinkElsewhere key="cost" to={generation} params={{ id: candidate.aiCallId }}>
                {cost}
              </LinkElsewhere>
            ) : (
              cost
            ),
          ],
        ]}
      />
      {expected && (
        <>
          <IntervalChart
            label={m.expected}
            name={m.expected}
            interval={m.odds}
            formatValue={(value) => change(value, 0)}
            rows={[
              {
                id: 'expected',
                label: m.expectedRow,
                estimate: Math.expm1(expected.mean),
                interval: {
                  lower: Math.expm1(expected.mean - 1.96 * expected.deviation),
                  upper: Math.expm1(expected.mean + 1.96 * expected.deviation),
                },
              },
            ]}
          />
          <p className="e-muted">{m.expectedHint}</p>
        </>
      )}
    </Stack>
  )
}
