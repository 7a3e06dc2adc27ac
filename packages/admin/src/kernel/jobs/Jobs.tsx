import {
  chosenOf,
  containing,
  daysOf,
  EmptyState,
  List,
  type ListState,
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
import { Ban, Cog, RotateCw } from 'lucide-react'
import { jobPage, jobsPage } from '../pages.ts'
import { decisionMessages } from './decisionMessages.ts'
import { CancelJobDocument, JobChangesDocument, JobsDocument, RetryJobDocument } from './documents.ts'
import { JobStatusBadge, jobStatuses } from './JobStatusBadge.tsx'
import { messages } from './messages.ts'

const ended = ['COMPLETED', 'FAILED', 'CANCELED']

/** What runs in the background, and what failed there. */
export default function Jobs() {
  const m = useMessages(messages)
  const decide = useMessages(decisionMessages)
  const { number, duration } = useFormat()
  const viewer = useViewer()
  const mayWrite = viewer.may('jobs:write')
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <List
        id="core.jobs"
        label={m.list}
        page={jobsPage}
        document={JobsDocument}
        connection={({ jobs }) => jobs}
        variables={variablesOf}
        search={m.search}
        sort="-CREATED_AT"
        columns={[
          { id: 'type', label: m.type, width: 260, cell: ({ type }) => type },
          {
            id: 'status',
            label: m.status,
            width: 160,
            fixed: true,
            cell: ({ status }) => <JobStatusBadge status={status} />,
          },
          {
            id: 'error',
            label: m.error,
            width: 320,
            cell: ({ error }) => error && <span title={error.message}>{error.message}</span>,
          },
          {
            id: 'attempts',
            label: m.attempts,
            width: 90,
            fixed: true,
            align: 'end',
            cell: ({ attempts, maxAttempts }) => m.attemptsOf(number(attempts), number(maxAttempts)),
          },
          {
            id: 'took',
            label: m.took,
            width: 90,
            fixed: true,
            align: 'end',
            cell: ({ startedAt, completedAt }) =>
              startedAt && completedAt && duration(Math.max(0, Date.parse(completedAt) - Date.parse(startedAt))),
          },
          {
            id: 'ended',
            label: m.ended,
            width: 130,
            fixed: true,
            hidden: true,
            sort: 'COMPLETED_AT',
            sortFirst: 'down',
            cell: ({ completedAt }) => completedAt && <TimeAgo at={completedAt} />,
          },
          {
            id: 'created',
            label: m.created,
            width: 130,
            fixed: true,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        filters={[
          { id: 'status', label: m.status, options: jobStatuses.map((id) => ({ id, label: m.statuses[id] })) },
          { id: 'type', label: m.type, kind: 'text' },
          { id: 'created', label: m.created, kind: 'date' },
        ]}
        rowPage={({ id }) => target(jobPage, { params: { id: plainId(id) } })}
        rowLabel={({ type }) => type}
        bulk={[
          {
            id: 'retry',
            label: decide.retry,
            icon: RotateCw,
            may: mayWrite,
            applies: ({ status }) => status === 'FAILED' || status === 'CANCELED',
            run: ({ id }) => mutate(RetryJobDocument, { id }),
            undo: ({ id }) => mutate(CancelJobDocument, { id }),
          },
          {
            id: 'cancel',
            label: m.cancel,
            icon: Ban,
            may: mayWrite,
            confirm: { title: m.cancelTitle, body: m.cancelWhy, action: m.cancel },
            applies: ({ status }) => !ended.includes(status),
            run: ({ id }) => mutate(CancelJobDocument, { id }),
            undo: ({ id }) => mutate(RetryJobDocument, { id }),
          },
        ]}
        live={{ document: JobChangesDocument }}
        empty={
          <EmptyState icon={Cog} title={m.empty}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    filter: {
      search: q?.trim() || undefined,
      status: chosenOf(filter.status, jobStatuses),
      type: containing(filter.type?.[0]),
      createdAt: daysOf(filter.created),
    },
    orderBy: orderOf(sort, ['CREATED_AT', 'STARTED_AT', 'COMPLETED_AT']),
  }
}
