import '../settings.css'
import {
  Badge,
  Button,
  Card,
  Dialog,
  Form,
  FormActions,
  Row,
  startAnew,
  TextField,
  toast,
  useConfirm,
  useForm,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { DoorOpen, Plus } from 'lucide-react'
import { useState } from 'react'
import { slugOf } from '../../setup/slugOf.ts'
import { CreateWorkspaceDocument, LeaveWorkspaceDocument } from './documents.ts'
import { messages } from './messages.ts'

/** All workspaces that one belongs to, making another, leaving this one. */
export function Workspaces() {
  const m = useMessages(messages)
  const { workspaces, workspace, may } = useViewer()
  const [open, setOpen] = useState(false)
  return (
    <Card
      title={m.others}
      lead={m.othersLead}
      actions={
        may('workspace:write') && (
          <Button icon={Plus} onPress={() => setOpen(true)}>
            {m.create}
          </Button>
        )
      }
    >
      <ul className="settings-lines">
        {workspaces.map(({ id, name, slug }) => (
          <li key={id}>
            <span>{name}</span>
            <code>{slug}</code>
            {id === workspace.id && <Badge tone="positive">{m.here}</Badge>}
          </li>
        ))}
      </ul>
      <Leave />
      <Dialog open={open} onClose={() => setOpen(false)} title={m.create} size="small" stays>
        <CreateForm onClose={() => setOpen(false)} />
      </Dialog>
    </Card>
  )
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const { again } = useViewer()
  const [create] = useMutation(CreateWorkspaceDocument)
  const form = useForm({ start: { name: '', slug: '' } })
  const slug = form.watch('slug') || slugOf(form.watch('name'))
  return (
    <Form
      form={form}
      label={m.create}
      guarded={false}
      submit={({ name }) => create({ input: { name, slug } })}
      done={(_data, { name }) => {
        toast(m.created(name), { tone: 'positive' })
        again()
        onClose()
      }}
    >
      <p>{m.createHint}</p>
      <TextField {...form.field('name')} label={m.name} maxLength={100} required autoFocus />
      <TextField {...form.field('slug')} value={slug} label={m.slug} maxLength={60} code />
      <FormActions submit={m.create} onCancel={onClose} />
    </Form>
  )
}

function Leave() {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const { workspace } = useViewer()
  const [leave, { busy }] = useMutation(LeaveWorkspaceDocument)
  const run = async () => {
    if (!(await confirm({ title: m.leaveTitle(workspace.name), text: m.leaveText, confirm: m.leave, danger: true })))
      return
    const { problem } = await leave({})
    if (problem) return void toast(problem.message, { tone: 'critical' })
    toast(m.left)
    startAnew()
  }
  return (
    <Row>
      <Button icon={DoorOpen} busy={busy} onPress={() => void run()}>
        {m.leave}
      </Button>
    </Row>
  )
}
