import {
  Button,
  chosenOf,
  containing,
  daysOf,
  EmptyState,
  List,
  type ListState,
  orderOf,
  PageFrame,
  TimeAgo,
  toast,
  useFormat,
  useMessages,
  useMutation,
  usePage,
} from '@espalier/admin-kit'
import { Download, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { auditPage } from '../pages.ts'
import { AuditEntryDrawer } from './AuditEntryDrawer.tsx'
import { AuditDocument, ExportAuditDocument } from './documents.ts'
import { messages } from './messages.ts'

const kinds = ['USER', 'API_KEY', 'SYSTEM'] as const

/** Who did what. */
export default function Audit() {
  const m = useMessages(messages)
  const [open, setOpen] = useState<string>()
  return (
    <PageFrame title={m.title} lead={m.lead} wide actions={<Export />}>
      <List
        id="core.audit"
        label={m.list}
        page={auditPage}
        document={AuditDocument}
        connection={({ auditEntries }) => auditEntries}
        variables={variablesOf}
        search={m.search}
        sort="-AT"
        columns={[
          { id: 'action', label: m.action, width: 240, cell: ({ action }) => <strong>{action}</strong> },
          {
            id: 'who',
            label: m.who,
            width: 200,
            cell: ({ actorName, actorType }) => actorName ?? <span className="e-muted">{m.kinds[actorType]}</span>,
          },
          { id: 'object', label: m.object, width: 160, cell: ({ resourceType }) => resourceType },
          { id: 'objectId', label: m.objectId, width: 300, hidden: true, cell: ({ resourceId }) => resourceId },
          { id: 'address', label: m.address, width: 140, cell: ({ ipAddress }) => ipAddress },
          {
            id: 'when',
            label: m.when,
            width: 130,
            fixed: true,
            sort: 'AT',
            sortFirst: 'down',
            cell: ({ at }) => <TimeAgo at={at} />,
          },
        ]}
        filters={[
          { id: 'kind', label: m.whoKind, options: kinds.map((id) => ({ id, label: m.kinds[id] })) },
          { id: 'who', label: m.person, kind: 'text' },
          { id: 'action', label: m.action, kind: 'text' },
          { id: 'object', label: m.object, kind: 'text' },
          { id: 'when', label: m.when, kind: 'date' },
        ]}
        onOpen={({ id }) => setOpen(id)}
        rowLabel={({ action, resourceType }) => `${action} ${resourceType ?? ''}`}
        empty={
          <EmptyState icon={ScrollText} title={m.empty}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
      <AuditEntryDrawer id={open} onClose={() => setOpen(undefined)} />
    </PageFrame>
  )
}

/** Takes along what the filters leave. */
function Export() {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { search } = usePage(auditPage)
  const [ask, { busy }] = useMutation(ExportAuditDocument)
  const run = async () => {
    const { filter } = variablesOf({ ...search, filter: search.filter ?? {} })
    const { data, problem } = await ask({ filter })
    if (problem) toast(problem.message, { tone: 'critical' })
    else if (data) {
      toast(m.exported(number(data.count)))
      location.assign(data.url)
    }
  }
  return (
    <Button icon={Download} busy={busy} onPress={() => void run()}>
      {m.export}
    </Button>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    filter: {
      search: q?.trim() || undefined,
      actorType: chosenOf(filter.kind, kinds),
      actorName: containing(filter.who?.[0]),
      action: containing(filter.action?.[0]),
      resourceType: containing(filter.object?.[0]),
      at: daysOf(filter.when),
    },
    orderBy: orderOf(sort, ['AT']),
  }
}
