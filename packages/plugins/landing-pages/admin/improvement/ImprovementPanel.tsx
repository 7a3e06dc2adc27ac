import {
  Answer,
  Badge,
  ButtonLink,
  IntervalChart,
  Note,
  plainId,
  Row,
  Skeleton,
  Stack,
  TimeAgo,
  Timeline,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { ImprovementPanelDocument, PageLoopChangedDocument } from './documents.ts'
import { glanceMessages } from './glanceMessages.ts'
import { messages } from './messages.ts'
import { pageImprovementPage } from './pages.ts'
import { iconOf, toneOf } from './step.ts'

/** How a page improves itself, in short, on the page's own page. */
export default function ImprovementPanel({ id }: { id: string }) {
  const m = useMessages(messages)
  const glance = useMessages(glanceMessages)
  const { change } = useFormat()
  const query = useQuery(
    ImprovementPanelDocument,
    { id },
    { live: { document: PageLoopChangedDocument, variables: { id }, again: true } },
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="8rem" />}>
      {({ node }) => {
        if (node?.__typename !== 'Page') return null
        const { loop, loopWaiting, loopSteps } = node
        const mode = loop?.mode ?? 'OFF'
        const { lift, liftLower, liftUpper } = loop?.earned ?? {}
        return (
          <Stack gap={3}>
            <Row gap={2}>
              <Badge tone={mode === 'OFF' ? 'neutral' : 'positive'}>{m.modes[mode]}</Badge>
              {loopWaiting > 0 && <Badge tone="warning">{glance.waits(loopWaiting)}</Badge>}
              {loop?.nextAnalysisAt && (
                <span className="e-muted">
                  {m.nextAnalysis} <TimeAgo at={loop.nextAnalysisAt} />
                </span>
              )}
            </Row>
            {loop?.problem && <Note tone="critical">{m.problems[loop.problem] ?? loop.problem}</Note>}
            {!loop && <p className="e-muted">{m.offHow}</p>}
            {typeof lift === 'number' && typeof liftLower === 'number' && typeof liftUpper === 'number' && (
              <IntervalChart
                label={m.lift}
                name={m.earned}
                interval={m.lift}
                formatValue={(value) => change(value, Math.abs(value) < 0.095 ? 1 : 0)}
                rows={[{ id, label: m.lift, estimate: lift, interval: { lower: liftLower, upper: liftUpper } }]}
              />
            )}
            {loopSteps.nodes.length > 0 && (
              <Timeline
                label={glance.latest}
                items={loopSteps.nodes.map((step) => {
                  const Icon = iconOf(step)
                  return {
                    id: step.id,
                    title: step.summary,
                    time: <TimeAgo at={step.at} />,
                    icon: <Icon size={14} aria-hidden="true" />,
                    tone: toneOf(step),
                  }
                })}
              />
            )}
            <Row>
              <ButtonLink to={pageImprovementPage} params={{ id: plainId(id) }} search={{}}>
                {m.details}
              </ButtonLink>
            </Row>
          </Stack>
        )
      }}
    </Answer>
  )
}
