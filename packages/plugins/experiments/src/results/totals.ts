import { prepared, type SqlContext } from '@espalier/core'
import type { ArmSums, PhaseArms } from './experimentResults.ts'

/** What results are sliced by. */
export const sliceDimensions = ['device', 'country', 'channel'] as const
export type SliceDimension = (typeof sliceDimensions)[number]

/** The metric of {@link Total} rows that count the exposures themselves. */
export const exposuresId = '00000000-0000-0000-0000-000000000000'

/** One line of `ExperimentTotal`, added up over the days that were asked for. */
export interface Total extends ArmSums {
  readonly phase: number
  readonly metricId: string
  /** Of the dimension; '' where there is none, or it is unknown. */
  readonly value: string
  /** "2026-11-21"; '' where the days are added up. */
  readonly day: string
}

/** Everything counted for an experiment: some rows for each phase, metric and variant, however many subjects it had. */
export function readTotals(context: SqlContext, experimentId: string): Promise<Total[]> {
  return context.db.query<Total>(totals(experimentId, '', false))
}

/** The same of many experiments, read together. @returns by the experiment's id */
export async function readManyTotals(
  context: SqlContext,
  experimentIds: readonly string[],
): Promise<ReadonlyMap<string, Total[]>> {
  const rows = await context.db.query<Total & { experimentId: string }>(manyByPhase(experimentIds))
  return Map.groupBy(rows, ({ experimentId }) => experimentId)
}

/** The same by device, country or channel of the exposure. */
export function readSliceTotals(
  context: SqlContext,
  experimentId: string,
  dimension: SliceDimension,
): Promise<Total[]> {
  return context.db.query<Total>(totals(experimentId, dimension, false))
}

/** The same by day, in order. */
export function readDailyTotals(context: SqlContext, experimentId: string): Promise<Total[]> {
  return context.db.query<Total>(totals(experimentId, '', true))
}

/** The weights of each phase, by number. */
export async function readPhaseWeights(context: SqlContext, experimentId: string): Promise<PhaseWeights> {
  const rows = await context.db.query<{ number: number; weights: Record<string, number> }>(phases(experimentId))
  return new Map(rows.map(({ number, weights }) => [number, weights]))
}

/** The weights of the phases of many experiments. @returns by the experiment's id */
export async function readManyPhaseWeights(
  context: SqlContext,
  experimentIds: readonly string[],
): Promise<ReadonlyMap<string, PhaseWeights>> {
  const rows = await context.db.query<{ experimentId: string; number: number; weights: Record<string, number> }>(
    manyPhases(experimentIds),
  )
  const byExperiment = Map.groupBy(rows, ({ experimentId }) => experimentId)
  return new Map(
    [...byExperiment].map(([id, phases]) => [id, new Map(phases.map(({ number, weights }) => [number, weights]))]),
  )
}

export type PhaseWeights = ReadonlyMap<number, Readonly<Record<string, number>>>

/**
 * The arms of a metric, phase by phase. Every variant that took part in a phase is there, with zeros where nobody did
 * anything.
 */
export function armsOf(totals: readonly Total[], metricId: string, weights: PhaseWeights): PhaseArms[] {
  const byPhase = Map.groupBy(totals, ({ phase }) => phase)
  return [...weights].map(([phase, shares]) => {
    const exposed = new Map<string, number>()
    const measured = new Map<string, Total>()
    for (const total of byPhase.get(phase) ?? [])
      if (total.metricId === exposuresId) exposed.set(total.variantId, total.subjects)
      else if (total.metricId === metricId) measured.set(total.variantId, total)
    const variantIds = new Set([...Object.keys(shares), ...exposed.keys()])
    return { phase, weights: shares, arms: [...variantIds].map((id) => armOf(id, exposed.get(id), measured.get(id))) }
  })
}

function armOf(variantId: string, subjects = 0, sums: Total | undefined): ArmSums {
  return {
    variantId,
    subjects,
    sum: sums?.sum ?? 0,
    sumOfSquares: sums?.sumOfSquares ?? 0,
    otherSum: sums?.otherSum ?? 0,
    otherSumOfSquares: sums?.otherSumOfSquares ?? 0,
    sumOfProducts: sums?.sumOfProducts ?? 0,
  }
}

const sums = `sum("subjects")::float8 as "subjects", sum("sum") as "sum", sum("sumOfSquares") as "sumOfSquares",
  sum("otherSum") as "otherSum", sum("otherSumOfSquares") as "otherSumOfSquares", sum("sumOfProducts") as "sumOfProducts"`

const byPhase = prepared(
  'experiments_totals',
  `select "phase", "metricId", "variantId", "value", '' as "day", ${sums}
   from "ExperimentTotal" where "workspaceId" = current_workspace() and "experimentId" = $1 and "dimension" = $2
   group by "phase", "metricId", "variantId", "value"`,
)

const manyByPhase = prepared(
  'experiments_many_totals',
  `select "experimentId", "phase", "metricId", "variantId", "value", '' as "day", ${sums}
   from "ExperimentTotal" where "workspaceId" = current_workspace() and "experimentId" = any($1::uuid[]) and "dimension" = ''
   group by "experimentId", "phase", "metricId", "variantId", "value"`,
)

const byDay = prepared(
  'experiments_daily_totals',
  `select "phase", "metricId", "variantId", "value", to_char("day", 'YYYY-MM-DD') as "day", ${sums}
   from "ExperimentTotal" where "workspaceId" = current_workspace() and "experimentId" = $1 and "dimension" = $2
   group by "phase", "metricId", "variantId", "value", "day" order by "day"`,
)

function totals(experimentId: string, dimension: SliceDimension | '', daily: boolean) {
  return (daily ? byDay : byPhase)(experimentId, dimension)
}

const phases = prepared(
  'experiments_phase_weights',
  `select "number", "weights" from "ExperimentPhase"
   where "workspaceId" = current_workspace() and "experimentId" = $1 order by "number"`,
)

const manyPhases = prepared(
  'experiments_many_phase_weights',
  `select "experimentId", "number", "weights" from "ExperimentPhase"
   where "workspaceId" = current_workspace() and "experimentId" = any($1::uuid[]) order by "number"`,
)
