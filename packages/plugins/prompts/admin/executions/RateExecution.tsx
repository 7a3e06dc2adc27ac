import { Form, FormActions, RadioGroup, TextField, toast, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import { RateDocument } from './documents.ts'
import { messages } from './messages.ts'

/** What a person thinks of an answer. Saying it again replaces it. */
export function RateExecution({ id }: { id: string }) {
  const m = useMessages(messages)
  const [rate] = useMutation(RateDocument, { invalidates: ['node'] })
  const form = useForm<{ rating: string | null; note: string }>({
    start: { rating: null, note: '' },
    check: ({ rating }) => ({ rating: rating === null && m.needRating }),
  })
  return (
    <Form
      form={form}
      submit={({ rating, note }) => rate({ id, rating: Number(rating), note: note.trim() || null })}
      done={() => toast(m.rated, { tone: 'positive' })}
    >
      <RadioGroup
        label={m.rate}
        options={m.ratings.map((label, index) => ({ id: String(index + 1), label }))}
        {...form.field('rating')}
      />
      <TextField label={m.why} optional maxLength={2000} {...form.field('note')} />
      <FormActions submit={m.rateIt} />
    </Form>
  )
}
