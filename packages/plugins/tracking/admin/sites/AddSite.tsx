import { Dialog, Form, FormActions, TextField, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import { CreateSiteDocument } from './documents.ts'
import { messages } from './messages.ts'
import type { Site } from './Sites.tsx'

/** Asks for the name of a new site. */
export function AddSite({
  open,
  onClose,
  onAdded,
}: {
  open: boolean
  onClose: () => void
  onAdded: (site: Site) => void
}) {
  const m = useMessages(messages)
  return (
    <Dialog open={open} onClose={onClose} title={m.addTitle} size="small" stays>
      <NameForm submit={m.create} onCancel={onClose} onAdded={onAdded} />
    </Dialog>
  )
}

function NameForm({
  submit,
  onCancel,
  onAdded,
}: {
  submit: string
  onCancel: () => void
  onAdded: (site: Site) => void
}) {
  const m = useMessages(messages)
  const [create] = useMutation(CreateSiteDocument)
  const form = useForm({
    start: { name: '' },
    check: ({ name }) => ({ name: name.trim() === '' ? m.nameMissing : name.length > 100 && m.nameLong }),
  })
  return (
    <Form form={form} guarded={false} label={m.addTitle} submit={(input) => create({ input })} done={onAdded}>
      <TextField label={m.name} hint={m.nameHint} autoFocus {...form.field('name')} />
      <FormActions submit={submit} onCancel={onCancel} />
    </Form>
  )
}
