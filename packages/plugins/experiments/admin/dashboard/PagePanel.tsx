import {
  Answer,
  ButtonLink,
  globalId,
  IntervalChart,
  type IntervalRow,
  Link,
  plainId,
  Row,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Plus } from 'lucide-react'
import { StatusBadge, VerdictBadge } from '../Badges.tsx'
import { colorOf } from '../experiment/variantColor.ts'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import { writeChance, writeLift } from '../metricFormat.ts'
import { experimentPage, newExperimentPage } from '../pages.ts'
import { messages } from './messages.ts'

const OfPageDocument = graphql(`
  query ExperimentOfPage($id: ID!) {
    node(id: $id) {
      id
      ... on Page {
        experiment {
          id
          name
          status
          kind
          variants {
            id
            key
          }
          verdict {
            state
            reason
          }
          results {
            exposures
            goal {
              metric {
                id
                name
                higherIsBetter
              }
              variants {
                exposures
                variant {
                  id
                  key
                  name
                  retiredAt
                }
                comparison {
                  relativeLift
                  chanceToWin
                  sequential {
                    relativeInterval {
                      lower
                      upper
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`)

/** The experiment that picks what a page shows, in short. */
export default function PagePanel({ id }: { id: string }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const viewer = useViewer()
  const query = useQuery(OfPageDocument, { id: globalId('Page', id) })
  return (
    <Answer of={query} skeleton={<Skeleton height="12rem" />}>
      {({ node }) => {
        const experiment = node?.__typename === 'Page' ? node.experiment : undefined
        if (!experiment)
          return (
            <Stack gap={3}>
              <p className="e-muted">{m.none}</p>
              {viewer.may('experiments:write') && (
                <Row>
                  <ButtonLink to={newExperimentPage} search={{ page: plainId(id) }} icon={Plus}>
                    {m.makeFor}
                  </ButtonLink>
                </Row>
              )}
            </Stack>
          )
        const { goal } = experiment.results
        return (
          <Stack gap={3}>
            <Row>
              <Link to={experimentPage} params={{ id: plainId(experiment.id) }}>
                {experiment.name}
              </Link>
              <StatusBadge status={experiment.status} />
              {experiment.verdict && <VerdictBadge state={experiment.verdict.state} />}
            </Row>
            {experiment.verdict && <p>{experiment.verdict.reason}</p>}
            {goal && experiment.results.exposures > 0 && (
              <IntervalChart
                label={goal.metric.name}
                name={goal.metric.name}
                interval={words.liftOver}
                higherIsBetter={goal.metric.higherIsBetter}
                formatValue={(lift) => writeLift(format, lift)}
                columns={[words.chanceToWin]}
                rows={goal.variants
                  .filter(({ variant }) => !variant.retiredAt)
                  .map(
                    ({ variant, exposures, comparison }, index): IntervalRow => ({
                      id: variant.id,
                      label: variant.name,
                      detail: m.visitors(format.number(exposures)),
                      color: colorOf(experiment.variants, variant.key),
                      estimate: comparison?.relativeLift ?? null,
                      interval: comparison?.sequential.relativeInterval ?? null,
                      ...(index === 0 ? { note: words.control } : {}),
                      cells: [
                        comparison?.chanceToWin == null ? undefined : writeChance(format, comparison.chanceToWin),
                      ],
                    }),
                  )}
              />
            )}
          </Stack>
        )
      }}
    </Answer>
  )
}
