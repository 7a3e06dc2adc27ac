import { Answer, Badge, Button, Card, TimeAgo, toast, useMessages, useMutation, useQuery } from '@espalier/admin-kit'
import { LogOut } from 'lucide-react'
import type { SessionsQuery } from '../../graphql/graphql.ts'
import { RevokeOtherSessionsDocument, RevokeSessionDocument, SessionsDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../settings.css'

type Session = NonNullable<SessionsQuery['viewer']>['sessions'][number]

/** Everywhere that one is signed in, each to be ended from here. */
export function Sessions() {
  const m = useMessages(messages)
  const query = useQuery(SessionsDocument, {})
  const [endOthers, { busy }] = useMutation(RevokeOtherSessionsDocument, { invalidates: ['viewer'] })
  const others = (query.data?.viewer?.sessions.length ?? 0) > 1
  const endAll = async () => {
    const { problem } = await endOthers({})
    if (problem) toast(problem.message, { tone: 'critical' })
    else toast(m.othersEnded, { tone: 'positive' })
  }
  return (
    <Card
      title={m.sessions}
      lead={m.sessionsLead}
      actions={
        others && (
          <Button icon={LogOut} busy={busy} onPress={() => void endAll()}>
            {m.endOthers}
          </Button>
        )
      }
    >
      <Answer of={query} height="6rem">
        {(data) => (
          <ul className="settings-lines">
            {(data.viewer?.sessions ?? []).map((session) => (
              <Line key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Answer>
    </Card>
  )
}

function Line({ session: { id, browser, system, address, current, lastSeenAt } }: { session: Session }) {
  const m = useMessages(messages)
  const [end, { busy }] = useMutation(RevokeSessionDocument, { invalidates: ['viewer'] })
  const device = m.device(browser ?? m.unknownBrowser, system ?? m.unknownSystem)
  const run = async () => {
    const { problem } = await end({ id })
    if (problem) toast(problem.message, { tone: 'critical' })
    else toast(m.ended)
  }
  return (
    <li>
      <span>
        {device} {current && <Badge tone="positive">{m.here}</Badge>}
      </span>
      {address && <span className="e-muted">{m.from(address)}</span>}
      <span className="e-muted">
        {m.lastSeen} <TimeAgo at={lastSeenAt} />
      </span>
      {!current && (
        <Button size="small" busy={busy} aria-label={m.endLabel(device)} onPress={() => void run()}>
          {m.end}
        </Button>
      )}
    </li>
  )
}
