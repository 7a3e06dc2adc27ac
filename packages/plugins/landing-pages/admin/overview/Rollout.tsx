import {
  Badge,
  Button,
  Note,
  Section,
  TimeAgo,
  toast,
  useConfirm,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { ArrowRight, Undo2 } from 'lucide-react'
import { PageSavedDocument } from '../editor/documents.ts'
import type { PageRolloutQuery } from '../graphql/graphql.ts'
import { AdvanceRollout, RollBackRollout, RolloutDocument } from './documents.ts'
import { messages } from './messages.ts'

type Running = NonNullable<PageRolloutQuery['pageRollout']>
type Side = Running['guardrail']['candidate']

const tones = { GREEN: 'positive', YELLOW: 'warning', RED: 'critical' } as const

/** A variant on its way to everybody: how far it is, how it does beside the first, and what can be done about it. */
export function Rollout({ pageId, mayWrite }: { pageId: string; mayWrite: boolean }) {
  const m = useMessages(messages)
  const { percent } = useFormat()
  const confirm = useConfirm()
  const { data } = useQuery(
    RolloutDocument,
    { pageId },
    { live: { document: PageSavedDocument, variables: { id: pageId }, again: true } },
  )
  const [advance, advancing] = useMutation(AdvanceRollout, { invalidates: ['pageRollout'] })
  const [rollBack, rollingBack] = useMutation(RollBackRollout, { invalidates: ['pageRollout'] })
  const rollout = data?.pageRollout
  if (!rollout) return null
  const { id, variantKey, status, share, steps, step, nextStepAt, guardrail, reason } = rollout
  const problem = advancing.problem ?? rollingBack.problem
  const title =
    status === 'RUNNING'
      ? m.rolloutOf(variantKey, percent(share, 0))
      : status === 'COMPLETED'
        ? m.completedOf(variantKey)
        : m.rolledBackOf(variantKey)
  return (
    <Section
      title={m.rollout}
      badge={status === 'RUNNING' && <Badge tone={tones[guardrail.light]}>{m.lights[guardrail.light]}</Badge>}
      actions={
        mayWrite && (
          <>
            {status === 'RUNNING' && (
              <Button icon={ArrowRight} busy={advancing.busy} onPress={() => void advance({ id })}>
                {m.advance}
              </Button>
            )}
            {status !== 'ROLLED_BACK' && (
              <Button
                icon={Undo2}
                variant={guardrail.light === 'RED' ? 'danger' : 'secondary'}
                busy={rollingBack.busy}
                onPress={async () => {
                  const question = { title: m.rollBackTitle(variantKey), text: m.rollBackText, confirm: m.rollBack }
                  if (!(await confirm({ ...question, danger: true }))) return
                  const outcome = await rollBack({ id })
                  if (!outcome.problem) toast(m.rolledBackOf(variantKey))
                }}
              >
                {m.rollBack}
              </Button>
            )}
          </>
        )
      }
    >
      <p>
        {title}
        {nextStepAt && status === 'RUNNING' && (
          <span className="po-quiet">
            {' '}
            {m.next} <TimeAgo at={nextStepAt} />
          </span>
        )}
      </p>
      <ol className="po-steps" aria-label={m.steps}>
        {steps.map((at, index) => (
          <li
            key={at}
            data-reached={status !== 'ROLLED_BACK' && index <= step ? '' : undefined}
            aria-current={status === 'RUNNING' && index === step ? 'step' : undefined}
          >
            {percent(at, 0)}
          </li>
        ))}
      </ol>
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      <p className="po-quiet">{reason ?? guardrail.reason}</p>
      {status === 'RUNNING' && <Sides candidate={guardrail.candidate} baseline={guardrail.baseline} />}
    </Section>
  )
}

function Sides({ candidate, baseline }: { candidate: Side; baseline: Side }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const rate = ({ exposures, conversions }: Side) => (exposures > 0 ? percent(conversions / exposures) : '–')
  const bounced = ({ sessions, bounces }: Side) => (sessions > 0 ? percent(bounces / sessions, 0) : '–')
  const vital = (side: Side, name: 'LCP' | 'INP' | 'CLS') => {
    const value = side.vitals.find(({ vital }) => vital === name)?.p75
    if (value === null || value === undefined) return '–'
    return name === 'CLS' ? number(value, 2) : `${number(value)} ms`
  }
  const rows: readonly (readonly [string, string, string])[] = [
    [m.exposures, number(candidate.exposures), number(baseline.exposures)],
    [m.rate, rate(candidate), rate(baseline)],
    [m.bounces, bounced(candidate), bounced(baseline)],
    ...(['LCP', 'INP', 'CLS'] as const).map(
      (name) => [m.vitals[name], vital(candidate, name), vital(baseline, name)] as const,
    ),
  ]
  return (
    <table className="po-sides">
      <thead>
        <tr>
          <td />
          <th scope="col">{m.sides.candidate}</th>
          <th scope="col">{m.sides.baseline}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, one, other]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{one}</td>
            <td>{other}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
