import {
  Columns,
  Dialog,
  Form,
  FormActions,
  NumberField,
  plainId,
  TextArea,
  toast,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { evolutionPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { EvolveDocument } from './documents.ts'
import { messages } from './messages.ts'

/** Begins an evolution of the version in use, for so much money at most. */
export function NewEvolution({
  prompt,
  language,
  onClose,
}: {
  prompt: FoundPrompt
  language: 'EN' | 'FR'
  onClose: () => void
}) {
  const m = useMessages(messages)
  const goTo = useGoTo()
  const [evolve] = useMutation(EvolveDocument, { invalidates: ['prompt'] })
  const form = useForm<{ goals: string; budgetMicros: number | null; generations: number | null }>({
    start: { goals: '', budgetMicros: 1, generations: 8 },
    check: ({ budgetMicros }) => ({ budgetMicros: budgetMicros === null && m.needBudget }),
  })
  return (
    <Dialog open onClose={onClose} title={m.start} stays>
      <Form
        form={form}
        guarded={false}
        submit={({ goals, budgetMicros, generations }) =>
          evolve({
            promptId: prompt.id,
            input: {
              language,
              goals: goals
                .split('\n')
                .map((goal) => goal.trim())
                .filter(Boolean),
              // The field is in dollars, under the name that the API calls its problems by.
              budgetMicros: Math.round((budgetMicros ?? 0) * 1_000_000),
              generations,
            },
          })
        }
        done={(data) => {
          toast(m.begun, { tone: 'positive' })
          onClose()
          if (data) goTo(evolutionPage, { params: { name: prompt.name, id: plainId(data.id) } })
        }}
      >
        <p className="e-muted">{m.noneText}</p>
        <TextArea label={m.goals} hint={m.goalsHint} optional {...form.field('goals')} />
        <Columns min="12rem">
          <NumberField
            label={m.budget}
            hint={m.budgetHint}
            format={{ style: 'currency', currency: 'USD' }}
            min={0}
            required
            {...form.field('budgetMicros')}
          />
          <NumberField label={m.generations} hint={m.generationsHint} min={1} max={30} {...form.field('generations')} />
        </Columns>
        <FormActions submit={m.begin} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
