import { Dialog, Form, FormActions, TextField, toast, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import { SuppressDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Holds an address by hand. */
export function AddSuppression({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  return (
    <Dialog open={open} onClose={onClose} title={m.add} size="small" stays>
      <AddForm onClose={onClose} />
    </Dialog>
  )
}

function AddForm({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const form = useForm({ start: { address: '', topic: '' } })
  const [suppress] = useMutation(SuppressDocument, { invalidates: ['mailSuppressions'] })
  return (
    <Form
      form={form}
      guarded={false}
      submit={({ address, topic }) => suppress({ input: { address, topic: topic.trim() || null } })}
      done={(_data, { address }) => {
        toast(m.added(address), { tone: 'positive' })
        onClose()
      }}
    >
      <TextField label={m.address} type="email" required autoFocus hint={m.addHint} {...form.field('address')} />
      <TextField label={m.topic} optional hint={m.topicHint} {...form.field('topic')} />
      <FormActions submit={m.add} onCancel={onClose} />
    </Form>
  )
}
