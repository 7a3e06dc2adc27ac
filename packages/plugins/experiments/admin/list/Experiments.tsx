import {
  Badge,
  ButtonLink,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  mutate,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Archive, FileUp, FlaskConical, Pause, Plus } from 'lucide-react'
import { StatusBadge, VerdictBadge } from '../Badges.tsx'
import {
  ArchiveExperimentDocument,
  PauseExperimentDocument,
  ResumeExperimentDocument,
  UnarchiveExperimentDocument,
} from '../experiment/actions/documents.ts'
import { graphql } from '../graphql/index.ts'
import { leaderOf } from '../leader.ts'
import { messages as shared } from '../messages.ts'
import { writeChance } from '../metricFormat.ts'
import { experimentPage, experimentsPage, newExperimentPage, uploadImportPage } from '../pages.ts'
import { messages } from './messages.ts'

const ExperimentsDocument = graphql(`
  query Experiments(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: ExperimentFilter
    $orderBy: ExperimentOrder
  ) {
    experiments(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount @include(if: $count)
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      nodes {
        id
        key
        name
        kind
        status
        winner
        createdAt
        updatedAt
        startedAt
        runningDays
        verdict {
          state
        }
        results {
          exposures
          sampleRatio {
            alarm
          }
          goal {
            variants {
              variant {
                id
                name
                retiredAt
              }
              comparison {
                relativeLift
                chanceToWin
                sequential {
                  relativeInterval {
                    lower
                    upper
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`)

const statuses = ['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED', 'ARCHIVED'] as const
const kinds = ['TEST', 'BANDIT', 'HOLDOUT'] as const
const orders = ['CREATED_AT', 'UPDATED_AT', 'NAME', 'STARTED_AT'] as const

/** All experiments, with what came of each. */
export default function Experiments() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const may = useViewer().may('experiments:write')
  const create = may && (
    <ButtonLink to={newExperimentPage} icon={Plus} variant="primary">
      {m.new}
    </ButtonLink>
  )
  return (
    <PageFrame
      title={words.experiments}
      lead={m.lead}
      actions={
        create && (
          <>
            <ButtonLink to={uploadImportPage} icon={FileUp}>
              {m.import}
            </ButtonLink>
            {create}
          </>
        )
      }
      wide
    >
      <List
        id="experiments.experiments"
        label={words.experiments}
        page={experimentsPage}
        document={ExperimentsDocument}
        connection={({ experiments }) => experiments}
        search={m.search}
        sort="-CREATED_AT"
        pageSize={25}
        variables={({ q, sort, filter }) => {
          const started = daysOf(filter.started)
          return {
            filter: {
              ...(q?.trim() ? { search: q.trim() } : {}),
              ...keep('status', chosenOf(filter.status, statuses)),
              ...keep('kind', chosenOf(filter.kind, kinds)),
              ...(started ? { startedAt: started } : {}),
            },
            ...keep('orderBy', orderOf(sort, orders)),
          }
        }}
        rowLabel={({ name }) => name}
        rowPage={({ id }) => target(experimentPage, { params: { id: plainId(id) } })}
        filters={[
          { id: 'status', label: m.status, options: statuses.map((id) => ({ id, label: words.status[id] })) },
          { id: 'kind', label: m.kind, options: kinds.map((id) => ({ id, label: words.kind[id] })) },
          { id: 'started', label: m.started, kind: 'date' },
        ]}
        columns={[
          { id: 'name', label: m.name, sort: 'NAME', width: 300, cell: ({ name }) => name },
          {
            id: 'status',
            label: m.status,
            width: 105,
            fixed: true,
            cell: ({ status }) => <StatusBadge status={status} />,
          },
          {
            id: 'verdict',
            label: m.verdict,
            width: 150,
            fixed: true,
            cell: ({ verdict }) => verdict && <VerdictBadge state={verdict.state} />,
          },
          {
            id: 'leader',
            label: m.leader,
            hidden: true,
            width: 160,
            cell: ({ results }) => leaderOf(results.goal?.variants ?? [])?.name,
          },
          {
            id: 'lift',
            label: m.lift,
            width: 80,
            fixed: true,
            align: 'end',
            cell: ({ results }) => {
              const lift = leaderOf(results.goal?.variants ?? [])?.lift
              return lift == null ? words.unknown : format.change(lift)
            },
          },
          {
            id: 'chance',
            label: m.chance,
            width: 135,
            fixed: true,
            align: 'end',
            cell: ({ results }) => {
              const chance = leaderOf(results.goal?.variants ?? [])?.chance
              return chance == null ? words.unknown : writeChance(format, chance)
            },
          },
          {
            id: 'visitors',
            label: m.visitors,
            width: 85,
            fixed: true,
            align: 'end',
            cell: ({ results }) => format.number(results.exposures),
          },
          {
            id: 'days',
            label: m.days,
            width: 60,
            fixed: true,
            align: 'end',
            cell: ({ runningDays }) => format.number(runningDays, 1),
          },
          {
            id: 'health',
            label: m.health,
            width: 115,
            fixed: true,
            cell: ({ results: { sampleRatio } }) =>
              sampleRatio ? (
                <Badge tone={sampleRatio.alarm ? 'critical' : 'positive'}>
                  {sampleRatio.alarm ? m.unhealthy : m.healthy}
                </Badge>
              ) : (
                <span className="e-muted">{m.tooFew}</span>
              ),
          },
          { id: 'kind', label: m.kind, width: 100, fixed: true, hidden: true, cell: ({ kind }) => words.kind[kind] },
          { id: 'key', label: m.key, width: 160, hidden: true, cell: ({ key }) => <code>{key}</code> },
          {
            id: 'started',
            label: m.started,
            sort: 'STARTED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
            hidden: true,
            cell: ({ startedAt }) => startedAt && <TimeAgo at={startedAt} />,
          },
          {
            id: 'updated',
            label: m.updated,
            sort: 'UPDATED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
            hidden: true,
            cell: ({ updatedAt }) => <TimeAgo at={updatedAt} />,
          },
          {
            id: 'created',
            label: m.created,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            width: 130,
            hidden: true,
            fixed: true,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        bulk={[
          {
            id: 'pause',
            label: m.pause,
            icon: Pause,
            may,
            applies: ({ status }) => status === 'RUNNING',
            confirm: { title: m.pauseAsk, body: m.pauseBody, action: m.pause },
            run: ({ id }) => mutate(PauseExperimentDocument, { id }),
            undo: ({ id }) => mutate(ResumeExperimentDocument, { id }),
          },
          {
            id: 'archive',
            label: m.archive,
            icon: Archive,
            may,
            applies: ({ status }) => status === 'DRAFT' || status === 'COMPLETED',
            confirm: { title: m.archiveAsk, body: m.archiveBody, action: m.archive },
            run: ({ id }) => mutate(ArchiveExperimentDocument, { id }),
            undo: ({ id }) => mutate(UnarchiveExperimentDocument, { id }),
          },
        ]}
        empty={
          <EmptyState icon={FlaskConical} title={m.empty} action={create || undefined}>
            <p>{m.emptyText}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

/** A field of an input, where there is something to say. */
function keep<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>)
}
