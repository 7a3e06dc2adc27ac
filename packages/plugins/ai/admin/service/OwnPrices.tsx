import {
  Answer,
  Button,
  Card,
  Form,
  FormActions,
  IconButton,
  NumberField,
  Row,
  Skeleton,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { Plus, X } from 'lucide-react'
import { SaveSettingsDocument, SettingsDocument } from './documents.ts'
import { messages } from './messages.ts'
import { type AiSettings, aiSettings, aiSettingsVersion } from './settings.ts'

/** Prices that the workspace sets itself. */
export function OwnPrices({ changed }: { changed: () => void }) {
  const query = useQuery(SettingsDocument, {})
  return (
    <Answer of={query} skeleton={<Skeleton height="8rem" />}>
      {({ plugins }) => (
        <PricesForm
          prices={aiSettings(plugins).prices}
          version={aiSettingsVersion(plugins)}
          again={() => {
            query.again()
            changed()
          }}
        />
      )}
    </Answer>
  )
}

interface PriceLine {
  model: string
  input: number | null
  cachedInput: number | null
  output: number | null
}

const dollars = { style: 'currency', currency: 'USD', maximumFractionDigits: 6 } as const

function PricesForm({ prices, version, again }: { prices: AiSettings['prices']; version: number; again: () => void }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const mayWrite = viewer.may('ai:configure') && viewer.may('settings:write')
  const [save] = useMutation(SaveSettingsDocument)
  const stored = { lines: Object.entries(prices).map(([model, price]) => ({ cachedInput: null, ...price, model })) }
  const form = useForm<{ lines: PriceLine[] }>({
    values: stored,
    check: ({ lines }) =>
      Object.fromEntries(
        lines.flatMap(({ model, input, output }, index) => [
          [`lines.${index}.model`, model.trim() === '' && m.needModel],
          [`lines.${index}.input`, input === null && m.needAmount],
          [`lines.${index}.output`, output === null && m.needAmount],
        ]),
      ),
  })
  const edit = useSharedEdit<{ lines: PriceLine[] }, unknown>({
    stored,
    version,
    isDirty: form.formState.isDirty,
    fields: [
      {
        name: 'lines',
        label: m.ownPrices,
        show: (shown) =>
          (shown as PriceLine[])
            .map(({ model, input, cachedInput, output }) => [model, input, cachedInput, output].join(' · '))
            .join('\n'),
      },
    ],
    save: ({ lines: next }, expectedVersion) =>
      save({ value: { prices: Object.fromEntries(next.map(priceOf)) }, expectedVersion }),
    show: form.reset,
    saved: () => {
      toast(m.saved, { tone: 'positive' })
      again()
    },
    again,
  })
  const lines = form.watch('lines')
  const setLines = (next: PriceLine[]) => form.setValue('lines', next, { shouldDirty: true })
  if (!mayWrite && lines.length === 0) return null
  return (
    <Card title={m.ownPrices} lead={m.ownPricesLead}>
      <Form form={form} {...edit.form}>
        {lines.map(({ model }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place until it is saved
          <Row key={index} align="end">
            <div style={{ flex: '2 1 10rem' }}>
              <TextField label={m.model} code readOnly={!mayWrite} {...form.field(`lines.${index}.model`)} />
            </div>
            {(['input', 'cachedInput', 'output'] as const).map((part) => (
              <div key={part} style={{ flex: '1 1 7rem' }}>
                <NumberField
                  label={m[part]}
                  min={0}
                  format={dollars}
                  readOnly={!mayWrite}
                  {...form.field(`lines.${index}.${part}`)}
                />
              </div>
            ))}
            {mayWrite && (
              <IconButton label={m.removeRow(model)} icon={X} onPress={() => setLines(lines.toSpliced(index, 1))} />
            )}
          </Row>
        ))}
        {mayWrite && (
          <FormActions>
            <Button
              icon={Plus}
              onPress={() => setLines([...lines, { model: '', input: null, cachedInput: null, output: null }])}
            >
              {m.addPrice}
            </Button>
          </FormActions>
        )}
        {edit.conflict}
      </Form>
    </Card>
  )
}

function priceOf({ model, input, cachedInput, output }: PriceLine): [string, AiSettings['prices'][string]] {
  return [model.trim(), { input: input ?? 0, ...(cachedInput === null ? {} : { cachedInput }), output: output ?? 0 }]
}
