import {
  Answer,
  ButtonLink,
  EmptyState,
  IntervalChart,
  type IntervalRow,
  Link,
  plainId,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { FlaskConical, Plus } from 'lucide-react'
import { leaderOf } from '../leader.ts'
import { messages as shared } from '../messages.ts'
import { writeChance, writeLift } from '../metricFormat.ts'
import { experimentPage, experimentsPage, newExperimentPage } from '../pages.ts'
import { messages } from './messages.ts'
import { RunningDocument } from './runningDocument.ts'

/** Running experiments with their intervals on one axis. */
export default function RunningWidget() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const viewer = useViewer()
  const query = useQuery(RunningDocument, {})
  return (
    <Answer of={query} skeleton={<Skeleton height="16rem" />}>
      {({ experiments: { nodes } }) =>
        nodes.length === 0 ? (
          <EmptyState
            icon={FlaskConical}
            title={m.noneRunning}
            action={
              viewer.may('experiments:write') && (
                <ButtonLink to={newExperimentPage} icon={Plus}>
                  {m.make}
                </ButtonLink>
              )
            }
          >
            <p>{m.noneText}</p>
          </EmptyState>
        ) : (
          <Stack gap={3}>
            <p className="e-small e-muted">{m.lead}</p>
            <IntervalChart
              label={m.running}
              name={m.experiment}
              interval={words.liftOver}
              formatValue={(lift) => writeLift(format, lift)}
              columns={[words.chanceToWin]}
              higherIsBetter={betterSide(nodes)}
              rows={nodes.slice(0, 8).map(({ id, name, results }): IntervalRow => {
                const { goal, exposures } = results
                const leader = goal && leaderOf(goal.variants)
                return {
                  id,
                  label: (
                    <Link to={experimentPage} params={{ id: plainId(id) }}>
                      {name}
                    </Link>
                  ),
                  detail: leader ? m.leaderAt(leader.name, goal.metric.name) : m.visitors(format.number(exposures)),
                  color: 1,
                  estimate: leader?.lift ?? null,
                  interval: leader?.interval ?? null,
                  ...(leader ? {} : { note: m.nothingYet }),
                  cells: [leader?.chance == null ? undefined : writeChance(format, leader.chance)],
                }
              })}
            />
            <p>
              <Link to={experimentsPage}>{m.all}</Link>
            </p>
          </Stack>
        )
      }
    </Answer>
  )
}

/** Which side of zero is the good one for all of them. Null: for some it is the one, for some the other. */
function betterSide(
  experiments: readonly { results: { goal?: { metric: { higherIsBetter: boolean } } | null } }[],
): boolean | null {
  const sides = new Set(experiments.flatMap(({ results: { goal } }) => (goal ? [goal.metric.higherIsBetter] : [])))
  return sides.size > 1 ? null : !sides.has(false)
}
