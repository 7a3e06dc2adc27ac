import {
  Badge,
  Button,
  containing,
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
  useWords,
} from '@espalier/admin-kit'
import { Ban, KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { changesOf } from '../live.ts'
import { keyPage, keysPage } from '../pages.ts'
import { ApiKeysDocument, RevokeApiKeyDocument } from './documents.ts'
import { messages } from './messages.ts'
import { NewKeyDialog } from './NewKeyDialog.tsx'

/** Keys of integrations: what they may, when they were used, and their end. */
export default function Keys() {
  const m = useMessages(messages)
  const words = useWords()
  const { date, number } = useFormat()
  const [making, setMaking] = useState(false)
  const create = (
    <Button icon={Plus} variant="primary" onPress={() => setMaking(true)}>
      {m.create}
    </Button>
  )
  return (
    <PageFrame title={words(keysPage.title)} lead={m.lead} actions={create} wide>
      <List
        id="core.api-keys"
        label={m.list}
        page={keysPage}
        document={ApiKeysDocument}
        connection={({ apiKeys }) => apiKeys}
        variables={variablesOf}
        search={m.search}
        live={changesOf('ApiKey')}
        sort="-CREATED_AT"
        columns={[
          { id: 'name', label: m.name, width: 200, sort: 'NAME', cell: ({ name }) => name },
          { id: 'start', label: m.start, width: 130, cell: ({ start }) => <code>{start}…</code> },
          {
            id: 'scopes',
            label: m.scopes,
            width: 220,
            cell: ({ scopes }) => (scopes.length > 2 ? m.scopeCount(number(scopes.length)) : scopes.join(', ')),
          },
          {
            id: 'status',
            label: m.status,
            width: 110,
            cell: ({ status }) => <Badge tone={status === 'ACTIVE' ? 'positive' : 'neutral'}>{m.states[status]}</Badge>,
          },
          {
            id: 'used',
            label: m.used,
            width: 130,
            sort: 'LAST_REQUEST',
            sortFirst: 'down',
            cell: ({ lastUsedAt }) => (lastUsedAt ? <TimeAgo at={lastUsedAt} /> : m.never),
          },
          {
            id: 'expires',
            label: m.expires,
            width: 120,
            sort: 'EXPIRES_AT',
            cell: ({ expiresAt }) => (expiresAt ? date(expiresAt) : m.forGood),
          },
          {
            id: 'created',
            label: m.created,
            width: 120,
            fixed: true,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        filters={[
          {
            id: 'active',
            label: m.working,
            single: true,
            options: [
              { id: 'yes', label: m.yes },
              { id: 'no', label: m.no },
            ],
          },
        ]}
        rowLabel={({ name }) => name}
        rowPage={({ id }) => target(keyPage, { params: { id: plainId(id) } })}
        bulk={[
          {
            id: 'revoke',
            label: m.revoke,
            icon: Ban,
            danger: true,
            applies: ({ status }) => status === 'ACTIVE',
            confirm: { title: m.revokeTitle, body: m.revokeText, action: m.revoke, danger: true },
            run: ({ id }) => mutate(RevokeApiKeyDocument, { id }),
          },
        ]}
        empty={
          <EmptyState icon={KeyRound} title={m.empty} action={create}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
      <NewKeyDialog open={making} onClose={() => setMaking(false)} />
    </PageFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  const [active] = filter.active ?? []
  return {
    filter: { name: containing(q), active: active === undefined ? undefined : active === 'yes' },
    orderBy: orderOf(sort, ['CREATED_AT', 'EXPIRES_AT', 'LAST_REQUEST', 'NAME']),
  }
}
