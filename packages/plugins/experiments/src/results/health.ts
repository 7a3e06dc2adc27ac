import { prepared, type SqlContext } from '@espalier/core'
import type { Experiment, Variant } from '../experiment.ts'
import { benjaminiHochberg } from '../statistics/multiplicity.ts'
import { type SampleRatio, srmCauses } from '../statistics/sampleRatio.ts'
import { sampleRatioOf } from './resultsOf.ts'
import { armsOf, exposuresId, type PhaseWeights, type SliceDimension, type Total } from './totals.ts'

/** Whether an experiment's counts can be believed. */
export interface ExperimentHealth {
  readonly sampleRatio: SampleRatio
  /** By variant, in order: where a mismatch comes from. */
  readonly causes: readonly VariantCause[]
  /** Subjects that were recorded though the hash leaves them out: moved by stickiness, or by a change of targeting. */
  readonly unexpected: number
  /** Views of pages by crawlers, which are never counted. */
  readonly bots: number
  /** Exposures that reached the collector more than an hour after they happened. */
  readonly late: number
  /** Subjects that were seen with another variant than the one they are counted for. */
  readonly crossovers: number
  /** Subjects that got a variant by hand, and are not counted. */
  readonly forced: number
  /** Slices whose shares are off, the surest first. */
  readonly imbalances: readonly Imbalance[]
}

export interface VariantCause {
  readonly variant: Variant
  /** Subjects that the weights promised, by phase. */
  readonly expected: number
  /** Subjects among those recorded that the hash gives it. */
  readonly predicted: number
  readonly recorded: number
  /** predicted - expected: who came to be recorded at all. */
  readonly captured: number
  /** recorded - predicted: who was given another variant than the hash does. */
  readonly moved: number
}

export interface Imbalance {
  readonly dimension: SliceDimension
  /** Null is unknown. */
  readonly value: string | null
  readonly subjects: number
  /** Corrected for the number of slices (Benjamini and Hochberg). */
  readonly pValue: number
}

export interface HealthCounted {
  readonly totals: readonly Total[]
  readonly weights: PhaseWeights
  readonly recorded: readonly Recorded[]
  readonly counts: ReadonlyMap<string, number>
  readonly slices: readonly { readonly dimension: SliceDimension; readonly totals: readonly Total[] }[]
}

/** Subjects of a phase that the hash gives one variant and that were recorded with another, or the same. */
export interface Recorded {
  readonly phase: number
  /** The all-zero id: the hash leaves them out. */
  readonly predictedId: string
  readonly recordedId: string
  readonly subjects: number
}

/** As alarming as a mismatch of the whole. */
const alarmLevel = 0.001

export function healthOf(
  experiment: Pick<Experiment, 'variants'>,
  { totals, weights, recorded, counts, slices }: HealthCounted,
): ExperimentHealth {
  return {
    sampleRatio: sampleRatioOf(experiment, armsOf(totals, exposuresId, weights)),
    causes: causesOf(experiment, recorded, weights),
    unexpected: recorded.reduce((sum, row) => sum + (row.predictedId === exposuresId ? row.subjects : 0), 0),
    bots: counts.get('bot') ?? 0,
    late: counts.get('late') ?? 0,
    crossovers: counts.get('crossover') ?? 0,
    forced: counts.get('forced') ?? 0,
    imbalances: imbalancesOf(experiment, slices, weights),
  }
}

/** The causes of each phase, by its own weights, added up. */
function causesOf(
  { variants }: Pick<Experiment, 'variants'>,
  recorded: readonly Recorded[],
  weights: PhaseWeights,
): VariantCause[] {
  // One place more, of weight 0, for those that the hash leaves out.
  const ids = [...variants.map(({ id }) => id), exposuresId]
  const phases = [...weights].map(([phase, shares]) => {
    const rows = recorded.filter((row) => row.phase === phase)
    const counts = ids.map((predictedId) =>
      ids.map(
        (recordedId) =>
          rows.find((row) => row.predictedId === predictedId && row.recordedId === recordedId)?.subjects ?? 0,
      ),
    )
    const known = ids.map((id) => shares[id] ?? 0)
    return known.some((weight) => weight > 0) ? srmCauses(counts, known) : []
  })
  return variants.map((variant, index) => {
    const total = (part: 'expected' | 'predicted' | 'recorded' | 'captured' | 'moved') =>
      phases.reduce((sum, causes) => sum + (causes[index]?.[part] ?? 0), 0)
    return {
      variant,
      expected: total('expected'),
      predicted: total('predicted'),
      recorded: total('recorded'),
      captured: total('captured'),
      moved: total('moved'),
    }
  })
}

function imbalancesOf(
  experiment: Pick<Experiment, 'variants'>,
  slices: HealthCounted['slices'],
  weights: PhaseWeights,
): Imbalance[] {
  const all = slices.flatMap(({ dimension, totals }) =>
    [...Map.groupBy(totals, ({ value }) => value)].map(([value, ofValue]) => {
      const arms = armsOf(ofValue, exposuresId, weights)
      return {
        dimension,
        value: value === '' ? null : value,
        subjects: arms.flatMap((phase) => phase.arms).reduce((sum, { subjects }) => sum + subjects, 0),
        pValue: sampleRatioOf(experiment, arms).pValue,
      }
    }),
  )
  const adjusted = benjaminiHochberg(all.map(({ pValue }) => pValue))
  return all
    .flatMap((slice, index) => {
      const pValue = adjusted[index] ?? null
      return pValue !== null && pValue < alarmLevel ? [{ ...slice, pValue }] : []
    })
    .sort((a, b) => a.pValue - b.pValue)
}

export function readRecorded(context: SqlContext, experimentId: string): Promise<Recorded[]> {
  return context.db.query<Recorded>(recordedRows(experimentId))
}

/** What was noticed, by name, over all days. */
export async function readHealthCounts(
  context: SqlContext,
  experimentId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await context.db.query<{ name: string; count: number }>(healthCounts(experimentId))
  return new Map(rows.map(({ name, count }) => [name, count]))
}

const recordedRows = prepared(
  'experiments_recorded',
  `select "phase", "predictedId", "recordedId", "subjects" from "ExperimentRecorded"
   where "workspaceId" = current_workspace() and "experimentId" = $1`,
)

const healthCounts = prepared(
  'experiments_health_counts',
  `select "name", sum("count")::float8 as "count" from "ExperimentHealth"
   where "workspaceId" = current_workspace() and "experimentId" = $1 group by 1`,
)
