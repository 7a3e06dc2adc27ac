import {
  Dialog,
  Form,
  FormActions,
  NumberField,
  RadioGroup,
  TextField,
  toast,
  useForm,
  useLanguage,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import type { FeedbackOutcome } from '../graphql/graphql.ts'
import { SettleFeedbackDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Says what came of a prediction: once. */
export function SettleFeedback({ id, onClose }: { id: string; onClose: () => void }) {
  const m = useMessages(messages)
  const { language } = useLanguage()
  const [settle] = useMutation(SettleFeedbackDocument, { invalidates: ['feedback', 'feedbackCalibration'] })
  const form = useForm<{ outcome: FeedbackOutcome | null; impact: number | null; notes: string }>({
    start: { outcome: null, impact: null, notes: '' },
    check: ({ outcome }) => ({ outcome: outcome === null && m.needOutcome }),
  })
  return (
    <Dialog open onClose={onClose} title={m.settle} size="small" stays>
      <Form
        form={form}
        guarded={false}
        submit={({ outcome, impact, notes }) =>
          settle({
            id,
            input: {
              outcome: outcome ?? 'NEUTRAL',
              impact,
              ...(notes.trim() === '' ? {} : language === 'fr' ? { notesFr: notes } : { notesEn: notes }),
            },
          })
        }
        done={() => {
          toast(m.settled, { tone: 'positive' })
          onClose()
        }}
      >
        <RadioGroup
          label={m.outcome}
          options={(['POSITIVE', 'NEGATIVE', 'NEUTRAL'] as const).map((each) => ({
            id: each,
            label: m.outcomes[each],
          }))}
          {...form.field('outcome')}
        />
        <NumberField label={m.impact} hint={m.impactHint} optional min={-100} max={100} {...form.field('impact')} />
        <TextField label={m.notes} optional {...form.field('notes')} />
        <FormActions onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
