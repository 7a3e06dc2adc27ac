import {
  Badge,
  Button,
  Card,
  DescriptionList,
  IntervalChart,
  LinkElsewhere,
  Note,
  ProgressBar,
  plainId,
  Row,
  TimeAgo,
  type Tone,
  toast,
  useConfirm,
  useFormat,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { experiment } from '../elsewhere.ts'
import type { PromptTestStatus, PromptTestsQuery } from '../graphql/graphql.ts'
import { CancelTestDocument, StartTestDocument } from './documents.ts'
import { Measures } from './Measures.tsx'
import { messages } from './messages.ts'

export type Test = NonNullable<PromptTestsQuery['prompt']>['tests']['nodes'][number]

const tones: Record<PromptTestStatus, Tone> = {
  DRAFT: 'neutral',
  RUNNING: 'info',
  COMPLETED: 'positive',
  CANCELED: 'neutral',
}

/** One test: how far it is, the difference with its interval, and what it came to. */
export function TestCard({ test }: { test: Test }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { control, treatment, winner, pValue, status, reason, startedAt } = test
  return (
    <Card
      title={test.name}
      badge={<Badge tone={tones[status]}>{m.status[status]}</Badge>}
      lead={control && treatment && m.against(treatment.version, control.version)}
      actions={<Deeds test={test} />}
    >
      {reason && (
        <Note tone={winner ? 'positive' : 'neutral'} title={winner ? m.winner(winner.version) : undefined}>
          {m.reasons[reason]} {pValue !== null && m.pValue(number(pValue, 4))}
        </Note>
      )}
      {status === 'RUNNING' && (
        <>
          {startedAt && (
            <p className="e-small e-muted">
              {m.since} <TimeAgo at={startedAt} />
            </p>
          )}
          <Samples test={test} />
        </>
      )}
      <Difference test={test} />
      <Agreed test={test} />
      {test.controlMetrics && test.treatmentMetrics && (
        <Measures test={test} control={test.controlMetrics} treatment={test.treatmentMetrics} />
      )}
    </Card>
  )
}

/** What was settled before it began, and the way to all of its results. */
function Agreed({ test }: { test: Test }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const { controlShare, maxDays, minSampleSize, significanceLevel, oneLook, experiment: measured } = test
  return (
    <DescriptionList
      items={[
        [m.share, percent(controlShare, 0)],
        [m.sample, number(minSampleSize)],
        [m.days, `${number(maxDays)} ${m.dayUnit}`],
        [m.level, number(significanceLevel, 3)],
        [m.looks, oneLook ? m.looksOne : m.looksAll],
        measured !== null && [
          m.results,
          <LinkElsewhere key="results" to={experiment} params={{ id: plainId(measured.id) }}>
            {m.resultsLink}
          </LinkElsewhere>,
        ],
      ]}
    />
  )
}

/** How many of the executions that each version needs are scored. */
function Samples({ test }: { test: Test }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  return [
    { variant: test.control, metrics: test.controlMetrics },
    { variant: test.treatment, metrics: test.treatmentMetrics },
  ].map(
    ({ variant, metrics }) =>
      variant && (
        <ProgressBar
          key={variant.id}
          label={m.sampleOf(variant.version)}
          value={Math.min(metrics?.scored ?? 0, test.minSampleSize)}
          max={test.minSampleSize}
          valueLabel={m.progress(number(metrics?.scored ?? 0), number(test.minSampleSize))}
        />
      ),
  )
}

/** The difference on the metric of the experiment below, by its always valid interval. */
function Difference({ test }: { test: Test }) {
  const m = useMessages(messages)
  const { change, percent } = useFormat()
  const goal = test.experiment?.results.goal
  if (!goal) return test.status === 'RUNNING' ? <p className="e-muted">{m.nothingYet}</p> : null
  return (
    <IntervalChart
      label={goal.metric.name}
      name={m.variant}
      interval={m.interval}
      formatValue={(lift) => change(lift)}
      columns={[m.chance]}
      rows={goal.variants.map(({ variant, comparison }, index) => ({
        id: variant.id,
        label: variant.name,
        color: index === 0 ? 1 : 2,
        estimate: comparison?.relativeLift ?? null,
        interval: comparison?.sequential.relativeInterval ?? null,
        ...(comparison ? {} : { note: m.control }),
        cells: [comparison?.chanceToWin == null ? undefined : percent(comparison.chanceToWin)],
      }))}
    />
  )
}

function Deeds({ test }: { test: Test }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [start, starting] = useMutation(StartTestDocument, { invalidates: ['prompt'] })
  const [cancel, canceling] = useMutation(CancelTestDocument, { invalidates: ['prompt'] })
  if (!viewer.may('prompts:write')) return null
  const begin = async () => {
    const { problem } = await start({ id: test.id })
    toast(problem?.message ?? m.started, { tone: problem ? 'critical' : 'positive' })
  }
  const end = async () => {
    if (!(await confirm({ title: m.cancelTitle, text: m.cancelText, confirm: m.cancel, danger: true }))) return
    const { problem } = await cancel({ id: test.id })
    toast(problem?.message ?? m.canceled, { tone: problem ? 'critical' : 'positive' })
  }
  return (
    <Row>
      {test.status === 'DRAFT' && (
        <Button size="small" variant="primary" busy={starting.busy} onPress={() => void begin()}>
          {m.start}
        </Button>
      )}
      {test.status === 'RUNNING' && (
        <Button size="small" busy={canceling.busy} onPress={() => void end()}>
          {m.cancel}
        </Button>
      )}
    </Row>
  )
}
