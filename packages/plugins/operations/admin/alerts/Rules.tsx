import {
  Badge,
  ButtonLink,
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
import { Gauge, Pause, Play, Trash2 } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import { newRulePage, rulePage, rulesPage } from '../pages.ts'
import { AlertsFrame } from './AlertsFrame.tsx'
import { AlertMetricsDocument, DeleteRuleDocument, RulesDocument, UpdateRuleDocument } from './documents.ts'
import { messages } from './messages.ts'
import { metricValue } from './metricValue.ts'

/** What is watched, and when somebody is told. */
export default function Rules() {
  const m = useMessages(messages)
  const format = useFormat()
  const viewer = useViewer()
  const metrics = useQuery(AlertMetricsDocument, {})
  const mayWrite = viewer.may('operations:write')
  const metricOf = (name: string) => metrics.data?.alertMetrics.find((metric) => metric.name === name)
  const setActive = (active: boolean) => (row: { id: string }) =>
    mutate(UpdateRuleDocument, { id: row.id, input: { active } })
  return (
    <AlertsFrame title={m.rulesTitle} lead={m.rulesLead}>
      <List
        id="operations.rules"
        label={m.rules}
        page={rulesPage}
        document={RulesDocument}
        connection={({ alertRules }) => alertRules}
        variables={variablesOf}
        search={m.searchRules}
        columns={[
          { id: 'name', label: m.name, width: 240, sort: 'NAME', cell: ({ name }) => name },
          { id: 'metric', label: m.metric, width: 200, cell: ({ metric }) => metricOf(metric)?.label ?? metric },
          {
            id: 'condition',
            label: m.condition,
            width: 260,
            cell: ({ metric, kind, direction, threshold }) =>
              kind === 'THRESHOLD' && typeof threshold === 'number'
                ? m.outside(m.directions[direction], metricValue(format, metricOf(metric)?.unit ?? 'COUNT', threshold))
                : m.outside(m.directions[direction], m.kinds[kind]),
          },
          {
            id: 'active',
            label: m.activeShort,
            width: 120,
            fixed: true,
            cell: ({ active }) => <Badge tone={active ? 'positive' : 'neutral'}>{active ? m.watched : m.paused}</Badge>,
          },
          {
            id: 'checked',
            label: m.checked,
            width: 130,
            fixed: true,
            cell: ({ checkedAt }) => (checkedAt ? <TimeAgo at={checkedAt} /> : m.never),
          },
          {
            id: 'changed',
            label: m.changed,
            width: 130,
            fixed: true,
            hidden: true,
            sort: 'UPDATED_AT',
            sortFirst: 'down',
            cell: ({ updatedAt }) => <TimeAgo at={updatedAt} />,
          },
        ]}
        filters={[
          {
            id: 'active',
            label: m.activeShort,
            single: true,
            options: [
              { id: 'yes', label: m.watched },
              { id: 'no', label: m.paused },
            ],
          },
        ]}
        rowPage={({ id }) => target(rulePage, { params: { id: plainId(id) } })}
        rowLabel={({ name }) => name}
        bulk={[
          {
            id: 'pause',
            label: m.pause,
            icon: Pause,
            may: mayWrite,
            applies: ({ active }) => active,
            run: setActive(false),
            undo: setActive(true),
          },
          {
            id: 'resume',
            label: m.resume,
            icon: Play,
            may: mayWrite,
            applies: ({ active }) => !active,
            run: setActive(true),
            undo: setActive(false),
          },
          {
            id: 'delete',
            label: m.delete,
            icon: Trash2,
            danger: true,
            may: mayWrite,
            confirm: { title: m.deleteTitle, body: m.deleteWhy, action: m.delete, danger: true },
            run: ({ id }) => mutate(DeleteRuleDocument, { id }),
          },
        ]}
        live={{ document: ChangesDocument, variables: { types: ['AlertRule'] } }}
        empty={
          <EmptyState
            icon={Gauge}
            title={m.noRules}
            action={
              mayWrite && (
                <ButtonLink to={newRulePage} variant="primary">
                  {m.newRule}
                </ButtonLink>
              )
            }
          >
            {m.noRulesWhy}
          </EmptyState>
        }
      />
    </AlertsFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  const [active] = filter.active ?? []
  return {
    filter: { search: q?.trim() || undefined, active: active ? active === 'yes' : undefined },
    orderBy: orderOf(sort, ['NAME', 'UPDATED_AT']),
  }
}
