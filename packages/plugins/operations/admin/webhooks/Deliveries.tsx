import {
  Badge,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  type ListConnection,
  type ListState,
  mutate,
  TimeAgo,
  type Tone,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { RotateCw, Send } from 'lucide-react'
import { useState } from 'react'
import { ChangesDocument } from '../documents.ts'
import type { WebhookDeliveriesQuery } from '../graphql/graphql.ts'
import { webhookPage } from '../pages.ts'
import { DeliveryDrawer } from './DeliveryDrawer.tsx'
import { DeliveriesDocument, RetryDeliveryDocument } from './documents.ts'
import { messages } from './messages.ts'

const statuses = ['WAITING', 'DELIVERED', 'FAILED'] as const
const tones: Record<(typeof statuses)[number], Tone> = { WAITING: 'info', DELIVERED: 'positive', FAILED: 'critical' }

type Endpoint = Extract<NonNullable<WebhookDeliveriesQuery['node']>, { __typename: 'WebhookEndpoint' }>
type Delivery = Endpoint['deliveries']['nodes'][number]

/** What was posted to an endpoint, and what it answered. */
export function Deliveries({
  endpoint,
  types,
  mayWrite,
}: {
  endpoint: string
  types: readonly string[]
  mayWrite: boolean
}) {
  const m = useMessages(messages)
  const [opened, setOpened] = useState<string>()
  const { number } = useFormat()
  const whatOf = ({ notification, eventType, test }: Delivery) =>
    test ? m.testOf(eventType) : (notification?.title ?? eventType)
  return (
    <>
      <List
        id="operations.deliveries"
        label={m.deliveries}
        page={webhookPage}
        document={DeliveriesDocument}
        connection={connectionOf}
        variables={({ filter }: ListState & { filter: Record<string, string[]> }) => ({
          endpoint,
          filter: {
            status: chosenOf(filter.status, statuses),
            eventType: inOf(chosenOf(filter.type, types)),
            createdAt: daysOf(filter.when),
          },
        })}
        search={false}
        columns={[
          { id: 'what', label: m.what, width: 280, cell: whatOf },
          {
            id: 'state',
            label: m.state,
            width: 110,
            fixed: true,
            cell: ({ status }) => <Badge tone={tones[status]}>{m.statuses[status]}</Badge>,
          },
          {
            id: 'answer',
            label: m.answer,
            width: 90,
            fixed: true,
            align: 'end',
            cell: ({ responseStatus }) => responseStatus ?? m.noAnswer,
          },
          { id: 'error', label: m.error, width: 260, cell: ({ error }) => error && <span title={error}>{error}</span> },
          {
            id: 'attempts',
            label: m.attempts,
            width: 90,
            fixed: true,
            align: 'end',
            cell: (row) => number(row.attempts),
          },
          {
            id: 'next',
            label: m.next,
            width: 130,
            fixed: true,
            hidden: true,
            cell: ({ nextAt }) => nextAt && <TimeAgo at={nextAt} />,
          },
          { id: 'when', label: m.when, width: 130, fixed: true, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
        ]}
        filters={[
          { id: 'status', label: m.state, options: statuses.map((id) => ({ id, label: m.statuses[id] })) },
          { id: 'type', label: m.eventType, options: types.map((id) => ({ id, label: id })) },
          { id: 'when', label: m.when, kind: 'date' },
        ]}
        onOpen={({ id }) => setOpened(id)}
        rowLabel={whatOf}
        bulk={[
          {
            id: 'retry',
            label: m.retry,
            icon: RotateCw,
            may: mayWrite,
            applies: ({ status }) => status !== 'WAITING',
            run: ({ id }) => mutate(RetryDeliveryDocument, { id }),
          },
        ]}
        live={{ document: ChangesDocument, variables: { types: ['WebhookDelivery', 'WebhookEndpoint'] } }}
        empty={
          <EmptyState icon={Send} title={m.noDeliveries}>
            {m.noDeliveriesWhy}
          </EmptyState>
        }
      />
      <DeliveryDrawer id={opened} onClose={() => setOpened(undefined)} />
    </>
  )
}

function connectionOf({ node }: WebhookDeliveriesQuery): ListConnection<Delivery> {
  return node?.__typename === 'WebhookEndpoint' ? node.deliveries : { nodes: [], pageInfo: { hasNextPage: false } }
}

function inOf(types: readonly string[] | undefined) {
  return types && { in: [...types] }
}
