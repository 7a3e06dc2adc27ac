import {
  Dialog,
  Form,
  FormActions,
  plainId,
  Select,
  TextArea,
  useForm,
  useMessages,
  useMutation,
  usePage,
} from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { promptPage } from '../pages.ts'
import type { Variant } from '../prompt/Prompt.tsx'
import { deriveMessages } from './deriveMessages.ts'
import { DeriveDocument } from './documents.ts'

const alone = 'alone'

/** Asks a model for a draft that is made of a version, or of two, by what their executions say. */
export function DeriveVersion({
  variant,
  variants,
  onClose,
}: {
  variant: Variant
  /** Of the same language: what it can be joined with. */
  variants: readonly Variant[]
  onClose: () => void
}) {
  const m = useMessages(deriveMessages)
  const words = useMessages(shared)
  const { setSearch } = usePage(promptPage)
  const [derive] = useMutation(DeriveDocument)
  const form = useForm<{ goals: string; other: string | null }>({ start: { goals: '', other: alone } })
  const others = variants.filter(({ id }) => id !== variant.id)
  return (
    <Dialog open onClose={onClose} title={m.title(variant.version)} stays>
      <Form
        form={form}
        guarded={false}
        submit={({ goals, other }) =>
          derive({
            input: {
              variantIds: other && other !== alone ? [variant.id, other] : [variant.id],
              goals: goals
                .split('\n')
                .map((goal) => goal.trim())
                .filter(Boolean),
            },
          })
        }
        done={(data) => {
          onClose()
          if (data) setSearch({ asked: plainId(data.variantId) })
        }}
      >
        <p className="e-muted">{m.lead}</p>
        <TextArea label={m.goals} hint={m.goalsHint} optional {...form.field('goals')} />
        {others.length > 0 && (
          <Select
            label={m.other}
            options={[
              { id: alone, label: m.alone },
              ...others.map(({ id, version, status, note }) => ({
                id,
                label: words.version(version),
                detail: note || words.status[status],
              })),
            ]}
            {...form.field('other')}
          />
        )}
        <FormActions submit={m.ask} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
