import {
  Badge,
  chosenOf,
  EmptyState,
  List,
  orderOf,
  PageFrame,
  TimeAgo,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { BookOpen, Check } from 'lucide-react'
import { ApproveEntryDocument, EntriesDocument } from './documents.ts'
import { messages } from './messages.ts'
import { entriesPage } from './pages.ts'

/** Everything that visitors wrote, and the way to approve what is held back. */
export default function Entries() {
  const m = useMessages(messages)
  const { may } = useViewer()
  const [approve] = useMutation(ApproveEntryDocument)
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <List
        id="guestbook.entries"
        label={m.title}
        page={entriesPage}
        document={EntriesDocument}
        connection={(data) => data.guestbookEntries}
        variables={({ sort, filter }) => ({
          filter: { status: chosenOf(filter.status, ['WAITING', 'SHOWN', 'HELD']) },
          orderBy: orderOf(sort, ['CREATED_AT']),
        })}
        search={false}
        sort="-CREATED_AT"
        columns={[
          { id: 'name', label: m.name, cell: ({ name }) => name, width: 160 },
          { id: 'text', label: m.text, cell: ({ text }) => text, width: 360 },
          {
            id: 'status',
            label: m.status,
            cell: ({ status }) => <Badge tone={status === 'HELD' ? 'warning' : 'neutral'}>{m.statuses[status]}</Badge>,
            fixed: true,
          },
          {
            id: 'at',
            label: m.at,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
            sort: 'CREATED_AT',
            fixed: true,
          },
        ]}
        filters={[
          {
            id: 'status',
            label: m.status,
            options: (['HELD', 'SHOWN', 'WAITING'] as const).map((id) => ({ id, label: m.statuses[id] })),
          },
        ]}
        rowLabel={({ name }) => name}
        bulk={[
          {
            id: 'approve',
            label: m.approve,
            icon: Check,
            run: ({ id }) => approve({ id }),
            applies: ({ status }) => status === 'HELD',
            may: may('guestbook:write'),
          },
        ]}
        empty={
          <EmptyState icon={BookOpen} title={m.empty}>
            <p>{m.emptyWhy}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}
