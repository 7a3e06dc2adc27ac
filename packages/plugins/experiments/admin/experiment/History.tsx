import {
  Answer,
  Button,
  Row,
  Section,
  ShareBar,
  Skeleton,
  Stack,
  TimeAgo,
  Timeline,
  type TimelineItem,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { useState } from 'react'
import type { ExperimentDecisionKind } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { ExperimentUpdatedDocument } from './documents.ts'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './history.messages.ts'
import { colorOf } from './variantColor.ts'

const HistoryDocument = graphql(`
  query ExperimentHistory($id: ID!, $first: Int!) {
    node(id: $id) {
      id
      ... on Experiment {
        decisions(first: $first) {
          nodes {
            id
            kind
            at
            phase
            reason
            replayAgrees
            actor {
              kind
              name
            }
          }
          pageInfo {
            hasNextPage
          }
        }
        phases(first: 50) {
          nodes {
            id
            number
            startedAt
            endedAt
            reason
            actor {
              name
            }
            weights {
              share
              variant {
                id
                key
                name
              }
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
`)

const tones: Partial<Record<ExperimentDecisionKind, TimelineItem['tone']>> = {
  START: 'positive',
  RESUME: 'positive',
  WINNER: 'positive',
  VERDICT: 'info',
  PAUSE: 'warning',
  REVERT: 'warning',
}

/** Every decision with who made it and why, and the phases between them with the shares of that time. */
export function History({ experiment }: { experiment: ShownExperiment }) {
  const { id, variants } = experiment
  const m = useMessages(messages)
  const format = useFormat()
  const [first, setFirst] = useState(20)
  const query = useQuery(
    HistoryDocument,
    { id, first },
    { keep: true, live: { document: ExperimentUpdatedDocument, variables: { id }, again: true } },
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="24rem" />}>
      {({ node }) => {
        if (node?.__typename !== 'Experiment') return null
        const { decisions, phases } = node
        return (
          <Stack gap={6}>
            <Section title={m.decisions} lead={m.decisionsLead}>
              {decisions.nodes.length === 0 && <p className="e-muted">{m.noDecisions}</p>}
              <Timeline
                label={m.decisions}
                items={decisions.nodes.map(({ id, kind, at, reason, actor, replayAgrees }) => ({
                  id,
                  title: m.kind[kind],
                  time: <TimeAgo at={at} />,
                  tone: tones[kind] ?? 'neutral',
                  children: (
                    <>
                      <p>{reason}</p>
                      <p className="e-small e-muted">
                        {actor.kind === 'SYSTEM' ? m.byItself : m.by(actor.name)}
                        {replayAgrees === true && ` · ${m.replayed}`}
                        {replayAgrees === false && ` · ${m.notReplayed}`}
                      </p>
                    </>
                  ),
                }))}
              />
              {decisions.pageInfo.hasNextPage && first < 100 && (
                <Row>
                  <Button onPress={() => setFirst(100)}>{m.more}</Button>
                </Row>
              )}
            </Section>
            {phases.nodes.length > 0 && (
              <Section title={m.phases} lead={m.phasesLead}>
                <Stack gap={5}>
                  {phases.nodes.map(({ id, number, startedAt, endedAt, reason, weights }) => (
                    <Section
                      key={id}
                      level={3}
                      title={m.phase(format.number(number), m.reason[reason])}
                      lead={m.span(format.dateTime(startedAt), endedAt ? format.dateTime(endedAt) : undefined)}
                    >
                      <ShareBar
                        label={m.sharesOf(format.number(number))}
                        formatValue={() => ''}
                        parts={weights.map(({ variant, share }) => ({
                          id: variant.id,
                          label: variant.name,
                          value: share,
                          color: colorOf(variants, variant.key),
                        }))}
                      />
                    </Section>
                  ))}
                </Stack>
              </Section>
            )}
          </Stack>
        )
      }}
    </Answer>
  )
}
