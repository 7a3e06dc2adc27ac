import {
  Answer,
  Badge,
  ButtonLink,
  EmptyState,
  Form,
  FormActions,
  globalId,
  Link,
  MenuButton,
  Note,
  PageFrame,
  Section,
  Skeleton,
  Stack,
  toast,
  useConfirm,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { CircleSlash, Trash2 } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import type { AlertRuleQuery } from '../graphql/graphql.ts'
import { alertsPage, rulePage, rulesPage } from '../pages.ts'
import { AlertMetricsDocument, DeleteRuleDocument, RuleDocument, UpdateRuleDocument } from './documents.ts'
import { messages } from './messages.ts'
import { RuleFields, type WatchedMetric } from './RuleFields.tsx'
import { RulePreview } from './RulePreview.tsx'
import { isWhole, type RuleValues, ruleInput } from './ruleValues.ts'
import '../operations.css'

/** One rule: what it watches, and what it would have done. */
export default function EditRule() {
  const m = useMessages(messages)
  const { params } = usePage(rulePage)
  const query = useQuery(
    RuleDocument,
    { id: globalId('AlertRule', params.id) },
    { live: { document: ChangesDocument, variables: { types: ['AlertRule'] }, again: true } },
  )
  const metrics = useQuery(AlertMetricsDocument, {})
  const gone = (
    <PageFrame title={m.goneRule}>
      <EmptyState icon={CircleSlash} title={m.goneRule} action={<ButtonLink to={rulesPage}>{m.rules}</ButtonLink>} />
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return (
    <Answer of={query}>
      {({ node }) =>
        node?.__typename !== 'AlertRule' ? (
          gone
        ) : (
          <Answer of={metrics} skeleton={<Skeleton height="40rem" />}>
            {({ alertMetrics }) => <Found rule={node} metrics={alertMetrics} again={query.again} />}
          </Answer>
        )
      }
    </Answer>
  )
}

type RuleShown = Extract<NonNullable<AlertRuleQuery['node']>, { __typename: 'AlertRule' }>

function Found({ rule, metrics, again }: { rule: RuleShown; metrics: readonly WatchedMetric[]; again: () => void }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const mayWrite = viewer.may('operations:write')
  const stored = valuesOf(rule)
  const form = useForm<RuleValues>({ values: stored })
  const [update] = useMutation(UpdateRuleDocument)
  const edit = useSharedEdit<RuleValues, unknown>({
    stored,
    version: rule.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'name', label: m.name },
      { name: 'metric', label: m.metric },
      { name: 'kind', label: m.kind },
      { name: 'direction', label: m.direction },
      { name: 'threshold', label: m.bound },
      { name: 'sensitivity', label: m.sensitivity },
      { name: 'weeks', label: m.weeksLabel },
      { name: 'minimum', label: m.minimum },
      { name: 'window', label: m.window },
      { name: 'active', label: m.active },
    ],
    save: (given, expectedVersion) => update({ id: rule.id, input: ruleInput(given), expectedVersion }),
    show: form.reset,
    saved: () => toast(m.saved, { tone: 'positive' }),
    again,
  })
  const values = form.watch()
  const metric = metrics.find(({ name }) => name === values.metric)
  return (
    <PageFrame
      title={rule.name}
      wide
      badge={<Badge tone={rule.active ? 'positive' : 'neutral'}>{rule.active ? m.watched : m.paused}</Badge>}
      breadcrumbs={<Link to={rulesPage}>{m.rules}</Link>}
      actions={mayWrite && <RuleDeeds rule={rule} />}
    >
      <Stack>
        {!mayWrite && <Note>{m.readOnly}</Note>}
        <div className="operations-rule">
          <Form form={form} label={rule.name} {...edit.form}>
            <RuleFields form={form} metrics={metrics} readOnly={!mayWrite} />
            {mayWrite && <FormActions />}
          </Form>
          <Section
            title={m.preview}
            actions={
              <Link to={alertsPage} search={{ q: rule.name }}>
                {m.history}
              </Link>
            }
          >
            <RulePreview
              input={isWhole(values) ? ruleInput(values, rule.filter) : undefined}
              label={metric?.label ?? values.metric}
              unit={metric?.unit ?? 'COUNT'}
            />
          </Section>
        </div>
      </Stack>
      {edit.conflict}
    </PageFrame>
  )
}

function RuleDeeds({ rule }: { rule: RuleShown }) {
  const m = useMessages(messages)
  const confirm = useConfirm()
  const goTo = useGoTo()
  const [remove] = useMutation(DeleteRuleDocument, { invalidates: ['alertRules'] })
  const run = async () => {
    if (!(await confirm({ title: m.deleteTitle(1), text: m.deleteWhy, confirm: m.delete, danger: true }))) return
    const { problem } = await remove({ id: rule.id })
    if (problem) toast(problem.message, { tone: 'critical' })
    else {
      toast(m.deleted)
      goTo(rulesPage)
    }
  }
  return <MenuButton entries={[{ id: 'delete', label: m.delete, icon: Trash2, danger: true, run: () => void run() }]} />
}

function valuesOf(rule: RuleShown): RuleValues {
  const { name, metric, kind, direction, threshold, sensitivity, weeks, minimum, window, active } = rule
  return { name, metric, kind, direction, threshold: threshold ?? null, sensitivity, weeks, minimum, window, active }
}
