import {
  Answer,
  Button,
  ButtonLink,
  DescriptionList,
  EmptyState,
  globalId,
  Link,
  PageFrame,
  plainId,
  Row,
  Section,
  Stack,
  Timeline,
  toast,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { CircleCheck, CircleSlash, Eye } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import type { AlertQuery } from '../graphql/graphql.ts'
import { alertPage, alertsPage, rulePage } from '../pages.ts'
import { decisionMessages } from './decisionMessages.ts'
import { AcknowledgeDocument, AlertDocument, ResolveDocument } from './documents.ts'
import { messages } from './messages.ts'
import { metricValue } from './metricValue.ts'
import { RulePreview } from './RulePreview.tsx'
import { ruleInput } from './ruleValues.ts'
import { StatusBadge } from './StatusBadge.tsx'
import '../operations.css'

/** One alert: what was found, how unusual it is, and who looks after it. */
export default function Alert() {
  const m = useMessages(messages)
  const { params } = usePage(alertPage)
  const query = useQuery(
    AlertDocument,
    { id: globalId('Alert', params.id) },
    { live: { document: ChangesDocument, variables: { types: ['Alert'] }, again: true } },
  )
  const gone = (
    <PageFrame title={m.gone}>
      <EmptyState icon={CircleSlash} title={m.gone} action={<ButtonLink to={alertsPage}>{m.alerts}</ButtonLink>}>
        {m.goneWhy}
      </EmptyState>
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return (
    <Answer of={query}>
      {({ node, alertMetrics }) =>
        node?.__typename === 'Alert' ? <Found alert={node} metrics={alertMetrics} /> : gone
      }
    </Answer>
  )
}

type AlertShown = Extract<NonNullable<AlertQuery['node']>, { __typename: 'Alert' }>

function Found({ alert, metrics }: { alert: AlertShown; metrics: AlertQuery['alertMetrics'] }) {
  const m = useMessages(messages)
  const format = useFormat()
  const { rule, value, expected, score } = alert
  const metric = metrics.find(({ name }) => name === rule.metric)
  const unit = metric?.unit ?? 'COUNT'
  return (
    <PageFrame
      title={rule.name}
      lead={alert.cause}
      badge={<StatusBadge status={alert.status} />}
      breadcrumbs={<Link to={alertsPage}>{m.alerts}</Link>}
      actions={<Deeds alert={alert} />}
    >
      <Stack gap={6}>
        <DescriptionList
          items={[
            [m.value, metricValue(format, unit, value)],
            typeof expected === 'number' && [m.expected, metricValue(format, unit, expected)],
            typeof score === 'number' && [m.score, m.scoreOf(format.number(Math.abs(score), 1))],
            rule.kind === 'ANOMALY' && [m.compared, m.weeks(rule.weeks)],
            typeof rule.threshold === 'number' && [m.threshold, metricValue(format, unit, rule.threshold)],
            [
              m.rule,
              <Link key="rule" to={rulePage} params={{ id: plainId(rule.id) }}>
                {m.openRule}
              </Link>,
            ],
          ]}
        />
        <Section title={m.preview}>
          <RulePreview
            input={ruleInput({ ...rule, threshold: rule.threshold ?? null }, rule.filter)}
            label={metric?.label ?? rule.metric}
            unit={unit}
            said={false}
          />
        </Section>
        <Course alert={alert} />
      </Stack>
    </PageFrame>
  )
}

function Course({ alert }: { alert: AlertShown }) {
  const m = useMessages(messages)
  const { dateTime } = useFormat()
  const at = (instant: string) => <time dateTime={instant}>{dateTime(instant)}</time>
  return (
    <Section title={m.course}>
      <Timeline
        label={m.course}
        items={[
          { id: 'raised', title: m.raised, time: at(alert.openedAt), tone: 'critical', children: alert.cause },
          ...(alert.acknowledgedAt
            ? [
                {
                  id: 'acknowledged',
                  title: m.ackBy(alert.acknowledgedBy ?? ''),
                  time: at(alert.acknowledgedAt),
                  tone: 'warning' as const,
                },
              ]
            : []),
          ...(alert.resolvedAt
            ? [
                {
                  id: 'resolved',
                  title: m.resolvedBy(alert.resolvedBy ?? ''),
                  time: at(alert.resolvedAt),
                  tone: 'positive' as const,
                },
              ]
            : []),
        ]}
      />
    </Section>
  )
}

function Deeds({ alert: { id, status } }: { alert: AlertShown }) {
  const m = useMessages(messages)
  const decide = useMessages(decisionMessages)
  const viewer = useViewer()
  const [acknowledge, acknowledging] = useMutation(AcknowledgeDocument)
  const [resolve, resolving] = useMutation(ResolveDocument)
  if (!viewer.may('operations:write') || status === 'RESOLVED') return null
  const say = (words: string, problem: { message: string } | undefined) =>
    toast(problem?.message ?? words, { tone: problem ? 'critical' : 'positive' })
  return (
    <Row>
      {status === 'OPEN' && (
        <Button
          icon={Eye}
          busy={acknowledging.busy}
          onPress={async () => say(m.acknowledged, (await acknowledge({ id })).problem)}
        >
          {decide.acknowledge}
        </Button>
      )}
      <Button
        icon={CircleCheck}
        variant="primary"
        busy={resolving.busy}
        onPress={async () => say(m.resolvedNow, (await resolve({ id })).problem)}
      >
        {m.resolve}
      </Button>
    </Row>
  )
}
