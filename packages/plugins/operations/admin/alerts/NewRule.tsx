import {
  Answer,
  Form,
  FormActions,
  Link,
  PageFrame,
  plainId,
  Section,
  Skeleton,
  toast,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import { newRulePage, rulePage, rulesPage } from '../pages.ts'
import { AlertMetricsDocument, CreateRuleDocument } from './documents.ts'
import { messages } from './messages.ts'
import { RuleFields, type WatchedMetric } from './RuleFields.tsx'
import { RulePreview } from './RulePreview.tsx'
import { isWhole, newRule, type RuleValues, ruleInput } from './ruleValues.ts'
import '../operations.css'

/** Makes a rule, beside what it would have done. */
export default function NewRule() {
  const m = useMessages(messages)
  const metrics = useQuery(AlertMetricsDocument, {})
  return (
    <PageFrame title={m.newRule} lead={m.rulesLead} wide breadcrumbs={<Link to={rulesPage}>{m.rules}</Link>}>
      <Answer of={metrics} skeleton={<Skeleton height="40rem" />}>
        {({ alertMetrics }) => <RuleForm metrics={alertMetrics} />}
      </Answer>
    </PageFrame>
  )
}

function RuleForm({ metrics }: { metrics: readonly WatchedMetric[] }) {
  const m = useMessages(messages)
  const { search } = usePage(newRulePage)
  const goTo = useGoTo()
  const wanted = metrics.find(({ name }) => name === search.metric) ?? metrics[0]
  const form = useForm<RuleValues>({ start: { ...newRule, metric: wanted?.name ?? '' } })
  const [create] = useMutation(CreateRuleDocument, { invalidates: ['alertRules'] })
  const values = form.watch()
  const metric = metrics.find(({ name }) => name === values.metric)
  return (
    <div className="operations-rule">
      <Form
        form={form}
        label={m.newRule}
        submit={(given) => create({ input: ruleInput(given) })}
        done={(data) => {
          toast(m.created, { tone: 'positive' })
          if (data) goTo(rulePage, { params: { id: plainId(data.id) } })
        }}
      >
        <RuleFields form={form} metrics={metrics} readOnly={false} />
        <FormActions submit={m.create} />
      </Form>
      <Section title={m.preview}>
        <RulePreview
          input={isWhole(values) ? ruleInput({ ...values, name: values.name || m.newRule }) : undefined}
          label={metric?.label ?? ''}
          unit={metric?.unit ?? 'COUNT'}
        />
      </Section>
    </div>
  )
}
