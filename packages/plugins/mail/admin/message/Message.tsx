import {
  Answer,
  Button,
  ButtonLink,
  EmptyState,
  globalId,
  Link,
  Note,
  PageFrame,
  Row,
  Stack,
  toast,
  useConfirm,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Ban, CircleSlash, Send } from 'lucide-react'
import { CancelMailDocument, ResendMailDocument } from '../documents.ts'
import type { MailMessageQuery } from '../graphql/graphql.ts'
import { messagePage, outboxPage } from '../pages.ts'
import { StateBadge } from '../StateBadge.tsx'
import { MessageDocument, MessageUpdatedDocument } from './documents.ts'
import { MessageContent } from './MessageContent.tsx'
import { MessageCourse } from './MessageCourse.tsx'
import { MessageFacts } from './MessageFacts.tsx'
import { messages } from './messages.ts'

/** One message: as it is seen, and what became of it, as it happens. */
export default function Message() {
  const m = useMessages(messages)
  const { params } = usePage(messagePage)
  const id = globalId('MailMessage', params.id)
  const query = useQuery(MessageDocument, { id }, { live: { document: MessageUpdatedDocument, variables: { id } } })
  const gone = (
    <PageFrame title={m.gone}>
      <EmptyState icon={CircleSlash} title={m.gone} action={<ButtonLink to={outboxPage}>{m.back}</ButtonLink>}>
        {m.goneWhy}
      </EmptyState>
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return <Answer of={query}>{({ mailMessage }) => (mailMessage ? <Found message={mailMessage} /> : gone)}</Answer>
}

export type MessageShown = NonNullable<MailMessageQuery['mailMessage']>

function Found({ message }: { message: MessageShown }) {
  const m = useMessages(messages)
  return (
    <PageFrame
      title={message.subject || m.gone}
      badge={<StateBadge state={message.state} />}
      breadcrumbs={<Link to={outboxPage}>{m.back}</Link>}
      actions={<Deeds message={message} />}
    >
      <Stack gap={6}>
        {message.errorMessage && <Note tone="critical">{message.errorMessage}</Note>}
        <MessageFacts message={message} />
        <MessageContent message={message} />
        <MessageCourse message={message} />
      </Stack>
    </PageFrame>
  )
}

function Deeds({ message: { id, dispatch } }: { message: MessageShown }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [resend, resending] = useMutation(ResendMailDocument, {
    after: () => toast(m.sentAgain, { tone: 'positive' }),
  })
  const [cancel, canceling] = useMutation(CancelMailDocument, { after: () => toast(m.canceled) })
  if (!viewer.may('mail:write')) return null
  const problem = resending.problem ?? canceling.problem
  return (
    <Row>
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      {(dispatch === 'LOST' || dispatch === 'REFUSED') && (
        <Button
          icon={Send}
          busy={resending.busy}
          onPress={async () => {
            if (await confirm({ title: m.sendAgainTitle, text: m.sendAgainWhy, confirm: m.sendAgain }))
              await resend({ id })
          }}
        >
          {m.sendAgain}
        </Button>
      )}
      {dispatch === 'PLANNED' && (
        <Button icon={Ban} busy={canceling.busy} onPress={() => void cancel({ id })}>
          {m.cancel}
        </Button>
      )}
    </Row>
  )
}
