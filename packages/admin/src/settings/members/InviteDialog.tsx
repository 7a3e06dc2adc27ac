import {
  Button,
  CopyField,
  Dialog,
  Form,
  FormActions,
  RadioGroup,
  TextField,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { InviteDocument } from './documents.ts'
import { messages } from './messages.ts'
import { grantable, type Role } from './roles.ts'

/** Asks somebody in: a link that is good once, shown once. */
export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  const [sent, setSent] = useState<{ link: string; email: string }>()
  const close = () => {
    setSent(undefined)
    onClose()
  }
  if (!sent)
    return (
      <Dialog open={open} onClose={close} title={m.inviteTitle} stays>
        <InviteForm onSent={setSent} onClose={close} />
      </Dialog>
    )
  return (
    <Dialog
      open={open}
      onClose={close}
      title={m.linkTitle}
      stays
      actions={
        <Button variant="primary" onPress={close}>
          {m.done}
        </Button>
      }
    >
      <p>{m.linkLead(sent.email)}</p>
      <CopyField label={m.link} value={sent.link} once />
    </Dialog>
  )
}

function InviteForm({
  onSent,
  onClose,
}: {
  onSent: (sent: { link: string; email: string }) => void
  onClose: () => void
}) {
  const m = useMessages(messages)
  const { role: own } = useViewer()
  const [invite] = useMutation(InviteDocument, { invalidates: ['invitations'] })
  const form = useForm<{ email: string; role: Role }>({ start: { email: '', role: 'EDITOR' } })
  return (
    <Form
      form={form}
      label={m.inviteTitle}
      guarded={false}
      submit={(input) => invite({ input })}
      done={(data) => data && onSent({ link: data.link, email: data.invitation.email })}
    >
      <p>{m.inviteLead}</p>
      <TextField {...form.field('email')} label={m.email} type="email" hint={m.emailHint} required autoFocus />
      <RadioGroup
        {...form.field('role')}
        label={m.role}
        options={grantable(own).map((id) => ({ id, label: m.roles[id], detail: m.roleDetails[id] }))}
      />
      <FormActions submit={m.send} onCancel={onClose} />
    </Form>
  )
}
