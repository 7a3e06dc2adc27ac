import {
  Checkbox,
  Columns,
  Dialog,
  Form,
  FormActions,
  NumberField,
  RadioGroup,
  Select,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import type { FoundPrompt, Variant } from '../prompt/Prompt.tsx'
import { CreateTestDocument, StartTestDocument } from './documents.ts'
import { messages } from './messages.ts'

interface Draft {
  name: string
  treatmentVariantId: string | null
  controlShare: number | null
  minSampleSize: number | null
  maxDays: number | null
  significanceLevel: number | null
  looks: 'all' | 'one'
  start: boolean
}

/** Makes a test against the version in use, and starts it where that is wanted. */
export function NewTest({
  prompt,
  candidates,
  onClose,
  changed,
}: {
  prompt: FoundPrompt
  candidates: readonly Variant[]
  onClose: () => void
  changed: () => void
}) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const [create] = useMutation(CreateTestDocument)
  const [start] = useMutation(StartTestDocument)
  const form = useForm<Draft>({
    start: {
      name: '',
      treatmentVariantId: (candidates.find(({ status }) => status === 'DRAFT') ?? candidates[0])?.id ?? null,
      controlShare: 0.5,
      minSampleSize: 100,
      maxDays: 7,
      significanceLevel: 0.05,
      looks: 'all',
      start: true,
    },
    check: ({ name, treatmentVariantId }) => ({
      name: name.trim() === '' && m.needName,
      treatmentVariantId: treatmentVariantId === null && m.needTreatment,
    }),
  })
  return (
    <Dialog open onClose={onClose} title={m.newTitle} stays>
      <Form
        form={form}
        guarded={false}
        submit={async ({
          name,
          treatmentVariantId,
          controlShare,
          minSampleSize,
          maxDays,
          significanceLevel,
          ...rest
        }) => {
          const made = await create({
            input: {
              promptId: prompt.id,
              name,
              treatmentVariantId: treatmentVariantId ?? '',
              controlShare: controlShare ?? 0.5,
              minSampleSize: minSampleSize ?? 100,
              maxDays: maxDays ?? 7,
              significanceLevel: significanceLevel ?? 0.05,
              oneLook: rest.looks === 'one',
            },
          })
          if (!made.data || !rest.start) return made
          const { problem } = await start({ id: made.data.id })
          // The draft is there: it is started from its card once what is in the way is gone.
          if (problem) toast(problem.message, { tone: 'critical' })
          return made
        }}
        done={(_data, { start: atOnce }) => {
          toast(atOnce ? m.started : m.created, { tone: 'positive' })
          changed()
          onClose()
        }}
      >
        <TextField label={m.name} hint={m.nameHint} required maxLength={80} {...form.field('name')} />
        <Select
          label={m.treatment}
          required
          options={candidates.map(({ id, version, status, note }) => ({
            id,
            label: words.version(version),
            detail: note || words.status[status],
          }))}
          {...form.field('treatmentVariantId')}
        />
        <Columns min="12rem">
          <NumberField
            label={m.share}
            format={{ style: 'percent' }}
            min={0.05}
            max={0.95}
            step={0.05}
            {...form.field('controlShare')}
          />
          <NumberField label={m.days} unit={m.dayUnit} min={1} max={7} {...form.field('maxDays')} />
          <NumberField label={m.sample} hint={m.sampleHint} min={100} {...form.field('minSampleSize')} />
          <NumberField
            label={m.level}
            hint={m.levelHint}
            min={0.001}
            max={0.5}
            step={0.001}
            {...form.field('significanceLevel')}
          />
        </Columns>
        <RadioGroup
          label={m.looks}
          options={[
            { id: 'all', label: m.looksAll, detail: m.looksAllHint },
            { id: 'one', label: m.looksOne, detail: m.looksOneHint },
          ]}
          {...form.field('looks')}
        />
        <Checkbox {...form.field('start')}>{m.createAndStart}</Checkbox>
        <FormActions submit={m.create} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
