import {
  Answer,
  Badge,
  IntervalChart,
  type IntervalRow,
  Row,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import { type MeasuredBy, useMeanFormat, writeChance, writeLift, writeP } from '../metricFormat.ts'
import { dimensions, experimentPage } from '../pages.ts'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './messages.ts'
import { useSliceNames } from './useSliceNames.ts'

const SlicesDocument = graphql(`
  query ExperimentSlices($id: ID!, $by: ExperimentSliceDimension!, $metricId: ID) {
    node(id: $id) {
      id
      ... on Experiment {
        slices(by: $by, metricId: $metricId) {
          omitted
          slices {
            value
            exposures
            sampleRatio {
              alarm
            }
            variants {
              exposures
              mean
              variant {
                id
                key
              }
              comparison {
                relativeLift
                chanceToWin
                sequential {
                  adjustedPValue
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
`)

/** A variant's lift in each part of the visitors, all on one axis. */
export function Slices({
  experiment,
  metric,
}: {
  experiment: ShownExperiment
  metric: MeasuredBy & { id: string; name: string; higherIsBetter: boolean }
}) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const meanOf = useMeanFormat()(metric)
  const { search, setSearch } = usePage(experimentPage)
  const by = search.by
  const query = useQuery(SlicesDocument, { id: experiment.id, by, metricId: metric.id }, { keep: true })
  const nameOf = useSliceNames()
  const others = experiment.variants.slice(1)
  const shown = others.find(({ key }) => key === search.variant) ?? others[0]
  return (
    <Stack gap={3}>
      <Row>
        <SegmentedControl
          label={m.byLabel}
          value={by}
          onChange={(next) => setSearch({ by: next })}
          options={dimensions.map((id) => ({ id, label: m.by[id] }))}
        />
        {others.length > 1 && shown && (
          <Select
            label={m.chooseVariant}
            labelHidden
            value={shown.key}
            onChange={(variant) => setSearch({ variant })}
            options={others.map(({ key, name }) => ({ id: key, label: name }))}
          />
        )}
      </Row>
      <Answer of={query} skeleton={<Skeleton height="12rem" />}>
        {({ node }) => {
          const { slices, omitted } = node?.__typename === 'Experiment' ? node.slices : { slices: [], omitted: 0 }
          if (slices.length === 0) return <p className="e-muted">{m.noSlices}</p>
          const rows = slices.map(({ value, exposures, sampleRatio, variants }): IntervalRow => {
            const of = variants.find(({ variant }) => variant.key === shown?.key)
            const subjects = words.visitors(format.number(exposures))
            return {
              id: value ?? '',
              label: (
                <>
                  {nameOf(by, value)} {sampleRatio?.alarm && <Badge tone="critical">{m.sliceRatio}</Badge>}
                </>
              ),
              detail: of?.mean == null ? subjects : m.meanOf(meanOf(of.mean), subjects),
              color: 1,
              estimate: of?.comparison?.relativeLift ?? null,
              interval: of?.comparison?.sequential.relativeInterval ?? null,
              cells: [
                of?.comparison?.chanceToWin == null ? undefined : writeChance(format, of.comparison.chanceToWin),
                of?.comparison?.sequential.adjustedPValue == null
                  ? undefined
                  : writeP(format, of.comparison.sequential.adjustedPValue),
              ],
            }
          })
          return (
            <>
              <IntervalChart
                label={m.courseLabel(m.by[by], metric.name)}
                name={m.by[by]}
                interval={shown?.name ?? words.liftOver}
                rows={rows}
                formatValue={(lift) => writeLift(format, lift)}
                higherIsBetter={metric.higherIsBetter}
                columns={[words.chanceToWin, m.pValue]}
              />
              {omitted > 0 && <p className="e-small e-muted">{m.omitted(format.number(omitted))}</p>}
            </>
          )
        }}
      </Answer>
    </Stack>
  )
}
