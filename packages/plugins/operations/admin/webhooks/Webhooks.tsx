import {
  Badge,
  Button,
  EmptyState,
  List,
  type ListState,
  mutate,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import { ChangesDocument } from '../documents.ts'
import { webhookPage, webhooksPage } from '../pages.ts'
import { AddEndpoint } from './AddEndpoint.tsx'
import { EndpointsDocument, UpdateEndpointDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../operations.css'

/** Where notifications are posted to. */
export default function Webhooks() {
  const m = useMessages(messages)
  const { list } = useFormat()
  const viewer = useViewer()
  const [adding, setAdding] = useState(false)
  const mayWrite = viewer.may('operations:write')
  const add = mayWrite && (
    <Button icon={Plus} variant="primary" onPress={() => setAdding(true)}>
      {m.add}
    </Button>
  )
  const setActive = (active: boolean) => (row: { id: string }) =>
    mutate(UpdateEndpointDocument, { id: row.id, input: { active } })
  return (
    <PageFrame title={m.title} lead={m.lead} wide actions={add}>
      <List
        id="operations.webhooks"
        label={m.list}
        page={webhooksPage}
        document={EndpointsDocument}
        connection={({ webhookEndpoints }) => webhookEndpoints}
        variables={variablesOf}
        search={m.search}
        columns={[
          { id: 'url', label: m.url, width: 320, cell: ({ url }) => url },
          { id: 'description', label: m.description, width: 240, cell: ({ description }) => description },
          {
            id: 'kinds',
            label: m.eventTypes,
            width: 240,
            cell: ({ eventTypes }) => list(eventTypes),
          },
          {
            id: 'state',
            label: m.state,
            width: 110,
            fixed: true,
            cell: ({ active, failingSince }) => (
              <Badge tone={failingSince ? 'critical' : active ? 'positive' : 'neutral'}>
                {failingSince ? m.failing : active ? m.on : m.off}
              </Badge>
            ),
          },
          { id: 'since', label: m.since, width: 130, fixed: true, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
        ]}
        filters={[
          {
            id: 'active',
            label: m.state,
            single: true,
            options: [
              { id: 'yes', label: m.on },
              { id: 'no', label: m.off },
            ],
          },
        ]}
        rowPage={({ id }) => target(webhookPage, { params: { id: plainId(id) } })}
        rowLabel={({ url }) => url}
        bulk={[
          {
            id: 'off',
            label: m.off,
            may: mayWrite,
            applies: ({ active }) => active,
            run: setActive(false),
            undo: setActive(true),
          },
          {
            id: 'on',
            label: m.on,
            may: mayWrite,
            applies: ({ active }) => !active,
            run: setActive(true),
            undo: setActive(false),
          },
        ]}
        live={{ document: ChangesDocument, variables: { types: ['WebhookEndpoint'] } }}
        empty={
          <EmptyState icon={Webhook} title={m.empty} action={add}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
      <AddEndpoint open={adding} onClose={() => setAdding(false)} />
    </PageFrame>
  )
}

function variablesOf({ q, filter }: ListState & { filter: Record<string, string[]> }) {
  const [active] = filter.active ?? []
  return { filter: { search: q?.trim() || undefined, active: active ? active === 'yes' : undefined } }
}
