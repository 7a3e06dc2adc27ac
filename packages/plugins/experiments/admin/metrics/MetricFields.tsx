import {
  Columns,
  type FormState,
  NumberField,
  RadioGroup,
  Section,
  Stack,
  Switch,
  TextArea,
  TextField,
  useMessages,
} from '@espalier/admin-kit'
import { ConditionField } from '../condition/ConditionField.tsx'
import { messages as shared } from '../messages.ts'
import { slugOf } from '../slug.ts'
import { MetricChoice } from './MetricChoice.tsx'
import { messages } from './messages.ts'
import { fieldsOf, type MetricValues } from './metricValues.ts'

const kinds = ['CONVERSION', 'COUNT', 'VALUE', 'ENGAGEMENT', 'RETENTION', 'RATIO'] as const

/**
 * The fields of a metric: only those that its kind is made of.
 *
 * @param isNew its key follows its name, and its kind can still be chosen
 * @param settled only name and description can change
 */
export function MetricFields({
  form,
  isNew,
  settled = false,
  readOnly = false,
}: {
  form: FormState<MetricValues>
  isNew: boolean
  settled?: boolean
  readOnly?: boolean
}) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const values = form.watch()
  const has = fieldsOf(values)
  const fixed = settled || readOnly
  const name = form.field('name')
  return (
    <Stack gap={6}>
      <Stack gap={4}>
        <Columns min="18rem">
          <TextField
            label={m.name}
            required
            readOnly={readOnly}
            {...name}
            onChange={(next) => {
              if (isNew && values.key === slugOf(values.name)) form.setValue('key', slugOf(next))
              name.onChange(next)
            }}
          />
          <TextField label={m.key} hint={m.keyHint} code required readOnly={fixed} {...form.field('key')} />
        </Columns>
        <TextArea
          label={m.description}
          hint={m.descriptionHint}
          rows={2}
          readOnly={readOnly}
          {...form.field('description')}
        />
      </Stack>
      <Section title={m.fields}>
        <RadioGroup
          label={m.what}
          disabled={!isNew}
          options={kinds.map((id) => ({ id, label: words.metricKind[id], detail: m.asks[id] }))}
          {...form.field('kind')}
        />
        {has.event && (
          <TextField
            label={m.event}
            hint={values.kind === 'RETENTION' ? m.eventOptional : m.eventHint}
            code
            required={values.kind !== 'RETENTION'}
            readOnly={fixed}
            {...form.field('event')}
          />
        )}
        {values.kind === 'VALUE' && (
          <RadioGroup
            label={m.valueFrom}
            disabled={fixed}
            options={[
              { id: 'currency', label: m.valueCurrency },
              { id: 'property', label: m.valueProperty },
            ]}
            {...form.field('valueFrom')}
          />
        )}
        {has.currency && (
          <TextField
            label={m.currency}
            hint={m.currencyHint}
            code
            maxLength={3}
            readOnly={fixed}
            {...form.field('currency')}
          />
        )}
        {has.property && (
          <TextField label={m.property} hint={m.propertyHint} code readOnly={fixed} {...form.field('property')} />
        )}
        {has.parts && (
          <Columns min="18rem">
            <MetricChoice label={m.numerator} withoutRatios disabled={fixed} {...form.field('numeratorId')} />
            <MetricChoice label={m.denominator} withoutRatios disabled={fixed} {...form.field('denominatorId')} />
          </Columns>
        )}
        {has.days && (
          <Columns min="12rem">
            <NumberField
              label={m.from}
              hint={m.retentionHint}
              min={0}
              max={365}
              readOnly={fixed}
              {...form.field('retentionFrom')}
            />
            <NumberField label={m.to} min={1} max={365} readOnly={fixed} {...form.field('retentionTo')} />
          </Columns>
        )}
        <Switch
          value={values.higherIsBetter}
          disabled={fixed}
          hint={m.higherHint}
          onChange={form.field('higherIsBetter').onChange}
        >
          {m.higherIsBetter}
        </Switch>
        {has.filter && !fixed && <ConditionField label={m.filter} none={m.filterNone} {...form.field('filter')} />}
      </Section>
      {(has.window || has.cap) && (
        <Section title={m.more2}>
          {has.window && (
            <NumberField
              label={m.window}
              unit={m.windowUnit}
              hint={m.windowHint}
              min={1}
              max={8760}
              readOnly={fixed}
              {...form.field('windowHours')}
            />
          )}
          {has.cap && (
            <Columns min="18rem">
              <NumberField label={m.cap} hint={m.capHint} min={0} readOnly={fixed} {...form.field('cap')} />
              <NumberField
                label={m.capPercentile}
                hint={m.capPercentileHint}
                min={0}
                max={1}
                step={0.01}
                format={{ style: 'percent', maximumFractionDigits: 1 }}
                readOnly={fixed}
                {...form.field('capPercentile')}
              />
            </Columns>
          )}
        </Section>
      )}
    </Stack>
  )
}
