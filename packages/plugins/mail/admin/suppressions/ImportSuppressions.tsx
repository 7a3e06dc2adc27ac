import {
  Dialog,
  Form,
  FormActions,
  RadioGroup,
  TextArea,
  TextField,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { ImportDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Brings the list of another product. */
export function ImportSuppressions({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  return (
    <Dialog open={open} onClose={onClose} title={m.import} stays>
      <ImportForm onClose={onClose} />
    </Dialog>
  )
}

function ImportForm({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const form = useForm<{ addresses: string; reason: 'MANUAL' | 'UNSUBSCRIBE'; topic: string }>({
    start: { addresses: '', reason: 'UNSUBSCRIBE', topic: '' },
  })
  const [bring] = useMutation(ImportDocument, { invalidates: ['mailSuppressions'] })
  return (
    <Form
      form={form}
      guarded={false}
      submit={({ addresses, reason, topic }) =>
        bring({ input: { addresses: listed(addresses), reason, topic: topic.trim() || null } })
      }
      done={(data) => {
        if (data) toast(m.imported(number(data.added), number(data.known)), { tone: 'positive' })
        onClose()
      }}
    >
      <p>{m.importLead}</p>
      <TextArea label={m.addresses} required hint={m.addressesHint} rows={8} code {...form.field('addresses')} />
      <RadioGroup
        label={m.importReason}
        options={(['UNSUBSCRIBE', 'MANUAL'] as const).map((id) => ({ id, label: m.importReasons[id] }))}
        {...form.field('reason')}
      />
      <TextField label={m.topic} optional hint={m.topicHint} {...form.field('topic')} />
      <FormActions submit={m.import} onCancel={onClose} />
    </Form>
  )
}

/** Addresses as people paste them: lines, commas, semicolons. */
function listed(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((address) => address.trim())
    .filter(Boolean)
}
