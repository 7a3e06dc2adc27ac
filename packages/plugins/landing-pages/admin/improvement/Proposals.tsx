import {
  Answer,
  Badge,
  Button,
  EmptyState,
  Failure,
  Note,
  Row,
  Select,
  Skeleton,
  Stack,
  TimeAgo,
  type Tone,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { Sparkles } from 'lucide-react'
import { useId, useState } from 'react'
import type { LoopProposalsQuery } from '../graphql/graphql.ts'
import { CompareButton } from './CompareButton.tsx'
import { LoopProposalsDocument, PageLoopChangedDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { ImprovingPage } from './PageImprovement.tsx'
import type { Candidate } from './step.ts'
import { type Part, useOlder } from './useOlder.ts'

const statuses = ['APPROVAL', 'ACCEPTED', 'REJECTED', 'REFUSED', 'UNDONE', 'PROPOSED'] as const
const proposalsAtOnce = 20

const tones: Record<Candidate['status'], Tone> = {
  PROPOSED: 'info',
  REFUSED: 'critical',
  APPROVAL: 'warning',
  ACCEPTED: 'positive',
  REJECTED: 'neutral',
  UNDONE: 'neutral',
}

/** Versions that were proposed: by what, why, and what became of them. */
export function Proposals({ page: { id } }: { page: ImprovingPage }) {
  const m = useMessages(messages)
  const [status, setStatus] = useState<(typeof statuses)[number] | 'ALL'>('ALL')
  const variables = { id, first: proposalsAtOnce, status: status === 'ALL' ? null : [status] }
  const query = useQuery(LoopProposalsDocument, variables, {
    keep: true,
    live: { document: PageLoopChangedDocument, variables: { id }, again: true },
  })
  const older = useOlder(
    query.data && partOf(query.data),
    `${id} ${status}`,
    LoopProposalsDocument,
    (after) => ({ ...variables, after }),
    partOf,
  )
  return (
    <Stack gap={4}>
      <Row>
        <Select
          label={m.filterProposals}
          labelHidden
          value={status}
          onChange={setStatus}
          options={[{ id: 'ALL', label: m.allTurns }, ...statuses.map((id) => ({ id, label: m.candidateStatus[id] }))]}
        />
      </Row>
      <Answer of={query} skeleton={<Skeleton height="24rem" />}>
        {() =>
          older.items.length === 0 ? (
            <EmptyState icon={Sparkles} title={m.noProposals}>
              <p>{m.noProposalsHow}</p>
            </EmptyState>
          ) : (
            <>
              {older.items.map((candidate) => (
                <ProposalCard key={candidate.id} candidate={candidate} />
              ))}
              {older.error && <Failure error={older.error} />}
              {older.more && (
                <Row>
                  <Button busy={older.busy} onPress={older.more}>
                    {m.more}
                  </Button>
                </Row>
              )}
            </>
          )
        }
      </Answer>
    </Stack>
  )
}

function ProposalCard({ candidate }: { candidate: Candidate }) {
  const m = useMessages(messages)
  const title = useId()
  const { status, generator, rationale, createdAt, parent, variant, reasons, decidedByName } = candidate
  return (
    <article className="e-card" aria-labelledby={title}>
      <div className="improvement-turn-head">
        <h2 id={title}>{variant?.key ?? m.generators[generator]}</h2>
        <Badge tone={tones[status]}>{m.candidateStatus[status]}</Badge>
        <span className="e-muted">
          <TimeAgo at={createdAt} />
        </span>
        {parent && <span className="e-muted">{m.from(parent.key)}</span>}
        {decidedByName && !decidedByName.startsWith('landing-pages.') && (
          <span className="e-muted">{m.decidedBy(decidedByName)}</span>
        )}
      </div>
      {rationale && <blockquote className="improvement-rationale">{rationale}</blockquote>}
      {reasons.length > 0 && (
        <Note tone="warning" title={m.refusedBecause}>
          <ul>
            {reasons.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Note>
      )}
      <Row>
        <CompareButton candidate={candidate} />
      </Row>
    </article>
  )
}

function partOf({ node }: LoopProposalsQuery): Part<Candidate> {
  if (node?.__typename !== 'Page') return { items: [], next: null }
  const { nodes, pageInfo } = node.candidates
  return { items: nodes, next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null }
}
