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
  useViewer,
} from '@espalier/admin-kit'
import { Ban, Mail, Send } from 'lucide-react'
import { CancelMailDocument, MessagesDocument, ResendMailDocument } from '../documents.ts'
import { MailFrame } from '../MailFrame.tsx'
import { messages as mailMessages } from '../messages.ts'
import { messagePage, outboxPage, templatesPage } from '../pages.ts'
import { StateBadge } from '../StateBadge.tsx'
import { states } from '../states.ts'
import { MailStatusLine } from './MailStatusLine.tsx'
import { messages } from './messages.ts'

/** What was written to whom, and what became of it. */
export default function Outbox() {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { moneyMicros } = useFormat()
  const viewer = useViewer()
  return (
    <MailFrame title={words.outbox} lead={m.lead} wide>
      <MailStatusLine />
      <List
        id="mail.messages"
        label={m.list}
        page={outboxPage}
        document={MessagesDocument}
        connection={({ mailMessages }) => mailMessages}
        variables={variablesOf}
        search={m.search}
        sort="-QUEUED_AT"
        columns={[
          { id: 'subject', label: m.subject, width: 260, cell: ({ subject }) => subject || m.noSubject },
          { id: 'to', label: m.to, width: 200, cell: ({ toAddress }) => toAddress },
          {
            id: 'state',
            label: m.state,
            width: 130,
            fixed: true,
            cell: ({ state }) => <StateBadge state={state} />,
          },
          { id: 'template', label: m.template, width: 180, cell: ({ template }) => template },
          { id: 'class', label: m.class, width: 120, hidden: true, cell: (row) => words.classes[row.class] },
          {
            id: 'cost',
            label: m.cost,
            width: 90,
            fixed: true,
            align: 'end',
            hidden: true,
            cell: ({ costMicros }) => moneyMicros(costMicros),
          },
          {
            id: 'sent',
            label: m.sent,
            width: 130,
            fixed: true,
            hidden: true,
            sort: 'SENT_AT',
            sortFirst: 'down',
            cell: ({ sentAt }) => sentAt && <TimeAgo at={sentAt} />,
          },
          {
            id: 'queued',
            label: m.queued,
            width: 130,
            fixed: true,
            sort: 'QUEUED_AT',
            sortFirst: 'down',
            cell: ({ queuedAt }) => <TimeAgo at={queuedAt} />,
          },
        ]}
        filters={[
          { id: 'state', label: m.state, options: states.map((id) => ({ id, label: words.states[id] })) },
          {
            id: 'class',
            label: m.class,
            options: (['MARKETING', 'TRANSACTIONAL'] as const).map((id) => ({ id, label: words.classes[id] })),
          },
          { id: 'template', label: m.template, kind: 'text' },
          { id: 'queued', label: m.queued, kind: 'date' },
        ]}
        rowPage={({ id }) => target(messagePage, { params: { id: plainId(id) } })}
        rowLabel={({ subject, toAddress }) => `${subject}, ${toAddress}`}
        bulk={[
          {
            id: 'resend',
            label: m.resend,
            icon: Send,
            may: viewer.may('mail:write'),
            confirm: { title: m.resendTitle, body: m.resendWhy, action: m.resend },
            applies: ({ dispatch }) => dispatch === 'LOST' || dispatch === 'REFUSED',
            run: ({ id }) => mutate(ResendMailDocument, { id }),
          },
          {
            id: 'cancel',
            label: m.cancel,
            icon: Ban,
            may: viewer.may('mail:write'),
            applies: ({ dispatch }) => dispatch === 'PLANNED',
            run: ({ id }) => mutate(CancelMailDocument, { id }),
          },
        ]}
        empty={
          <EmptyState icon={Mail} title={m.empty} action={<ButtonLink to={templatesPage}>{m.emptyDo}</ButtonLink>}>
            {m.emptyWhy}
          </EmptyState>
        }
      />
    </MailFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  const template = filter.template?.[0]
  return {
    filter: {
      search: q?.trim() || undefined,
      state: chosenOf(filter.state, states),
      class: chosenOf(filter.class, ['MARKETING', 'TRANSACTIONAL']),
      template: template ? { contains: template } : undefined,
      queuedAt: daysOf(filter.queued),
    },
    orderBy: orderOf(sort, ['QUEUED_AT', 'SENT_AT']),
  }
}
