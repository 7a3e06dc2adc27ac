import {
  Answer,
  Badge,
  Button,
  Dialog,
  EmptyState,
  Form,
  FormActions,
  Link,
  Stack,
  TextField,
  TimeAgo,
  useForm,
  useFormat,
  useGoTo,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Plus, SearchX } from 'lucide-react'
import { useState } from 'react'
import { MailFrame } from '../MailFrame.tsx'
import { messages as mailMessages } from '../messages.ts'
import { templatePage } from '../pages.ts'
import { TemplatesDocument } from './documents.ts'
import { messages } from './messages.ts'
import { byName } from './templateList.ts'
import './templates.css'

/** What mail says: the templates of the plugins and those of the workspace, by name. */
export default function Templates() {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const viewer = useViewer()
  const query = useQuery(TemplatesDocument, {})
  const [wanted, setWanted] = useState('')
  const [adding, setAdding] = useState(false)
  const actions = viewer.may('mail:write') && (
    <Button icon={Plus} variant="primary" onPress={() => setAdding(true)}>
      {m.add}
    </Button>
  )
  return (
    <MailFrame title={words.templates} lead={m.lead} actions={actions}>
      <Stack>
        <TextField
          label={m.search}
          labelHidden
          placeholder={m.search}
          type="search"
          value={wanted}
          onChange={setWanted}
        />
        <Answer of={query}>
          {({ mailTemplateDefinitions, mailTemplates }) => (
            <Found templates={byName(mailTemplateDefinitions, mailTemplates.nodes, wanted)} />
          )}
        </Answer>
      </Stack>
      <AddTemplate open={adding} onClose={() => setAdding(false)} />
    </MailFrame>
  )
}

function Found({ templates }: { templates: ReturnType<typeof byName> }) {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { list } = useFormat()
  if (templates.length === 0) return <EmptyState icon={SearchX} title={m.none} />
  return (
    <ul className="mail-templates">
      {templates.map(({ name, description, kind, own, changedAt }) => (
        <li key={name}>
          <div>
            <Link to={templatePage} params={{ name }}>
              {name}
            </Link>
            <p className="e-muted">{description}</p>
          </div>
          <span>{words.classes[kind]}</span>
          <span>
            {own.length > 0 ? (
              <Badge tone="info">{m.rewritten(list(own.map((language) => words.languages[language])))}</Badge>
            ) : (
              <Badge>{m.plugin}</Badge>
            )}
          </span>
          <span className="e-muted">{changedAt && <TimeAgo at={changedAt} />}</span>
        </li>
      ))}
    </ul>
  )
}

function AddTemplate({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  const goTo = useGoTo()
  const form = useForm({
    start: { name: '' },
    check: ({ name }) => ({ name: !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name.trim()) && m.addHint }),
  })
  return (
    <Dialog open={open} onClose={onClose} title={m.add} size="small" stays>
      <Form
        form={form}
        guarded={false}
        submit={async () => undefined}
        done={(_data, { name }) => {
          onClose()
          goTo(templatePage, { params: { name: name.trim() } })
        }}
      >
        <TextField label={m.addName} hint={m.addHint} required code autoFocus {...form.field('name')} />
        <FormActions submit={m.open} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
