import {
  ButtonLink,
  chosenOf,
  containing,
  daysOf,
  EmptyState,
  List,
  type ListState,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Bot, BrainCircuit } from 'lucide-react'
import { CallCost } from '../CallCost.tsx'
import { messages as shared } from '../messages.ts'
import { callPage, callsPage, servicePage } from '../pages.ts'
import { StatusBadge } from '../StatusBadge.tsx'
import { CallsDocument, SpentDocument } from './documents.ts'
import { messages } from './messages.ts'

const statuses = ['SUCCEEDED', 'FAILED', 'UNKNOWN', 'ATTEMPTED', 'PLANNED'] as const

/** The ledger of calls to models. */
export default function Calls() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number, duration } = useFormat()
  return (
    <PageFrame
      title={words.generations}
      lead={m.lead}
      wide
      actions={
        <ButtonLink to={servicePage} icon={Bot}>
          {words.service}
        </ButtonLink>
      }
    >
      <List
        id="ai.calls"
        label={words.generations}
        page={callsPage}
        document={CallsDocument}
        connection={({ aiCalls }) => aiCalls}
        variables={variablesOf}
        search={m.search}
        sort="-CREATED_AT"
        live={{ document: SpentDocument, again: true }}
        rowLabel={({ purpose, model }) => `${purpose} · ${model}`}
        rowPage={({ id }) => target(callPage, { params: { id: plainId(id) } })}
        columns={[
          {
            id: 'when',
            label: m.when,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
          },
          { id: 'purpose', label: m.purpose, cell: ({ purpose }) => purpose, width: 250 },
          { id: 'model', label: m.model, cell: ({ model }) => model, width: 140 },
          {
            id: 'status',
            label: m.state,
            cell: ({ status }) => <StatusBadge status={status} />,
            width: 120,
            fixed: true,
          },
          {
            id: 'cost',
            label: m.cost,
            cell: ({ costMicros, cacheHit }) => <CallCost micros={costMicros ?? null} cacheHit={cacheHit} />,
            sort: 'COST_MICROS',
            sortFirst: 'down',
            align: 'end',
            width: 120,
            fixed: true,
          },
          {
            id: 'in',
            label: m.tokensIn,
            cell: ({ inputTokens }) => inputTokens != null && number(inputTokens),
            align: 'end',
            width: 110,
            fixed: true,
          },
          {
            id: 'out',
            label: m.tokensOut,
            cell: ({ outputTokens }) => outputTokens != null && number(outputTokens),
            align: 'end',
            width: 110,
            fixed: true,
          },
          {
            id: 'latency',
            label: m.latency,
            cell: ({ latencyMs }) => latencyMs != null && duration(latencyMs),
            align: 'end',
            width: 95,
            fixed: true,
          },
          { id: 'by', label: m.askedBy, cell: ({ askedByName }) => askedByName, width: 140 },
          { id: 'prompt', label: m.prompt, cell: ({ promptName }) => promptName, hidden: true },
          {
            id: 'attempts',
            label: m.attempts,
            cell: ({ attempts }) => number(attempts),
            align: 'end',
            hidden: true,
            fixed: true,
          },
        ]}
        filters={[
          { id: 'status', label: m.state, options: statuses.map((id) => ({ id, label: words.status[id] })) },
          { id: 'purpose', label: m.purpose, kind: 'text' },
          { id: 'model', label: m.model, kind: 'text' },
          { id: 'when', label: m.when, kind: 'date' },
        ]}
        empty={
          <EmptyState
            icon={BrainCircuit}
            title={m.none}
            action={
              <ButtonLink to={servicePage} variant="primary">
                {m.setUp}
              </ButtonLink>
            }
          >
            <p>{m.noneText}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    orderBy: orderOf(sort, ['CREATED_AT', 'COST_MICROS']),
    filter: {
      search: q?.trim() || undefined,
      status: chosenOf(filter.status, statuses),
      purpose: containing(filter.purpose?.[0]),
      model: containing(filter.model?.[0]),
      createdAt: daysOf(filter.when),
    },
  }
}
