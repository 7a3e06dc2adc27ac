import {
  AddressLink,
  Badge,
  Button,
  ButtonLink,
  chosenOf,
  daysOf,
  EmptyState,
  invalidate,
  List,
  type ListState,
  mutate,
  PageFrame,
  Row,
  TimeAgo,
  type Tone,
  toast,
  useGoToAddress,
  useMessages,
  useMutation,
  useQuery,
  useSubscription,
} from '@espalier/admin-kit'
import { Bell, CheckCheck, SlidersHorizontal } from 'lucide-react'
import { notificationsPage, preferencesPage } from '../pages.ts'
import { KindsDocument, NotificationsChangedDocument, NotificationsDocument, ReadDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../operations.css'

const severities = ['CRITICAL', 'WARNING', 'SUCCESS', 'INFO'] as const

const tones: Record<(typeof severities)[number], Tone> = {
  CRITICAL: 'critical',
  WARNING: 'warning',
  SUCCESS: 'positive',
  INFO: 'info',
}

/** What the workspace has to tell. Opening one counts as reading it. */
export default function Notifications() {
  const m = useMessages(messages)
  const goTo = useGoToAddress()
  const kinds = useQuery(KindsDocument, {})
  const { data: state } = useSubscription(NotificationsChangedDocument, {})
  const [readAll, { busy }] = useMutation(ReadDocument, { invalidates: ['notifications'] })
  const markRead = async (id: string) => {
    const outcome = await mutate(ReadDocument, { ids: [id] })
    if (!outcome.problem) invalidate('notifications')
    return outcome
  }
  return (
    <PageFrame
      title={m.title}
      lead={m.lead}
      wide
      actions={
        <Row>
          <ButtonLink to={preferencesPage} icon={SlidersHorizontal}>
            {m.preferences}
          </ButtonLink>
          <Button
            icon={CheckCheck}
            busy={busy}
            disabled={state?.notificationsChanged.unread === 0}
            onPress={async () => {
              const { problem } = await readAll({ ids: null })
              toast(problem?.message ?? m.allRead, problem ? { tone: 'critical' } : {})
            }}
          >
            {m.readAll}
          </Button>
        </Row>
      }
    >
      <List
        id="operations.notifications"
        label={m.list}
        page={notificationsPage}
        document={NotificationsDocument}
        connection={({ notifications }) => notifications}
        variables={variablesOf}
        search={m.search}
        columns={[
          {
            id: 'what',
            label: m.what,
            width: 280,
            cell: ({ id, title, link, readAt }) => (
              <>
                {link ? (
                  <AddressLink address={link} tabIndex={-1} onClick={() => void markRead(id)}>
                    {title}
                  </AddressLink>
                ) : (
                  title
                )}{' '}
                {!readAt && <Badge tone="info">{m.isNew}</Badge>}
              </>
            ),
          },
          { id: 'about', label: m.about, width: 380, cell: ({ body }) => <span title={body}>{body}</span> },
          {
            id: 'severity',
            label: m.severity,
            width: 130,
            fixed: true,
            cell: ({ severity }) => <Badge tone={tones[severity]}>{m.severities[severity]}</Badge>,
          },
          { id: 'kind', label: m.kind, width: 150, hidden: true, cell: ({ kind }) => kind },
          { id: 'when', label: m.when, width: 130, fixed: true, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
        ]}
        filters={[
          { id: 'state', label: m.state, single: true, options: [{ id: 'unread', label: m.unreadOnly }] },
          { id: 'severity', label: m.severity, options: severities.map((id) => ({ id, label: m.severities[id] })) },
          {
            id: 'kind',
            label: m.kind,
            options: (kinds.data?.notificationKinds ?? []).map(({ name, description }) => ({
              id: name,
              label: description,
            })),
          },
          { id: 'when', label: m.when, kind: 'date' },
        ]}
        onOpen={({ id, link }) => {
          void markRead(id)
          if (link) goTo(link)
        }}
        rowLabel={({ title }) => title}
        bulk={[
          {
            id: 'read',
            label: m.read,
            icon: CheckCheck,
            applies: ({ readAt }) => !readAt,
            run: ({ id }) => mutate(ReadDocument, { ids: [id] }),
          },
        ]}
        live={{ document: NotificationsChangedDocument }}
        empty={
          <EmptyState
            icon={Bell}
            title={m.empty}
            action={<ButtonLink to={preferencesPage}>{m.preferences}</ButtonLink>}
          >
            {m.emptyWhy}
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

function variablesOf({ q, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    unread: filter.state?.includes('unread') || undefined,
    filter: {
      search: q?.trim() || undefined,
      severity: chosenOf(filter.severity, severities),
      kind: filter.kind?.length ? { in: filter.kind } : undefined,
      createdAt: daysOf(filter.when),
    },
  }
}
