import {
  ButtonLink,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  type ListState,
  mutate,
  orderOf,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { BellRing, CircleCheck, Eye } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import { alertPage, alertsPage, newRulePage } from '../pages.ts'
import { AlertsFrame } from './AlertsFrame.tsx'
import { decisionMessages } from './decisionMessages.ts'
import { AcknowledgeDocument, AlertMetricsDocument, AlertsDocument, ResolveDocument } from './documents.ts'
import { messages } from './messages.ts'
import { metricValue } from './metricValue.ts'
import { StatusBadge } from './StatusBadge.tsx'

const statuses = ['OPEN', 'ACKNOWLEDGED', 'RESOLVED'] as const

/** What went out of bounds, and who looks after it. */
export default function Alerts() {
  const m = useMessages(messages)
  const decide = useMessages(decisionMessages)
  const format = useFormat()
  const viewer = useViewer()
  const metrics = useQuery(AlertMetricsDocument, {})
  const mayWrite = viewer.may('operations:write')
  const written = (metric: string, value: number | null | undefined) => {
    const unit = metrics.data?.alertMetrics.find(({ name }) => name === metric)?.unit ?? 'COUNT'
    return value == null ? undefined : metricValue(format, unit, value)
  }
  return (
    <AlertsFrame title={m.title} lead={m.lead}>
      <List
        id="operations.alerts"
        label={m.alerts}
        page={alertsPage}
        document={AlertsDocument}
        connection={({ alerts }) => alerts}
        variables={variablesOf}
        search={m.search}
        sort="-OPENED_AT"
        columns={[
          { id: 'rule', label: m.rule, width: 220, cell: ({ rule }) => rule.name },
          { id: 'cause', label: m.cause, width: 380, cell: ({ cause }) => <span title={cause}>{cause}</span> },
          {
            id: 'status',
            label: m.status,
            width: 130,
            fixed: true,
            cell: ({ status }) => <StatusBadge status={status} />,
          },
          {
            id: 'value',
            label: m.value,
            width: 100,
            align: 'end',
            fixed: true,
            cell: ({ rule, value }) => written(rule.metric, value),
          },
          {
            id: 'expected',
            label: m.expected,
            width: 100,
            align: 'end',
            fixed: true,
            cell: ({ rule, expected }) => written(rule.metric, expected),
          },
          {
            id: 'opened',
            label: m.opened,
            width: 130,
            fixed: true,
            sort: 'OPENED_AT',
            sortFirst: 'down',
            cell: ({ openedAt }) => <TimeAgo at={openedAt} />,
          },
          {
            id: 'until',
            label: m.until,
            width: 130,
            fixed: true,
            hidden: true,
            cell: ({ resolvedAt }) => (resolvedAt ? <TimeAgo at={resolvedAt} /> : m.stillOpen),
          },
        ]}
        filters={[
          { id: 'status', label: m.status, options: statuses.map((id) => ({ id, label: m.statuses[id] })) },
          { id: 'opened', label: m.opened, kind: 'date' },
        ]}
        rowPage={({ id }) => target(alertPage, { params: { id: plainId(id) } })}
        rowLabel={({ rule, cause }) => `${rule.name}: ${cause}`}
        bulk={[
          {
            id: 'acknowledge',
            label: decide.acknowledge,
            icon: Eye,
            may: mayWrite,
            applies: ({ status }) => status === 'OPEN',
            run: ({ id }) => mutate(AcknowledgeDocument, { id }),
          },
          {
            id: 'resolve',
            label: m.resolve,
            icon: CircleCheck,
            may: mayWrite,
            applies: ({ status }) => status !== 'RESOLVED',
            run: ({ id }) => mutate(ResolveDocument, { id }),
          },
        ]}
        live={{ document: ChangesDocument, variables: { types: ['Alert'] } }}
        empty={
          <EmptyState
            icon={BellRing}
            title={m.empty}
            action={mayWrite && <ButtonLink to={newRulePage}>{m.emptyDo}</ButtonLink>}
          >
            {m.emptyWhy}
          </EmptyState>
        }
      />
    </AlertsFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    filter: {
      search: q?.trim() || undefined,
      status: chosenOf(filter.status, statuses),
      openedAt: daysOf(filter.opened),
    },
    orderBy: orderOf(sort, ['OPENED_AT']),
  }
}
