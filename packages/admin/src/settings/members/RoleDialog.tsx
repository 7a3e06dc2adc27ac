import {
  Button,
  Dialog,
  Form,
  FormActions,
  RadioGroup,
  toast,
  useConfirm,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { UserMinus } from 'lucide-react'
import { ChangeRoleDocument, RemoveMemberDocument } from './documents.ts'
import type { Member } from './Members.tsx'
import { messages } from './messages.ts'
import { grantable, type Role } from './roles.ts'

/** What a member is, and the way out. */
export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const m = useMessages(messages)
  const { name } = member.user
  return (
    <Dialog open onClose={onClose} title={m.changeRoleTitle(name)}>
      <RoleForm member={member} onClose={onClose} />
    </Dialog>
  )
}

function RoleForm({ member, onClose }: { member: Member; onClose: () => void }) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const { role: own, user, again } = useViewer()
  const [change] = useMutation(ChangeRoleDocument, { invalidates: ['members'] })
  const [remove, removing] = useMutation(RemoveMemberDocument, { invalidates: ['members'] })
  const form = useForm<{ role: Role }>({ start: { role: member.role } })
  const options = grantable(own).map((id) => ({ id, label: m.roles[id], detail: m.roleDetails[id] }))
  const takeOut = async () => {
    const sure = await confirm({ title: m.removeTitle(1), text: m.removeText, confirm: m.remove, danger: true })
    if (!sure) return
    const { problem } = await remove({ id: member.id })
    if (problem) return void toast(problem.message, { tone: 'critical' })
    onClose()
  }
  return (
    <Form
      form={form}
      label={m.changeRole}
      guarded={false}
      submit={({ role }) => change({ id: member.id, role })}
      done={(_data, { role }) => {
        toast(m.changed(member.user.name, m.roles[role]), { tone: 'positive' })
        // One's own rights changed with it.
        if (member.user.id === user.id) again()
        onClose()
      }}
    >
      <RadioGroup {...form.field('role')} label={m.role} options={options} />
      <FormActions submit={m.changeRole} onCancel={onClose}>
        <Button variant="danger" icon={UserMinus} busy={removing.busy} onPress={() => void takeOut()}>
          {m.remove}
        </Button>
      </FormActions>
    </Form>
  )
}
