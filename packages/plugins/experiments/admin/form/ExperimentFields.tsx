import {
  ButtonLink,
  Columns,
  type FormState,
  RadioGroup,
  Section,
  TextArea,
  TextField,
  useMessages,
} from '@espalier/admin-kit'
import type { ReactNode } from 'react'
import { InstantField } from '../InstantField.tsx'
import { messages as shared } from '../messages.ts'
import { newMetricPage } from '../pages.ts'
import { slugOf } from '../slug.ts'
import { type ExperimentValues, holdoutVariants } from './experimentValues.ts'
import { MetricList } from './MetricList.tsx'
import { messages } from './messages.ts'
import { RuleFields } from './RuleFields.tsx'
import { Targeting } from './Targeting.tsx'
import { VariantFields } from './VariantFields.tsx'
import './form.css'

const kinds = ['TEST', 'BANDIT', 'HOLDOUT'] as const

/**
 * All fields of an experiment, in the order in which one thinks: the idea, what decides, what is compared, who takes part,
 * when, and what a verdict takes.
 *
 * @param isNew its key follows its name
 * @param size what says how long it takes
 */
export function ExperimentFields({
  form,
  isNew,
  page,
  size,
}: {
  form: FormState<ExperimentValues>
  isNew: boolean
  page?: ReactNode
  size: ReactNode
}) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const values = form.watch()
  const name = form.field('name')
  const kind = form.field('kind')
  const taken = [...values.goals, ...values.secondaryMetrics, ...values.guardrails].map(({ id }) => id)
  return (
    <div className="x-form">
      <Section title={m.idea}>
        <Columns min="18rem">
          <TextField
            label={m.name}
            hint={m.nameHint}
            required
            maxLength={120}
            {...name}
            onChange={(next) => {
              if (isNew && values.key === slugOf(values.name)) form.setValue('key', slugOf(next), { shouldDirty: true })
              name.onChange(next)
            }}
          />
          <TextField label={m.key} hint={m.keyHint} code required maxLength={60} {...form.field('key')} />
        </Columns>
        <fieldset className="x-hypothesis" data-field="hypothesis">
          <legend className="e-label">{m.hypothesis}</legend>
          <TextArea label={m.believe} placeholder={m.believeExample} rows={1} {...form.field('believe')} />
          <TextArea label={m.because} placeholder={m.becauseExample} rows={1} {...form.field('because')} />
          <TextArea label={m.know} placeholder={m.knowExample} rows={1} {...form.field('know')} />
        </fieldset>
        <RadioGroup
          label={m.kind}
          options={kinds.map((id) => ({ id, label: words.kind[id], detail: m.kinds[id] }))}
          {...kind}
          onChange={(next) => {
            if (next === 'HOLDOUT') form.setValue('variants', [...holdoutVariants], { shouldDirty: true })
            kind.onChange(next)
          }}
        />
      </Section>
      {page}
      <Section
        title={m.judged}
        actions={
          <ButtonLink to={newMetricPage} size="small" variant="quiet" target="_blank">
            {m.newMetric}
          </ButtonLink>
        }
      >
        <MetricList label={m.goals} hint={m.goalsHint} taken={taken} {...form.field('goals')} />
        <MetricList label={m.secondary} hint={m.secondaryHint} taken={taken} {...form.field('secondaryMetrics')} />
        <MetricList label={m.guardrails} hint={m.guardrailsHint} taken={taken} {...form.field('guardrails')} />
      </Section>
      <Section title={m.variants} lead={m.variantsHint}>
        <VariantFields form={form} />
      </Section>
      {size}
      <Section title={m.who}>
        <Targeting form={form} />
      </Section>
      <Section title={m.when}>
        <Columns min="16rem">
          <InstantField label={m.startsAt} hint={m.startsHint} {...form.field('startsAt')} />
          <InstantField label={m.stopsAt} hint={m.stopsHint} {...form.field('stopsAt')} />
        </Columns>
      </Section>
      {values.kind !== 'HOLDOUT' && (
        <Section title={m.rules} lead={m.rulesLead}>
          <RuleFields form={form} />
        </Section>
      )}
    </div>
  )
}
