import {
  Badge,
  Button,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  type ListState,
  mutate,
  orderOf,
  Row,
  TimeAgo,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { FileUp, MailCheck, MailX, Plus } from 'lucide-react'
import { useState } from 'react'
import { MailFrame } from '../MailFrame.tsx'
import { messages as mailMessages } from '../messages.ts'
import { suppressionsPage } from '../pages.ts'
import { AddSuppression } from './AddSuppression.tsx'
import { SuppressionsDocument, UnsuppressDocument } from './documents.ts'
import { ImportSuppressions } from './ImportSuppressions.tsx'
import { messages } from './messages.ts'

const reasons = ['UNSUBSCRIBE', 'COMPLAINT', 'HARD_BOUNCE', 'SOFT_BOUNCES', 'PROVIDER_LIST', 'MANUAL'] as const

/** Who is not written to, and why. */
export default function Suppressions() {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { date } = useFormat()
  const viewer = useViewer()
  const [open, setOpen] = useState<'add' | 'import'>()
  const close = () => setOpen(undefined)
  const mayWrite = viewer.may('mail:write')
  const actions = mayWrite && (
    <Row>
      <Button icon={FileUp} onPress={() => setOpen('import')}>
        {m.import}
      </Button>
      <Button icon={Plus} variant="primary" onPress={() => setOpen('add')}>
        {m.add}
      </Button>
    </Row>
  )
  return (
    <MailFrame title={words.suppressions} lead={m.lead} actions={actions} wide>
      <List
        id="mail.suppressions"
        label={m.list}
        page={suppressionsPage}
        document={SuppressionsDocument}
        connection={({ mailSuppressions }) => mailSuppressions}
        variables={variablesOf}
        search={m.search}
        sort="-CREATED_AT"
        columns={[
          {
            id: 'address',
            label: m.address,
            width: 260,
            cell: ({ address }) => address ?? <span className="e-muted">{m.erased}</span>,
          },
          { id: 'topic', label: m.topic, width: 140, cell: ({ topic }) => topic || m.everything },
          { id: 'reason', label: m.reason, width: 180, cell: ({ reason }) => <Badge>{m.reasons[reason]}</Badge> },
          { id: 'until', label: m.until, width: 130, cell: ({ until }) => (until ? date(until) : m.forGood) },
          {
            id: 'since',
            label: m.since,
            width: 130,
            fixed: true,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        filters={[
          { id: 'reason', label: m.reason, options: reasons.map((id) => ({ id, label: m.reasons[id] })) },
          { id: 'topic', label: m.topic, kind: 'text' },
          { id: 'since', label: m.since, kind: 'date' },
        ]}
        rowLabel={({ address }) => address ?? m.erased}
        bulk={[
          {
            id: 'remove',
            label: m.remove,
            icon: MailCheck,
            danger: true,
            may: mayWrite,
            confirm: { title: m.removeTitle, body: m.removeWhy, action: m.remove, danger: true },
            run: ({ id }) => mutate(UnsuppressDocument, { input: { id, why: m.why } }),
          },
        ]}
        empty={
          <EmptyState icon={MailX} title={m.empty} action={actions}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
      <AddSuppression open={open === 'add'} onClose={close} />
      <ImportSuppressions open={open === 'import'} onClose={close} />
    </MailFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  const topic = filter.topic?.[0]
  return {
    filter: {
      search: q?.trim() || undefined,
      reason: chosenOf(filter.reason, reasons),
      topic: topic ? { contains: topic } : undefined,
      createdAt: daysOf(filter.since),
    },
    orderBy: orderOf(sort, ['CREATED_AT']),
  }
}
