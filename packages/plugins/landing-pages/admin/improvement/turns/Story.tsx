import {
  Answer,
  Button,
  EmptyState,
  Failure,
  Row,
  SegmentedControl,
  Skeleton,
  Stack,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { History } from 'lucide-react'
import { useState } from 'react'
import type { LoopTurnsQuery } from '../../graphql/graphql.ts'
import { LoopTurnsDocument, PageLoopChangedDocument } from '../documents.ts'
import { messages } from '../messages.ts'
import type { ImprovingPage } from '../PageImprovement.tsx'
import { type Part, useOlder } from '../useOlder.ts'
import { TurnCard } from './TurnCard.tsx'

type Turns = Extract<NonNullable<LoopTurnsQuery['node']>, { __typename: 'Page' }>['loopRuns']
export type Turn = Turns['nodes'][number]

const kinds = ['ALL', 'ANALYSIS', 'GENERATION'] as const
/** More would cost more than one operation may. */
const turnsAtOnce = 8

/** Turn by turn what the loop did, on what evidence, and what can be taken back. */
export function Story({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const m = useMessages(messages)
  const [kind, setKind] = useState<(typeof kinds)[number]>('ALL')
  const { id } = page
  const variables = { id, first: turnsAtOnce, kind: kind === 'ALL' ? null : [kind] }
  const query = useQuery(LoopTurnsDocument, variables, {
    keep: true,
    live: { document: PageLoopChangedDocument, variables: { id }, again: true },
  })
  const older = useOlder(
    query.data && partOf(query.data),
    `${id} ${kind}`,
    LoopTurnsDocument,
    (after) => ({ ...variables, after }),
    partOf,
  )
  return (
    <Stack gap={4}>
      <Row>
        <SegmentedControl
          label={m.onlyKind}
          value={kind}
          onChange={setKind}
          options={kinds.map((id) => ({ id, label: id === 'ALL' ? m.allTurns : m.runs[id] }))}
        />
      </Row>
      <Answer of={query} skeleton={<Skeleton height="24rem" />}>
        {() =>
          older.items.length === 0 ? (
            <EmptyState icon={History} title={m.noStory}>
              <p>{m.noStoryHow}</p>
            </EmptyState>
          ) : (
            <>
              {older.items.map((turn) => (
                <TurnCard key={turn.id} turn={turn} mayDecide={mayDecide} />
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

function partOf({ node }: LoopTurnsQuery): Part<Turn> {
  if (node?.__typename !== 'Page') return { items: [], next: null }
  const { nodes, pageInfo } = node.loopRuns
  return { items: nodes, next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null }
}
