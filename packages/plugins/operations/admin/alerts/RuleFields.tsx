import {
  Columns,
  type FormState,
  NumberField,
  RadioGroup,
  Select,
  Stack,
  Switch,
  TextField,
  useMessages,
} from '@espalier/admin-kit'
import { messages } from './messages.ts'
import type { MetricUnit } from './metricValue.ts'
import type { RuleValues } from './ruleValues.ts'

export interface WatchedMetric {
  name: string
  label: string
  unit: MetricUnit
  byMinute: boolean
}

/** The fields of a rule: those that its kind uses. */
export function RuleFields({
  form,
  metrics,
  readOnly,
}: {
  form: FormState<RuleValues>
  metrics: readonly WatchedMetric[]
  readOnly: boolean
}) {
  const m = useMessages(messages)
  const { kind, metric } = form.watch()
  const unit = metrics.find(({ name }) => name === metric)?.unit ?? 'COUNT'
  const directions = kind === 'THRESHOLD' ? (['BELOW', 'ABOVE'] as const) : (['BELOW', 'ABOVE', 'BOTH'] as const)
  return (
    <Stack>
      <TextField label={m.name} hint={m.nameHint} required readOnly={readOnly} {...form.field('name')} />
      <Select
        label={m.metric}
        required
        disabled={readOnly}
        options={metrics.map(({ name, label }) => ({ id: name, label }))}
        {...form.field('metric')}
      />
      <RadioGroup
        label={m.kind}
        disabled={readOnly}
        options={(['ANOMALY', 'THRESHOLD'] as const).map((id) => ({ id, label: m.kinds[id], detail: m.kindsWhy[id] }))}
        {...form.field('kind')}
      />
      <Select
        label={m.direction}
        disabled={readOnly}
        options={directions.map((id) => ({ id, label: m.directions[id] }))}
        {...form.field('direction')}
      />
      {kind === 'THRESHOLD' ? (
        <NumberField
          label={m.bound}
          hint={m.boundHint(m.units[unit])}
          required
          readOnly={readOnly}
          {...form.field('threshold')}
        />
      ) : (
        <Columns min="10rem">
          <NumberField
            label={m.sensitivity}
            hint={m.sensitivityHint}
            min={2}
            max={20}
            step={0.5}
            readOnly={readOnly}
            {...form.field('sensitivity')}
          />
          <NumberField
            label={m.weeksLabel}
            hint={m.weeksHint}
            min={4}
            max={12}
            readOnly={readOnly}
            {...form.field('weeks')}
          />
        </Columns>
      )}
      <Columns min="10rem">
        <NumberField label={m.minimum} hint={m.minimumHint} min={0} readOnly={readOnly} {...form.field('minimum')} />
        <NumberField
          label={m.window}
          hint={m.windowHint}
          unit={m.minutes}
          min={5}
          max={1440}
          readOnly={readOnly}
          {...form.field('window')}
        />
      </Columns>
      <Switch disabled={readOnly} {...form.field('active')}>
        {m.active}
      </Switch>
    </Stack>
  )
}
