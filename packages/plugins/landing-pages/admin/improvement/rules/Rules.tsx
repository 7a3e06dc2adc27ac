import {
  Card,
  Columns,
  EmptyState,
  Form,
  FormActions,
  type FormState,
  NumberField,
  Section,
  Select,
  Stack,
  TextArea,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
  useSharedEdit,
} from '@espalier/admin-kit'
import { SlidersHorizontal } from 'lucide-react'
import { SetImprovementDocument } from '../mutations.ts'
import type { ImprovingPage, WorkspaceRules } from '../PageImprovement.tsx'
import { type Limits, limitsOf, listRules, numberRules, type RuleValues, readLimits, valuesOf } from './limits.ts'
import { ruleMessages } from './messages.ts'

interface RulesProps {
  page: ImprovingPage
  workspace: WorkspaceRules
  mayDecide: boolean
  again: () => void
}

/** What the improvement of a page has to keep to, where it differs from the workspace. */
export function Rules(props: RulesProps) {
  const m = useMessages(ruleMessages)
  const { moneyMicros } = useFormat()
  const { page } = props
  return (
    <Stack gap={6}>
      {page.loop ? (
        <RulesForm {...props} loop={page.loop} />
      ) : (
        <EmptyState icon={SlidersHorizontal} title={m.firstOn} />
      )}
      <Card title={m.budget} lead={m.budgetLead}>
        <p>{m.spent(moneyMicros(page.loopCostMicros))}</p>
      </Card>
    </Stack>
  )
}

function RulesForm({
  page,
  loop,
  workspace,
  mayDecide,
  again,
}: RulesProps & { loop: NonNullable<ImprovingPage['loop']> }) {
  const m = useMessages(ruleMessages)
  const { list } = useFormat()
  const usual = readLimits(workspace)
  const stored = valuesOf(loop.goal, readLimits(loop.limits))
  const form = useForm<RuleValues>({ values: stored })
  const [save] = useMutation(SetImprovementDocument)
  const edit = useSharedEdit<RuleValues, unknown>({
    stored,
    version: loop.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'goal', label: m.goal },
      ...numberRules.map(({ name }) => ({ name, label: m[name] })),
      ...listRules.map((name) => ({ name, label: m[name] })),
    ],
    save: (values, expectedVersion) =>
      save({ pageId: page.id, mode: loop.mode, goal: values.goal, limits: limitsOf(values), expectedVersion }),
    show: form.reset,
    saved: () => toast(m.saved, { tone: 'positive' }),
    again,
  })
  const runs = loop.mode !== 'OFF' && loop.experiment !== null
  const goals = [...new Set([loop.goal, ...page.loopGoals])]
  return (
    <>
      <Form form={form} label={m.lead} {...edit.form}>
        <Section title={m.goal} lead={mayDecide ? m.lead : m.viewer}>
          <Select
            {...form.field('goal')}
            label={m.goal}
            labelHidden
            hint={page.loopGoals.length > 0 ? m.goalHint : m.noGoals}
            disabled={!mayDecide || runs}
            options={goals.map((id) => ({ id, label: id }))}
          />
        </Section>
        <Section title={m.pace} lead={m.paceLead}>
          <Columns min="16rem">
            {numberRules.map((rule) => (
              <RuleNumber key={rule.name} rule={rule} form={form} usual={usual[rule.name]} disabled={!mayDecide} />
            ))}
          </Columns>
        </Section>
        <Section title={m.content} lead={m.contentLead}>
          <Columns min="18rem">
            {listRules.map((name) => (
              <TextArea
                key={name}
                {...form.field(name)}
                label={m[name]}
                hint={`${m[`${name}Hint`]} ${m.onePerLine} ${m.asWorkspace(usual[name]?.length ? list(usual[name]) : m.none)}`}
                rows={4}
                disabled={!mayDecide}
                optional
              />
            ))}
          </Columns>
        </Section>
        {mayDecide && <FormActions submit={m.save} />}
      </Form>
      {edit.conflict}
    </>
  )
}

function RuleNumber({
  rule: { name, min, max, step, unit },
  form,
  usual,
  disabled,
}: {
  rule: (typeof numberRules)[number]
  form: FormState<RuleValues>
  usual: Limits[(typeof numberRules)[number]['name']]
  disabled: boolean
}) {
  const m = useMessages(ruleMessages)
  const { number, percent } = useFormat()
  const written = usual === undefined ? undefined : unit === 'share' ? percent(usual, 0) : number(usual)
  return (
    <NumberField
      {...form.field(name)}
      label={m[name]}
      hint={`${m[`${name}Hint`]} ${written === undefined ? '' : m.asWorkspace(written)}`}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      placeholder={written ?? m.unset}
      optional
      {...(unit === 'share' ? { format: { style: 'percent' as const } } : {})}
      {...(unit === 'days' ? { unit: m.days } : {})}
    />
  )
}
