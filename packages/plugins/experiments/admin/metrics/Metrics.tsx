import {
  Badge,
  ButtonLink,
  chosenOf,
  EmptyState,
  List,
  mutate,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Archive, ArchiveRestore, Plus, Ruler } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { metricPage, metricsPage, newMetricPage } from '../pages.ts'
import { ArchiveMetricDocument, MetricsDocument, RestoreMetricDocument } from './documents.ts'
import { messages } from './messages.ts'

const kinds = ['CONVERSION', 'COUNT', 'VALUE', 'RATIO', 'ENGAGEMENT', 'RETENTION'] as const
const orders = ['CREATED_AT', 'NAME', 'KEY'] as const

/** The registry of metrics. */
export default function Metrics() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const may = useViewer().may('experiments:write')
  const create = may && (
    <ButtonLink to={newMetricPage} icon={Plus} variant="primary">
      {m.new}
    </ButtonLink>
  )
  return (
    <PageFrame title={words.metrics} lead={m.lead} actions={create} wide>
      <List
        id="experiments.metrics"
        label={words.metrics}
        page={metricsPage}
        document={MetricsDocument}
        connection={({ experimentMetrics }) => experimentMetrics}
        search={m.search}
        sort="-CREATED_AT"
        variables={({ q, sort, filter }) => {
          const kind = chosenOf(filter.kind, kinds)
          const orderBy = orderOf(sort, orders)
          return {
            filter: { ...(q?.trim() ? { search: q.trim() } : {}), ...(kind ? { kind } : {}) },
            ...(orderBy ? { orderBy } : {}),
          }
        }}
        rowLabel={({ name }) => name}
        rowPage={({ id }) => target(metricPage, { params: { id: plainId(id) } })}
        filters={[{ id: 'kind', label: m.kind, options: kinds.map((id) => ({ id, label: words.metricKind[id] })) }]}
        columns={[
          { id: 'name', label: m.name, sort: 'NAME', width: 240, cell: ({ name }) => name },
          { id: 'kind', label: m.kind, width: 130, fixed: true, cell: ({ kind }) => words.metricKind[kind] },
          { id: 'event', label: m.event, width: 160, cell: ({ event }) => event && <code>{event}</code> },
          {
            id: 'direction',
            label: m.direction,
            width: 110,
            fixed: true,
            cell: ({ higherIsBetter }) => (higherIsBetter ? m.more : m.less),
          },
          { id: 'description', label: m.description, width: 260, cell: ({ description }) => description },
          { id: 'key', label: m.key, sort: 'KEY', width: 160, hidden: true, cell: ({ key }) => <code>{key}</code> },
          {
            id: 'state',
            label: m.state,
            width: 110,
            fixed: true,
            cell: ({ archivedAt }) =>
              archivedAt ? <Badge>{m.archived}</Badge> : <Badge tone="positive">{m.inUse}</Badge>,
          },
          {
            id: 'created',
            label: m.created,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        bulk={[
          {
            id: 'archive',
            label: m.archive,
            icon: Archive,
            may,
            applies: ({ archivedAt }) => !archivedAt,
            confirm: { title: m.archiveAsk, body: m.archiveBody, action: m.archive },
            run: ({ id }) => mutate(ArchiveMetricDocument, { id }),
            undo: ({ id }) => mutate(RestoreMetricDocument, { id }),
          },
          {
            id: 'restore',
            label: m.restore,
            icon: ArchiveRestore,
            may,
            applies: ({ archivedAt }) => Boolean(archivedAt),
            run: ({ id }) => mutate(RestoreMetricDocument, { id }),
            undo: ({ id }) => mutate(ArchiveMetricDocument, { id }),
          },
        ]}
        empty={
          <EmptyState icon={Ruler} title={m.empty} action={create || undefined}>
            <p>{m.emptyText}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}
