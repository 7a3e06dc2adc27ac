import {
  Button,
  Columns,
  Dialog,
  Form,
  FormActions,
  NumberField,
  RadioGroup,
  TextArea,
  toast,
  useForm,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { SettleDocument } from './documents.ts'
import { messages } from './messages.ts'

interface Settlement {
  carriedOut: 'yes' | 'no' | null
  inputTokens: number | null
  outputTokens: number | null
  response: string
}

/** Says what became of a call whose outcome nobody knows. */
export function SettleCall({ id }: { id: string }) {
  const m = useMessages(messages)
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" onPress={() => setOpen(true)}>
        {m.settle}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={m.settle} stays>
        <SettleForm id={id} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function SettleForm({ id, onClose }: { id: string; onClose: () => void }) {
  const m = useMessages(messages)
  const [settle] = useMutation(SettleDocument, { invalidates: ['aiCalls', 'aiSpending'] })
  const form = useForm<Settlement>({
    start: { carriedOut: null, inputTokens: null, outputTokens: null, response: '' },
    check: ({ carriedOut }) => ({ carriedOut: carriedOut === null && m.decide }),
  })
  const carriedOut = form.watch('carriedOut') === 'yes'
  return (
    <Form
      form={form}
      guarded={false}
      submit={({ inputTokens, outputTokens, response }) =>
        settle({
          id,
          input: carriedOut
            ? { carriedOut, inputTokens, outputTokens, response: response.trim() || null }
            : { carriedOut },
        })
      }
      done={() => {
        toast(m.settled, { tone: 'positive' })
        onClose()
      }}
    >
      <RadioGroup<'yes' | 'no'>
        label={m.carriedOut}
        options={[
          { id: 'yes', label: m.wasCarriedOut, detail: m.wasCarriedOutHint },
          { id: 'no', label: m.wasNot, detail: m.wasNotHint },
        ]}
        {...form.field('carriedOut')}
      />
      {carriedOut && (
        <>
          <Columns min="10rem">
            <NumberField label={m.tokensIn} optional min={0} {...form.field('inputTokens')} />
            <NumberField label={m.tokensOut} optional min={0} {...form.field('outputTokens')} />
          </Columns>
          <TextArea label={m.response} optional code {...form.field('response')} />
        </>
      )}
      <FormActions onCancel={onClose} />
    </Form>
  )
}
