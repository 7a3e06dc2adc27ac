import {
  Badge,
  Button,
  Form,
  FormActions,
  globalId,
  Link,
  mutate,
  Note,
  PageFrame,
  plainId,
  Section,
  Stack,
  toast,
  useForm,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { Archive, ArchiveRestore } from 'lucide-react'
import { StatusBadge } from '../Badges.tsx'
import type { ExperimentMetricQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { ObjectFrame } from '../ObjectFrame.tsx'
import { experimentPage, metricPage, metricsPage } from '../pages.ts'
import { checkMetric } from './checkMetric.ts'
import { ArchiveMetricDocument, MetricDocument, RestoreMetricDocument, UpdateMetricDocument } from './documents.ts'
import { MetricFields } from './MetricFields.tsx'
import { messages } from './messages.ts'
import { inputOf, type MetricValues, valuesOf } from './metricValues.ts'
import '../experiment/experiment.css'

type Shown = Extract<NonNullable<ExperimentMetricQuery['node']>, { __typename: 'ExperimentMetric' }>

/** A metric, and the experiments that are judged by it. */
export default function Metric() {
  const { params } = usePage(metricPage)
  const m = useMessages(messages)
  const words = useMessages(shared)
  const query = useQuery(MetricDocument, { id: globalId('ExperimentMetric', params.id) })
  return (
    <ObjectFrame
      of={query}
      title={words.metrics}
      trail={<Link to={metricsPage}>{words.metrics}</Link>}
      height="30rem"
      gone={m.gone}
    >
      {({ node }) =>
        node?.__typename === 'ExperimentMetric' ? <Editor key={node.id} metric={node} again={query.again} /> : undefined
      }
    </ObjectFrame>
  )
}

function Editor({ metric, again }: { metric: Shown; again: () => void }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const may = useViewer().may('experiments:write')
  const [update] = useMutation(UpdateMetricDocument)
  const stored = valuesOf(metric)
  const form = useForm<MetricValues>({ start: stored, check: checkMetric(m) })
  const experiments = metric.experiments.nodes
  const settled = experiments.some(({ status }) => status !== 'DRAFT' && status !== 'ARCHIVED')

  const edit = useSharedEdit<MetricValues, unknown>({
    stored,
    version: metric.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'name', label: m.name },
      { name: 'key', label: m.key },
      { name: 'description', label: m.description },
      { name: 'event', label: m.event },
      { name: 'filter', label: m.filter },
    ],
    save: (values, expectedVersion) => {
      const { kind: _kind, numeratorId: _numerator, denominatorId: _denominator, ...input } = inputOf(values)
      return update({
        id: metric.id,
        // Of one that is settled nothing else may change.
        input: settled ? { name: input.name, description: input.description ?? '' } : input,
        expectedVersion,
      })
    },
    show: form.reset,
    saved: () => toast(m.saved, { tone: 'positive' }),
    again,
  })
  const archive = async () => {
    const isAway = Boolean(metric.archivedAt)
    const { id } = metric
    const outcome = await (isAway ? mutate(RestoreMetricDocument, { id }) : mutate(ArchiveMetricDocument, { id }))
    toast(outcome.problem?.message ?? (isAway ? m.restoredNow : m.archivedNow), {
      tone: outcome.problem ? 'critical' : 'positive',
    })
  }
  return (
    <PageFrame
      title={metric.name}
      badge={metric.archivedAt ? <Badge>{m.archived}</Badge> : <Badge>{words.metricKind[metric.kind]}</Badge>}
      lead={m.asks[metric.kind]}
      breadcrumbs={<Link to={metricsPage}>{words.metrics}</Link>}
      actions={
        may && (
          <Button icon={metric.archivedAt ? ArchiveRestore : Archive} onPress={archive}>
            {metric.archivedAt ? m.restore : m.archive}
          </Button>
        )
      }
    >
      <Stack gap={6}>
        {settled && may && <Note>{m.settled}</Note>}
        <Form form={form} label={metric.name} {...edit.form}>
          <MetricFields form={form} isNew={false} settled={settled} readOnly={!may} />
          {may && <FormActions />}
        </Form>
        <Section title={m.usedBy}>
          {experiments.length === 0 && <p className="e-muted">{m.unused}</p>}
          <ul className="x-plain">
            {experiments.map(({ id, name, status }) => (
              <li key={id}>
                <Link to={experimentPage} params={{ id: plainId(id) }}>
                  {name}
                </Link>{' '}
                <StatusBadge status={status} />
              </li>
            ))}
          </ul>
        </Section>
      </Stack>
      {edit.conflict}
    </PageFrame>
  )
}
