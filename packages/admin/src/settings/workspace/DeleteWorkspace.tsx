import {
  Button,
  Card,
  Dialog,
  Form,
  FormActions,
  Note,
  startAnew,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { DeleteWorkspaceDocument } from './documents.ts'
import { messages } from './messages.ts'

/** For owners: the end of the workspace. Where it is their only one, why it stays. */
export function DeleteWorkspace() {
  const m = useMessages(messages)
  const { role, workspace, workspaces } = useViewer()
  const [open, setOpen] = useState(false)
  if (role !== 'OWNER') return null
  const isOnly = workspaces.length === 1
  return (
    <Card title={m.deletion} lead={m.deletionLead}>
      {isOnly && <Note>{m.deleteOnly}</Note>}
      <div>
        <Button icon={Trash2} variant="danger" disabled={isOnly} onPress={() => setOpen(true)}>
          {m.deleteThis(workspace.name)}
        </Button>
      </div>
      <Dialog open={open} onClose={() => setOpen(false)} title={m.deleteTitle(workspace.name)} size="small" stays>
        <DeleteForm onClose={() => setOpen(false)} />
      </Dialog>
    </Card>
  )
}

function DeleteForm({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const { workspace } = useViewer()
  const [remove] = useMutation(DeleteWorkspaceDocument)
  const form = useForm({
    start: { name: '' },
    check: ({ name }) => ({ name: name.trim() !== workspace.name && m.typeExactly(workspace.name) }),
  })
  return (
    <Form
      form={form}
      label={m.deletion}
      guarded={false}
      submit={({ name }) => remove({ id: workspace.id, name })}
      done={() => {
        toast(m.deleting(workspace.name))
        onClose()
        // Into another workspace: this session is in it already.
        startAnew()
      }}
    >
      <Note tone="critical">{m.deleteText}</Note>
      <TextField {...form.field('name')} label={m.typeName(workspace.name)} autoComplete="off" required autoFocus />
      <FormActions submit={m.deleteForGood} danger onCancel={onClose} />
    </Form>
  )
}
