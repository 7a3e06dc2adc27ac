import {
  Answer,
  dayToTime,
  LineChart,
  type LineSeries,
  SegmentedControl,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import type { ExperimentSeriesQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import { type MeasuredBy, useMeanFormat, writeLift } from '../metricFormat.ts'
import { experimentPage } from '../pages.ts'
import { ExperimentUpdatedDocument } from './documents.ts'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './messages.ts'
import { colorOf } from './variantColor.ts'

const SeriesDocument = graphql(`
  query ExperimentSeries($id: ID!, $metricId: ID) {
    node(id: $id) {
      id
      ... on Experiment {
        series(metricId: $metricId) {
          day
          variants {
            exposures
            mean
            relativeLift
            variant {
              id
              key
              name
            }
            interval {
              lower
              upper
            }
            relativeInterval {
              lower
              upper
            }
          }
        }
      }
    }
  }
`)

type Point = NonNullable<
  Extract<NonNullable<ExperimentSeriesQuery['node']>, { __typename: 'Experiment' }>['series']
>[number]
type OfVariant = Point['variants'][number]

/** A metric at the end of each day, cumulated, with the band that may be looked at on any of them. */
export function Course({
  experiment,
  metric,
}: {
  experiment: ShownExperiment
  metric: MeasuredBy & { id: string; name: string }
}) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const meanOf = useMeanFormat()(metric)
  const { search, setSearch } = usePage(experimentPage)
  const query = useQuery(
    SeriesDocument,
    { id: experiment.id, metricId: metric.id },
    { keep: true, live: { document: ExperimentUpdatedDocument, variables: { id: experiment.id }, again: true } },
  )
  const what = search.course
  const drawn = {
    lift: {
      value: ({ relativeLift }: OfVariant) => relativeLift,
      band: ({ relativeInterval }: OfVariant) => relativeInterval,
      write: (value: number) => writeLift(format, value),
    },
    mean: { value: ({ mean }: OfVariant) => mean, band: ({ interval }: OfVariant) => interval, write: meanOf },
    exposures: {
      value: ({ exposures }: OfVariant) => exposures,
      band: () => null,
      write: (value: number) => format.number(value),
    },
  }[what]
  return (
    <Stack gap={3}>
      <SegmentedControl
        label={m.courseShows}
        value={what}
        onChange={(course) => setSearch({ course })}
        options={(['lift', 'mean', 'exposures'] as const).map((id) => ({ id, label: m.courseOf[id] }))}
      />
      <Answer of={query} skeleton={<Skeleton height="18rem" />}>
        {({ node }) => (
          <LineChart
            label={m.courseLabel(m.courseOf[what], metric.name)}
            series={seriesOf(experiment, node?.__typename === 'Experiment' ? node.series : [], drawn, what === 'lift')}
            formatValue={drawn.write}
            whole={what === 'exposures'}
            zero={what !== 'mean'}
            live={experiment.status === 'RUNNING'}
            height={256}
            {...(what === 'lift' ? { reference: { value: 0, label: words.control } } : {})}
          />
        )}
      </Answer>
    </Stack>
  )
}

/** @param withoutControl its lift over itself is nothing */
function seriesOf(
  { variants }: ShownExperiment,
  points: readonly Point[],
  {
    value,
    band,
  }: {
    value: (of: OfVariant) => number | null | undefined
    band: (of: OfVariant) => { lower: number; upper: number } | null | undefined
  },
  withoutControl: boolean,
): LineSeries[] {
  return variants.slice(withoutControl ? 1 : 0).flatMap(({ id, key, name }) => {
    const found = points.flatMap(({ day, variants }) => {
      const of = variants.find(({ variant }) => variant.id === id)
      return of
        ? [
            {
              at: dayToTime(day),
              value: value(of) ?? null,
              lower: band(of)?.lower ?? null,
              upper: band(of)?.upper ?? null,
            },
          ]
        : []
    })
    return found.length > 0 ? [{ id, label: name, color: colorOf(variants, key), points: found }] : []
  })
}
