import {
  Button,
  CheckboxGroup,
  Columns,
  type FormState,
  IconButton,
  NumberField,
  Row,
  Select,
  Stack,
  Switch,
  TextField,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { Plus, Trash2 } from 'lucide-react'
import { ConditionField } from '../condition/ConditionField.tsx'
import { graphql } from '../graphql/index.ts'
import type { ExperimentValues } from './experimentValues.ts'
import { messages } from './messages.ts'

const HoldoutsDocument = graphql(`
  query Holdouts {
    experiments(first: 50, filter: { kind: [HOLDOUT], status: [DRAFT, RUNNING, PAUSED] }) {
      nodes {
        id
        name
      }
    }
  }
`)

const percent = { style: 'percent', maximumFractionDigits: 1 } as const

/** Who takes part, and at what hours. */
export function Targeting({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { hours, namespace, holdoutId, forced, inBrowsers, sticky } = form.watch()
  const hasMore = Boolean(hours || namespace || holdoutId || forced.length > 0 || inBrowsers || !sticky)
  return (
    <Stack gap={5}>
      <NumberField
        label={m.coverage}
        hint={m.coverageHint}
        min={0}
        max={1}
        step={0.05}
        format={percent}
        {...form.field('coverage')}
      />
      <ConditionField label={m.condition} {...form.field('condition')} />
      <details className="x-more" open={hasMore || undefined}>
        <summary>{m.more}</summary>
        <Stack gap={5}>
          <Hours form={form} />
          <Namespace form={form} />
          <Holdout form={form} />
          <Switch value={sticky} hint={m.stickyHint} onChange={form.field('sticky').onChange}>
            {m.sticky}
          </Switch>
          <Switch value={inBrowsers} hint={m.inBrowsersHint} onChange={form.field('inBrowsers').onChange}>
            {m.inBrowsers}
          </Switch>
          <ForcedSubjects form={form} />
        </Stack>
      </details>
    </Stack>
  )
}

function Hours({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { locale, timeZone } = useFormat()
  const { hours } = form.watch()
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  return (
    <Stack gap={3}>
      <Switch
        value={hours !== null}
        onChange={(on) =>
          form
            .field('hours')
            .onChange(
              on ? { timeZone, from: '08:00', to: '20:00', weekdays: ['1', '2', '3', '4', '5', '6', '7'] } : null,
            )
        }
      >
        {m.hours}
      </Switch>
      {hours && (
        <>
          <Columns min="9rem">
            <TextField label={m.from} placeholder="08:00" code {...form.field('hours.from')} />
            <TextField label={m.to} placeholder="20:00" code {...form.field('hours.to')} />
            <TextField label={m.timeZone} hint={m.timeZoneHint} {...form.field('hours.timeZone')} />
          </Columns>
          <CheckboxGroup
            label={m.weekdays}
            options={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
              id: String(day),
              // The 5th of January 1970 was a Monday.
              label: weekday.format(Date.UTC(1970, 0, 4 + day)),
            }))}
            {...form.field('hours.weekdays')}
          />
        </>
      )}
    </Stack>
  )
}

function Namespace({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { namespace } = form.watch()
  return (
    <Stack gap={3}>
      <Switch
        value={namespace !== null}
        hint={m.namespaceHint}
        onChange={(on) => form.field('namespace').onChange(on ? { name: '', from: 0, to: 0.5 } : null)}
      >
        {m.namespace}
      </Switch>
      {namespace && (
        <Columns min="9rem">
          <TextField label={m.namespaceName} {...form.field('namespace.name')} />
          <NumberField
            label={m.partFrom}
            min={0}
            max={1}
            step={0.05}
            format={percent}
            {...form.field('namespace.from')}
          />
          <NumberField label={m.partTo} min={0} max={1} step={0.05} format={percent} {...form.field('namespace.to')} />
        </Columns>
      )}
    </Stack>
  )
}

function Holdout({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { kind } = form.watch()
  const { data } = useQuery(HoldoutsDocument, {})
  const holdouts = data?.experiments.nodes ?? []
  const field = form.field('holdoutId')
  if (kind === 'HOLDOUT' || (holdouts.length === 0 && field.value === null)) return null
  return (
    <Select
      label={m.holdout}
      hint={m.holdoutHint}
      {...field}
      value={field.value ?? none}
      options={[{ id: none, label: m.noHoldout }, ...holdouts.map(({ id, name }) => ({ id, label: name }))]}
      onChange={(id) => field.onChange(id === none ? null : id)}
    />
  )
}

/** No id is that. */
const none = 'none'

function ForcedSubjects({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { forced, variants } = form.watch()
  const set = (next: ExperimentValues['forced']) => form.field('forced').onChange(next)
  return (
    <Stack gap={2}>
      <p className="e-label">{m.forced}</p>
      <p className="e-small e-muted">{m.forcedHint}</p>
      {forced.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: their ids are still being typed
        <Row key={index} align="end">
          <TextField label={m.subject} code {...form.field(`forced.${index}.subject`)} />
          <Select
            label={m.variant}
            options={variants.map(({ key, name }) => ({ id: key, label: name || key }))}
            {...form.field(`forced.${index}.variant`)}
          />
          <IconButton
            label={m.removeForced}
            icon={Trash2}
            onPress={() => set(forced.filter((_, at) => at !== index))}
          />
        </Row>
      ))}
      <Row>
        <Button
          size="small"
          icon={Plus}
          onPress={() => set([...forced, { subject: '', variant: variants[0]?.key ?? '' }])}
        >
          {m.addForced}
        </Button>
      </Row>
    </Stack>
  )
}
