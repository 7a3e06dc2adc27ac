import { Columns, type FormState, NumberField, Section, Select, Stack, Switch, useMessages } from '@espalier/admin-kit'
import type { ExperimentValues } from './experimentValues.ts'
import { messages } from './messages.ts'

const corrections = ['HOLM', 'BENJAMINI_HOCHBERG', 'NONE'] as const

/** What a verdict takes, and how a bandit learns. */
export function RuleFields({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { kind, rules } = form.watch()
  const correction = form.field('rules.correction')
  const hasOwn = Object.values(rules).some((value) => value !== null && value !== false)
  return (
    <Stack gap={4}>
      <details className="x-more" open={hasOwn || undefined}>
        <summary>{m.rulesMore}</summary>
        <Stack gap={4}>
          <Columns min="14rem">
            <NumberField
              label={m.confidence}
              min={0.5}
              max={0.999}
              step={0.001}
              format={{ style: 'percent', maximumFractionDigits: 1 }}
              {...form.field('rules.confidence')}
            />
            <NumberField label={m.minDays} hint={m.minDaysHint} min={0} max={365} {...form.field('rules.minDays')} />
            <NumberField label={m.maxDays} min={1} max={730} {...form.field('rules.maxDays')} />
            <NumberField label={m.minExposures} min={0} {...form.field('rules.minExposures')} />
            <NumberField label={m.minConversions} min={0} {...form.field('rules.minConversions')} />
            <NumberField label={m.minClicks} min={0} {...form.field('rules.minClicks')} />
            <NumberField
              label={m.plannedSubjects}
              hint={m.plannedHint}
              min={1}
              {...form.field('rules.plannedSubjects')}
            />
            <NumberField label={m.cupedDays} min={0} max={90} {...form.field('rules.cupedDays')} />
            <NumberField
              label={m.maxLoss}
              hint={m.maxLossHint}
              min={0}
              step={0.0001}
              format={{ maximumFractionDigits: 6 }}
              {...form.field('rules.maxExpectedLoss')}
            />
          </Columns>
          <Select
            label={m.correction}
            {...correction}
            value={correction.value ?? byWorkspace}
            options={[
              { id: byWorkspace, label: m.asWorkspace },
              ...corrections.map((id) => ({ id, label: m.corrections[id] })),
            ]}
            onChange={(id) => correction.onChange(id === byWorkspace ? null : id)}
          />
          <Switch value={rules.autoApply} hint={m.autoApplyHint} onChange={form.field('rules.autoApply').onChange}>
            {m.autoApply}
          </Switch>
        </Stack>
      </details>
      {kind === 'BANDIT' && (
        <Section title={m.bandit} level={3}>
          <Columns min="12rem">
            <NumberField label={m.cadence} unit={m.hoursUnit} min={1} {...form.field('bandit.cadenceHours')} />
            <NumberField label={m.minSubjects} min={0} {...form.field('bandit.minSubjects')} />
            <NumberField
              label={m.maxStep}
              min={0}
              max={1}
              step={0.05}
              format={{ style: 'percent' }}
              {...form.field('bandit.maxStep')}
            />
            <NumberField
              label={m.floor}
              min={0}
              max={0.5}
              step={0.01}
              format={{ style: 'percent' }}
              {...form.field('bandit.floor')}
            />
          </Columns>
        </Section>
      )}
    </Stack>
  )
}

const byWorkspace = 'workspace'
