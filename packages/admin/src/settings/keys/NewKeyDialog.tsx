import {
  Button,
  CodeBlock,
  CopyField,
  Dialog,
  Form,
  FormActions,
  Select,
  TextField,
  useForm,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { CreateApiKeyDocument } from './documents.ts'
import { messages } from './messages.ts'
import { ScopeTree } from './ScopeTree.tsx'

const lifetimes = ['30', '90', '365', 'never'] as const
type Lifetime = (typeof lifetimes)[number]

/** Makes a key, and shows it the only time that anybody sees it. */
export function NewKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  const [key, setKey] = useState<string>()
  const close = () => {
    setKey(undefined)
    onClose()
  }
  if (key === undefined)
    return (
      <Dialog open={open} onClose={close} title={m.createTitle} size="large" stays>
        <NewKeyForm onMade={setKey} onClose={close} />
      </Dialog>
    )
  return (
    <Dialog
      open={open}
      onClose={close}
      title={m.madeTitle}
      size="large"
      stays
      actions={
        <Button variant="primary" onPress={close}>
          {m.done}
        </Button>
      }
    >
      <p>{m.madeLead}</p>
      <CopyField label={m.key} value={key} once />
      <CodeBlock label={m.curl} code={tried(key)} />
    </Dialog>
  )
}

function NewKeyForm({ onMade, onClose }: { onMade: (key: string) => void; onClose: () => void }) {
  const m = useMessages(messages)
  const [create] = useMutation(CreateApiKeyDocument, { invalidates: ['apiKeys'] })
  const form = useForm<{ name: string; scopes: string[]; lifetime: Lifetime }>({
    start: { name: '', scopes: [], lifetime: '90' },
    check: ({ name, scopes }) => ({
      name: name.trim() === '' && m.nameMissing,
      scopes: scopes.length === 0 && m.scopesMissing,
    }),
  })
  return (
    <Form
      form={form}
      label={m.createTitle}
      guarded={false}
      submit={({ name, scopes, lifetime }) =>
        create({ input: { name, scopes, ...(lifetime !== 'never' && { expiresAt: inDays(Number(lifetime)) }) } })
      }
      done={(data) => data && onMade(data.key)}
    >
      <TextField {...form.field('name')} label={m.name} hint={m.nameHint} maxLength={100} required autoFocus />
      <ScopeTree {...form.field('scopes')} />
      <Select
        {...form.field('lifetime')}
        label={m.lifetime}
        options={lifetimes.map((id) => ({ id, label: m.lifetimes[id] }))}
      />
      <FormActions submit={m.make} onCancel={onClose} />
    </Form>
  )
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 3600_000).toISOString()
}

function tried(key: string): string {
  return `curl ${location.origin}/graphql/public \\
  -H 'authorization: Bearer ${key}' \\
  -H 'content-type: application/json' \\
  -d '{ "query": "{ viewer { permissions } }" }'`
}
