import {
  Answer,
  Button,
  Card,
  Checkbox,
  Columns,
  Form,
  FormActions,
  NumberField,
  RadioGroup,
  Skeleton,
  Stack,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { Plus } from 'lucide-react'
import { SaveSettingsDocument, SettingsDocument } from './documents.ts'
import { messages } from './messages.ts'
import { PurposeBudget } from './PurposeBudget.tsx'
import { type AiSettings, aiSettings, aiSettingsVersion } from './settings.ts'

/** Budgets and the other limits of what is asked of models. */
export function Limits() {
  const m = useMessages(messages)
  const viewer = useViewer()
  const mayRead = viewer.may('settings:read')
  const query = useQuery(SettingsDocument, {}, { pause: !mayRead })
  if (!mayRead) return <p className="e-muted">{m.forbidden}</p>
  return (
    <Answer of={query} skeleton={<Skeleton height="40rem" />}>
      {({ plugins }) => (
        <LimitsForm settings={aiSettings(plugins)} version={aiSettingsVersion(plugins)} again={query.again} />
      )}
    </Answer>
  )
}

type Limited = Omit<AiSettings, 'purposeBudgets' | 'prices' | 'model'> & {
  purposes: { purpose: string; amount: number | null }[]
}

function LimitsForm({ settings, version, again }: { settings: AiSettings; version: number; again: () => void }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const mayWrite = viewer.may('ai:configure') && viewer.may('settings:write')
  const [save] = useMutation(SaveSettingsDocument, { invalidates: ['aiSpending'] })
  const stored = limitsOf(settings)
  const form = useForm<Limited>({
    values: stored,
    check: ({ purposes }) =>
      Object.fromEntries(
        purposes.flatMap(({ purpose, amount }, index) => [
          [`purposes.${index}.purpose`, purpose.trim() === '' && m.needPurpose],
          [`purposes.${index}.amount`, (amount === null || amount < 0) && m.needAmount],
        ]),
      ),
  })
  const { money } = useFormat()
  const edit = useSharedEdit<Limited, unknown>({
    stored,
    version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'monthlyBudget', label: m.monthlyBudget },
      {
        name: 'purposes',
        label: m.purposeBudgets,
        show: (lines) =>
          (lines as Limited['purposes'])
            .map(({ purpose, amount }) => `${purpose}: ${money((amount ?? 0) * 100, 'USD')}`)
            .join('\n'),
      },
      { name: 'maxOutputTokens', label: m.maxOutputTokens },
      { name: 'timeoutSeconds', label: m.timeoutSeconds },
      { name: 'cacheSeconds', label: m.cacheSeconds },
      { name: 'endpoint', label: m.endpoint, show: (id) => m.endpoints[id as Limited['endpoint']] },
      { name: 'redact', label: m.redact, show: (id) => m.redacts[id as Limited['redact']] },
      { name: 'keepDays', label: m.keepDays },
      { name: 'storesCompletions', label: m.storesCompletions },
    ],
    save: ({ purposes, ...rest }, expectedVersion) =>
      save({
        value: {
          ...rest,
          purposeBudgets: Object.fromEntries(purposes.map(({ purpose, amount }) => [purpose.trim(), amount ?? 0])),
        },
        expectedVersion,
      }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      again()
    },
    again,
  })
  const purposes = form.watch('purposes')
  const setPurposes = (next: Limited['purposes']) => form.setValue('purposes', next, { shouldDirty: true })
  return (
    <Form form={form} {...edit.form}>
      <Card title={m.money}>
        <NumberField
          label={m.monthlyBudget}
          hint={m.monthlyBudgetHint}
          min={0}
          format={{ style: 'currency', currency: 'USD' }}
          readOnly={!mayWrite}
          {...form.field('monthlyBudget')}
        />
        <Stack gap={2}>
          <span className="e-label">{m.purposeBudgets}</span>
          <span className="e-hint">{m.purposeBudgetsHint}</span>
          {purposes.map(({ purpose }, index) => (
            <PurposeBudget
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place until it is saved
              key={index}
              purpose={form.field(`purposes.${index}.purpose`)}
              amount={form.field(`purposes.${index}.amount`)}
              readOnly={!mayWrite}
              removeLabel={m.removeRow(purpose)}
              onRemove={() => setPurposes(purposes.toSpliced(index, 1))}
            />
          ))}
          {mayWrite && (
            <Button icon={Plus} size="small" onPress={() => setPurposes([...purposes, { purpose: '', amount: null }])}>
              {m.addPurpose}
            </Button>
          )}
        </Stack>
      </Card>
      <Card title={m.requests}>
        <Columns>
          <NumberField
            label={m.maxOutputTokens}
            unit={m.tokens}
            min={1}
            readOnly={!mayWrite}
            {...form.field('maxOutputTokens')}
          />
          <NumberField
            label={m.timeoutSeconds}
            unit={m.seconds}
            min={1}
            max={280}
            readOnly={!mayWrite}
            {...form.field('timeoutSeconds')}
          />
          <NumberField
            label={m.cacheSeconds}
            unit={m.seconds}
            min={0}
            hint={m.cacheHint}
            readOnly={!mayWrite}
            {...form.field('cacheSeconds')}
          />
        </Columns>
        <RadioGroup
          label={m.endpoint}
          options={(['chat', 'responses'] as const).map((id) => ({
            id,
            label: m.endpoints[id],
            detail: m.endpointHints[id],
          }))}
          readOnly={!mayWrite}
          {...form.field('endpoint')}
        />
      </Card>
      <Card title={m.privacy}>
        <RadioGroup
          label={m.redact}
          options={(['none', 'personal'] as const).map((id) => ({
            id,
            label: m.redacts[id],
            detail: m.redactHints[id],
          }))}
          readOnly={!mayWrite}
          {...form.field('redact')}
        />
        <NumberField label={m.keepDays} unit={m.days} min={1} readOnly={!mayWrite} {...form.field('keepDays')} />
        <Checkbox readOnly={!mayWrite} {...form.field('storesCompletions')}>
          {m.storesCompletions}
        </Checkbox>
      </Card>
      {mayWrite ? <FormActions /> : <p className="e-muted">{m.forbidden}</p>}
      {edit.conflict}
    </Form>
  )
}

function limitsOf({ purposeBudgets, prices: _prices, model: _model, ...rest }: AiSettings): Limited {
  return { ...rest, purposes: Object.entries(purposeBudgets).map(([purpose, amount]) => ({ purpose, amount })) }
}
