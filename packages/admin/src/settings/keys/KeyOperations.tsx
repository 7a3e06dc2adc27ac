import {
  Badge,
  CopyField,
  chosenOf,
  containing,
  DescriptionList,
  Dialog,
  EmptyState,
  List,
  type ListConnection,
  type ListState,
  Section,
  TimeAgo,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Activity } from 'lucide-react'
import { useState } from 'react'
import type { ApiOperationsQuery } from '../../graphql/graphql.ts'
import { changesOf } from '../live.ts'
import { keyPage } from '../pages.ts'
import { ApiOperationsDocument } from './keyDocuments.ts'
import { keyMessages } from './keyMessages.ts'

type Operation = NonNullable<ApiOperationsQuery['apiKey']>['operations']['nodes'][number]

const none: ListConnection<Operation> = {
  nodes: [],
  pageInfo: { hasNextPage: false, endCursor: null, startCursor: null },
  totalCount: 0,
}
const kinds = ['QUERY', 'MUTATION', 'SUBSCRIPTION'] as const
const schemas = ['PUBLIC', 'ADMIN'] as const

/** What a key asked for, one by one, as it comes in. @param id of the key, as the API has it */
export function KeyOperations({ id }: { id: string }) {
  const m = useMessages(keyMessages)
  const { number } = useFormat()
  const [shown, setShown] = useState<Operation>()
  const nameOf = ({ name, documentHash }: Operation) =>
    name ?? (documentHash ? m.unnamed(documentHash.slice(0, 8)) : m.unread)
  return (
    <Section title={m.list}>
      <List
        id="core.api-operations"
        label={m.list}
        page={keyPage}
        document={ApiOperationsDocument}
        connection={connectionOf}
        variables={(state: Narrowed) => ({ id, ...variablesOf(state) })}
        search={m.search}
        live={changesOf('ApiOperation')}
        columns={[
          { id: 'at', label: m.at, width: 165, fixed: true, cell: ({ at }) => <TimeAgo at={at} /> },
          { id: 'name', label: m.name, width: 240, cell: nameOf },
          {
            id: 'outcome',
            label: m.outcome,
            width: 220,
            cell: (operation) => <Outcome operation={operation} />,
          },
          { id: 'schema', label: m.schema, width: 90, cell: ({ schema }) => m.schemas[schema] },
          { id: 'kind', label: m.kind, width: 110, cell: ({ kind }) => kind && m.kinds[kind] },
          { id: 'cost', label: m.cost, width: 90, align: 'end', cell: ({ cost }) => number(cost) },
          {
            id: 'took',
            label: m.took,
            width: 100,
            align: 'end',
            cell: ({ durationMs }) => `${number(Math.round(durationMs * 10) / 10)} ms`,
          },
          {
            id: 'client',
            label: m.client,
            width: 150,
            hidden: true,
            cell: ({ clientName, clientVersion }) => [clientName, clientVersion].filter(Boolean).join(' '),
          },
        ]}
        filters={[
          {
            id: 'failed',
            label: m.outcome,
            single: true,
            options: [
              { id: 'no', label: m.ok },
              { id: 'yes', label: m.failed },
            ],
          },
          { id: 'kind', label: m.kind, options: kinds.map((kind) => ({ id: kind, label: m.kinds[kind] })) },
          {
            id: 'schema',
            label: m.schema,
            options: schemas.map((schema) => ({ id: schema, label: m.schemas[schema] })),
          },
        ]}
        rowLabel={nameOf}
        onOpen={setShown}
        empty={
          <EmptyState icon={Activity} title={m.noOperations}>
            {m.noOperationsWhy}
          </EmptyState>
        }
      />
      <Dialog open={shown !== undefined} onClose={() => setShown(undefined)} title={shown ? nameOf(shown) : m.name}>
        {shown && <Details operation={shown} />}
      </Dialog>
    </Section>
  )
}

function Outcome({ operation: { outcome, times } }: { operation: Operation }) {
  const m = useMessages(keyMessages)
  const { number } = useFormat()
  return (
    <>
      <Badge tone={outcome === 'OK' ? 'positive' : 'critical'}>{outcome === 'OK' ? m.ok : outcome}</Badge>
      {times > 1 && ` ${m.timesShort(number(times))}`}
    </>
  )
}

function Details({ operation }: { operation: Operation }) {
  const m = useMessages(keyMessages)
  const { dateTime, number } = useFormat()
  const { at, schema, kind, cost, durationMs, documentHash, traceId, clientName, clientVersion } = operation
  const client = [clientName, clientVersion].filter(Boolean).join(' ')
  return (
    <>
      <DescriptionList
        items={[
          [m.at, dateTime(at)],
          [m.outcome, <Outcome key="outcome" operation={operation} />],
          [m.schema, m.schemas[schema]],
          !!kind && [m.kind, m.kinds[kind]],
          [m.cost, number(cost)],
          [m.took, `${number(Math.round(durationMs * 10) / 10)} ms`],
          client !== '' && [m.client, client],
        ]}
      />
      {documentHash && <CopyField label={m.document} value={`sha256:${documentHash}`} />}
      <CopyField label={m.trace} value={traceId} />
    </>
  )
}

function connectionOf({ apiKey }: ApiOperationsQuery): ListConnection<Operation> {
  return apiKey?.operations ?? none
}

type Narrowed = ListState & { filter: Record<string, string[]> }

function variablesOf({ q, filter }: Narrowed) {
  const [failed] = filter.failed ?? []
  return {
    filter: {
      name: containing(q),
      failed: failed === undefined ? undefined : failed === 'yes',
      kind: chosenOf(filter.kind, kinds),
      schema: chosenOf(filter.schema, schemas),
    },
  }
}
