import {
  Button,
  Checkbox,
  CopyField,
  Dialog,
  Form,
  FormActions,
  plainId,
  TextField,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { webhookPage } from '../pages.ts'
import { CreateEndpointDocument, EventTypesDocument } from './documents.ts'
import { EventTypePicker } from './EventTypePicker.tsx'
import { messages } from './messages.ts'

/** Adds an endpoint, and shows its secret the only time that it can be seen. */
export function AddEndpoint({ open, onClose }: { open: boolean; onClose: () => void }) {
  const m = useMessages(messages)
  const goTo = useGoTo()
  const [made, setMade] = useState<{ id: string; secret: string }>()
  const leave = () => {
    if (made) goTo(webhookPage, { params: { id: plainId(made.id) } })
    setMade(undefined)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onClose={leave}
      title={made ? m.secretTitle : m.add}
      stays
      actions={
        made && (
          <Button variant="primary" onPress={leave}>
            {m.understood}
          </Button>
        )
      }
    >
      {made ? (
        <>
          <p>{m.secretWhy}</p>
          <CopyField label={m.secret} value={made.secret} once />
        </>
      ) : (
        <AddForm onCancel={onClose} onMade={setMade} />
      )}
    </Dialog>
  )
}

function AddForm({
  onCancel,
  onMade,
}: {
  onCancel: () => void
  onMade: (made: { id: string; secret: string }) => void
}) {
  const m = useMessages(messages)
  const types = useQuery(EventTypesDocument, {})
  const form = useForm<{ url: string; description: string; eventTypes: string[]; ordered: boolean }>({
    start: { url: 'https://', description: '', eventTypes: ['notification.*'], ordered: false },
  })
  const [create] = useMutation(CreateEndpointDocument, { invalidates: ['webhookEndpoints'] })
  return (
    <Form
      form={form}
      guarded={false}
      submit={(input) => create({ input })}
      done={(data) => {
        if (data) onMade({ id: data.endpoint.id, secret: data.secret })
      }}
    >
      <TextField label={m.url} hint={m.urlHint} type="url" required autoFocus code {...form.field('url')} />
      <TextField label={m.description} optional {...form.field('description')} />
      <EventTypePicker types={types.data?.webhookEventTypes ?? []} {...form.field('eventTypes')} />
      <Checkbox hint={m.orderedHint} {...form.field('ordered')}>
        {m.ordered}
      </Checkbox>
      <FormActions submit={m.create} onCancel={onCancel} />
    </Form>
  )
}
