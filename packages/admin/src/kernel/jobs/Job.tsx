import {
  Answer,
  Button,
  ButtonLink,
  Columns,
  CopyField,
  DescriptionList,
  EmptyState,
  globalId,
  JsonView,
  Link,
  Note,
  PageFrame,
  plainId,
  Row,
  Section,
  Stack,
  toast,
  useConfirm,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Ban, CircleSlash, RotateCw } from 'lucide-react'
import type { JobQuery } from '../../graphql/graphql.ts'
import { jobPage, jobsPage } from '../pages.ts'
import { decisionMessages } from './decisionMessages.ts'
import { CancelJobDocument, JobChangesDocument, JobDocument, RetryJobDocument } from './documents.ts'
import { JobStatusBadge } from './JobStatusBadge.tsx'
import { messages } from './messages.ts'

/** One job: what it was given, how it went, what came of it. */
export default function Job() {
  const m = useMessages(messages)
  const { params } = usePage(jobPage)
  const query = useQuery(
    JobDocument,
    { id: globalId('Job', params.id) },
    { live: { document: JobChangesDocument, again: true } },
  )
  const gone = (
    <PageFrame title={m.gone}>
      <EmptyState icon={CircleSlash} title={m.gone} action={<ButtonLink to={jobsPage}>{m.title}</ButtonLink>}>
        {m.goneWhy}
      </EmptyState>
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return <Answer of={query}>{({ job }) => (job ? <Found job={job} /> : gone)}</Answer>
}

type JobShown = NonNullable<JobQuery['job']>

function Found({ job }: { job: JobShown }) {
  const m = useMessages(messages)
  const { number, dateTime, duration } = useFormat()
  const { type, status, attempts, maxAttempts, priority, error, createdAt, startAfter, startedAt, completedAt } = job
  const instant = (at: string) => <time dateTime={at}>{dateTime(at)}</time>
  return (
    <PageFrame
      title={type}
      badge={<JobStatusBadge status={status} />}
      breadcrumbs={<Link to={jobsPage}>{m.title}</Link>}
      actions={<Deeds job={job} />}
    >
      <Stack gap={6}>
        {error && (
          <Note tone={status === 'FAILED' ? 'critical' : 'warning'} title={error.message}>
            <code>{error.code}</code>
          </Note>
        )}
        <Section title={m.course}>
          <DescriptionList
            items={[
              [m.created, instant(createdAt)],
              !completedAt && startAfter > createdAt && [m.startAfter, instant(startAfter)],
              !!startedAt && [m.started, instant(startedAt)],
              !!completedAt && [m.ended, instant(completedAt)],
              !!startedAt &&
                !!completedAt && [m.took, duration(Math.max(0, Date.parse(completedAt) - Date.parse(startedAt)))],
              [m.attempts, m.attemptsOf(number(attempts), number(maxAttempts))],
              priority !== 0 && [m.priority, number(priority)],
            ]}
          />
          <CopyField label={m.id} value={plainId(job.id)} />
        </Section>
        <Columns min="22rem">
          <Section title={m.payload}>
            <JsonView label={m.payload} value={job.payload ?? null} />
          </Section>
          <Section title={m.result}>
            {job.result == null ? (
              <p className="e-muted">{status === 'COMPLETED' ? m.nothing : m.noResult}</p>
            ) : (
              <JsonView label={m.result} value={job.result} />
            )}
          </Section>
        </Columns>
      </Stack>
    </PageFrame>
  )
}

function Deeds({ job: { id, status } }: { job: JobShown }) {
  const m = useMessages(messages)
  const decide = useMessages(decisionMessages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [retry, retrying] = useMutation(RetryJobDocument)
  const [cancel, canceling] = useMutation(CancelJobDocument)
  if (!viewer.may('jobs:write') || status === 'COMPLETED') return null
  const say = (words: string, problem: { message: string } | undefined) =>
    toast(problem?.message ?? words, { tone: problem ? 'critical' : 'positive' })
  return (
    <Row>
      {status === 'FAILED' || status === 'CANCELED' ? (
        <Button
          icon={RotateCw}
          variant="primary"
          busy={retrying.busy}
          onPress={async () => say(m.retried, (await retry({ id })).problem)}
        >
          {decide.retry}
        </Button>
      ) : (
        <Button
          icon={Ban}
          busy={canceling.busy}
          onPress={async () => {
            if (await confirm({ title: m.cancelTitle(1), text: m.cancelWhy, confirm: m.cancel }))
              say(m.canceled, (await cancel({ id })).problem)
          }}
        >
          {m.cancel}
        </Button>
      )}
    </Row>
  )
}
