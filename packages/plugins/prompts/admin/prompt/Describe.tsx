import {
  Dialog,
  Form,
  FormActions,
  invalidate,
  TextArea,
  toast,
  useForm,
  useMessages,
  useMutation,
  useSharedEdit,
} from '@espalier/admin-kit'
import { UpdatePromptDocument } from '../documents.ts'
import { messages } from './messages.ts'
import type { FoundPrompt } from './Prompt.tsx'

/** Changes what a prompt says of itself. Two people who do it at once choose what holds. */
export function Describe({ prompt, onClose }: { prompt: FoundPrompt; onClose: () => void }) {
  const m = useMessages(messages)
  const [update] = useMutation(UpdatePromptDocument)
  const stored = { description: prompt.description }
  const form = useForm({ start: stored })
  const edit = useSharedEdit({
    stored,
    version: prompt.version,
    isDirty: form.formState.isDirty,
    fields: [{ name: 'description', label: m.description }],
    save: (input, expectedVersion) => update({ id: prompt.id, input, expectedVersion }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      onClose()
    },
    again: () => invalidate('node'),
  })
  return (
    <Dialog open onClose={onClose} title={m.describe} stays>
      <Form form={form} guarded={false} {...edit.form}>
        <TextArea label={m.description} autoFocus {...form.field('description')} />
        <FormActions onCancel={onClose} />
      </Form>
      {edit.conflict}
    </Dialog>
  )
}
