import { prepared, type SqlContext } from '@espalier/core'
import { type Rules, rulesOf } from '../decisions/rules.ts'
import type { Experiment } from '../experiment.ts'
import type { Metric } from '../metrics/metric.ts'
import type { ExperimentSettings } from '../settings.ts'
import type { EarlierLook } from './comparison.ts'
import type { ExperimentResults, PhaseArms } from './experimentResults.ts'
import { type ExperimentHealth, healthOf, readHealthCounts, readRecorded } from './health.ts'
import { resultsOf } from './resultsOf.ts'
import { type SeriesPoint, seriesOf } from './series.ts'
import { type Slices, slicesOf } from './slices.ts'
import {
  armsOf,
  exposuresId,
  readDailyTotals,
  readManyPhaseWeights,
  readManyTotals,
  readPhaseWeights,
  readSliceTotals,
  readTotals,
  type SliceDimension,
  sliceDimensions,
} from './totals.ts'

/**
 * What came of experiments. All of it is read from sums that are kept with the events, so an experiment with a
 * billion subjects costs what one with a thousand does.
 */
export class Results {
  readonly #settings: (context: SqlContext) => Promise<ExperimentSettings>

  constructor(settings: (context: SqlContext) => Promise<ExperimentSettings>) {
    this.#settings = settings
  }

  /** Means, intervals and comparisons with the control, metric by metric. */
  async of(context: SqlContext, experiment: Experiment): Promise<ExperimentResults> {
    const [totals, weights, looks, rules] = await Promise.all([
      readTotals(context, experiment.id),
      readPhaseWeights(context, experiment.id),
      readLooks(context, experiment.id),
      this.#rules(context, experiment),
    ])
    return resultsOf(experiment, { totals, weights, looks }, rules)
  }

  /** The same of many experiments, read together: a list of them costs what one does. @returns by the experiment's id */
  async ofMany(
    context: SqlContext,
    experiments: readonly Experiment[],
  ): Promise<ReadonlyMap<string, ExperimentResults>> {
    const ids = experiments.map(({ id }) => id)
    const [totals, weights, looks, settings] = await Promise.all([
      readManyTotals(context, ids),
      readManyPhaseWeights(context, ids),
      readManyLooks(context, ids),
      this.#settings(context),
    ])
    return new Map(
      experiments.map((experiment) => {
        const { id } = experiment
        const counted = { totals: totals.get(id) ?? [], weights: weights.get(id) ?? new Map() }
        return [
          id,
          resultsOf(experiment, { ...counted, looks: looks.get(id) ?? new Map() }, rulesOf(experiment, settings)),
        ]
      }),
    )
  }

  /** The sums of a metric by phase and arm: what a bandit learns from. */
  async arms(context: SqlContext, experiment: Experiment, metric: Pick<Metric, 'id'>): Promise<PhaseArms[]> {
    const [totals, weights] = await Promise.all([
      readTotals(context, experiment.id),
      readPhaseWeights(context, experiment.id),
    ])
    return armsOf(totals, metric.id, weights)
  }

  /** A metric at the end of each day since the start, as it was then known. */
  async series(context: SqlContext, experiment: Experiment, metric: Metric): Promise<SeriesPoint[]> {
    const [totals, weights, rules] = await Promise.all([
      readDailyTotals(context, experiment.id),
      readPhaseWeights(context, experiment.id),
      this.#rules(context, experiment),
    ])
    return seriesOf(experiment, metric, { totals, weights }, rules)
  }

  /**
   * How many subjects met an experiment for the first time on a day, on average over the latest whole days; before it has had a
   * whole day, as many as today.
   *
   * @param days at most
   * @param timeZone IANA name of the workspace's, in which subjects are counted
   */
  async subjectsPerDay(
    context: SqlContext,
    { id }: Pick<Experiment, 'id'>,
    { days, timeZone }: { days: number; timeZone: string },
  ): Promise<number> {
    const [row] = await context.db.query<{ perDay: number }>(perDay(id, context.clock.now(), days, timeZone))
    return row?.perDay ?? 0
  }

  /**
   * What the latest days alone counted of each variant: who met the experiment for the first time, and what was done that day by
   * whoever had met it by then. A day and variant without anybody has no row.
   *
   * @param days how many, today among them
   * @param timeZone IANA name of the workspace's, in which subjects are counted
   */
  async latestDays(
    context: SqlContext,
    { id }: Pick<Experiment, 'id'>,
    metric: Pick<Metric, 'id'>,
    { days, timeZone }: { days: number; timeZone: string },
  ): Promise<DayOfVariant[]> {
    return context.db.query<DayOfVariant>(latestDays(id, metric.id, context.clock.now(), days, timeZone))
  }

  /** A metric for each value of a dimension: for finding questions, not for answering them. */
  async slices(
    context: SqlContext,
    experiment: Experiment,
    metric: Metric,
    dimension: SliceDimension,
  ): Promise<Slices> {
    const [totals, weights, rules] = await Promise.all([
      readSliceTotals(context, experiment.id, dimension),
      readPhaseWeights(context, experiment.id),
      this.#rules(context, experiment),
    ])
    return slicesOf(experiment, metric, { dimension, totals, weights }, rules)
  }

  /** Whether the counts can be believed: shares as they should be, and what was noticed beside them. */
  async health(context: SqlContext, experiment: Experiment): Promise<ExperimentHealth> {
    const [totals, weights, recorded, counts, ...slices] = await Promise.all([
      readTotals(context, experiment.id),
      readPhaseWeights(context, experiment.id),
      readRecorded(context, experiment.id),
      readHealthCounts(context, experiment.id),
      ...sliceDimensions.map(async (dimension) => ({
        dimension,
        totals: await readSliceTotals(context, experiment.id, dimension),
      })),
    ])
    return healthOf(experiment, { totals, weights, recorded, counts, slices })
  }

  async #rules(context: SqlContext, experiment: Experiment): Promise<Rules> {
    return rulesOf(experiment, await this.#settings(context))
  }
}

/** A day of one variant, of a metric. */
interface DayOfVariant {
  readonly variantId: string
  /** 0: today. */
  readonly daysAgo: number
  readonly subjects: number
  readonly sum: number
}

async function readLooks(context: SqlContext, experimentId: string): Promise<ReadonlyMap<string, EarlierLook>> {
  const rows = await context.db.query<EarlierLook & { metricId: string; variantId: string }>(looks(experimentId))
  return new Map(rows.map(({ metricId, variantId, ...look }) => [`${metricId} ${variantId}`, look]))
}

async function readManyLooks(
  context: SqlContext,
  experimentIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, EarlierLook>>> {
  const rows = await context.db.query<EarlierLook & { experimentId: string; metricId: string; variantId: string }>(
    manyLooks(experimentIds),
  )
  const byExperiment = Map.groupBy(rows, ({ experimentId }) => experimentId)
  return new Map(
    [...byExperiment].map(([id, looks]) => [
      id,
      new Map(looks.map(({ experimentId, metricId, variantId, ...look }) => [`${metricId} ${variantId}`, look])),
    ]),
  )
}

const perDay = prepared(
  'experiments_subjects_per_day',
  `with bounds as (
     select ($2::timestamptz at time zone $4::text)::date as "today", ("startedAt" at time zone $4::text)::date as "first"
     from "Experiment" where "workspaceId" = current_workspace() and "id" = $1
   )
   select coalesce(sum(t."subjects") filter (where t."day" < b."today" or b."first" = b."today"), 0)::float8
     / greatest(1, least($3::int, b."today" - b."first")) as "perDay"
   from bounds b left join "ExperimentTotal" t
     on t."workspaceId" = current_workspace() and t."experimentId" = $1 and t."metricId" = '${exposuresId}' and t."dimension" = ''
       and t."day" >= b."today" - $3::int
   group by b."today", b."first"`,
)

const latestDays = prepared(
  'experiments_latest_days',
  `select "variantId", ("today" - "day")::int as "daysAgo",
     coalesce(sum("subjects") filter (where "metricId" = '${exposuresId}'), 0)::float8 as "subjects",
     coalesce(sum("sum") filter (where "metricId" = $2), 0)::float8 as "sum"
   from "ExperimentTotal", (select ($3::timestamptz at time zone $5::text)::date as "today") as t
   where "workspaceId" = current_workspace() and "experimentId" = $1 and "dimension" = ''
     and "metricId" in ($2, '${exposuresId}') and "day" > "today" - $4::int
   group by "variantId", "day", "today" order by "day", "variantId"`,
)

const looks = prepared(
  'experiments_looks',
  `select "metricId", "variantId", "pValue", "lower", "upper" from "ExperimentLook"
   where "workspaceId" = current_workspace() and "experimentId" = $1`,
)

const manyLooks = prepared(
  'experiments_many_looks',
  `select "experimentId", "metricId", "variantId", "pValue", "lower", "upper" from "ExperimentLook"
   where "workspaceId" = current_workspace() and "experimentId" = any($1::uuid[])`,
)
