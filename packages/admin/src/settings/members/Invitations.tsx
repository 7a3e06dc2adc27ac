import { Button, Section, toast, useFormat, useMessages, useMutation, useQuery, useViewer } from '@espalier/admin-kit'
import { changesOf } from '../live.ts'
import { CancelInvitationDocument, OpenInvitationsDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../settings.css'

/** Invitations that nobody has taken yet; nothing where there are none. */
export function Invitations() {
  const m = useMessages(messages)
  const { relative } = useFormat()
  const { may } = useViewer()
  const { data } = useQuery(OpenInvitationsDocument, {}, { live: changesOf('Invitation', 'Member') })
  const [cancel, { busy }] = useMutation(CancelInvitationDocument, { invalidates: ['invitations'] })
  const open = (data?.invitations.nodes ?? []).filter(({ status }) => status === 'PENDING')
  if (open.length === 0) return null
  const now = new Date()
  const takeBack = async (id: string, email: string) => {
    const { problem } = await cancel({ id })
    if (problem) toast(problem.message, { tone: 'critical' })
    else toast(m.canceled(email))
  }
  return (
    <Section title={m.pending} lead={m.pendingLead}>
      <ul className="settings-lines">
        {open.map(({ id, email, role, expiresAt }) => (
          <li key={id}>
            <span>{email}</span>
            <span>{m.roles[role]}</span>
            <span className="e-muted">
              {new Date(expiresAt) > now ? m.expires(relative(expiresAt, now)) : m.expired}
            </span>
            {may('members:write') && (
              <Button size="small" disabled={busy} onPress={() => void takeBack(id, email)}>
                {m.cancel}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
