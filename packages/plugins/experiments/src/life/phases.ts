import { type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import { actorOf } from '../actor.ts'
import { type Experiment, liveVariants } from '../experiment.ts'
import { changeExperiment } from '../experimentRow.ts'
import type { JsonObject } from '../json.ts'
import { sharesOf } from '../shares.ts'

/** Why a phase began. */
export type PhaseReason =
  | 'started'
  | 'resumed'
  | 'reverted'
  | 'weights'
  | 'variants'
  | 'targeting'
  | 'coverage'
  | 'bandit'

/** A span in which nothing about the assignment changed. */
export interface Span {
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly reason: string
}

/**
 * Whether a phase asks the same question as the one before: the same arms, for the same subjects. Then evidence goes on
 * to add up. A bandit moves weights all the time, and more coverage lets in more of the same subjects; what a person
 * changes otherwise is a question of its own, with a verdict of its own.
 */
export function isSameQuestion(reason: string): boolean {
  return reason === 'bandit' || reason === 'resumed' || reason === 'coverage'
}

/**
 * Ends the phase that runs and begins the next, with weights and targeting as the experiment has them now.
 *
 * @param experiment held by the transaction, already changed
 * @returns the experiment, in its new phase
 */
export async function beginPhase(
  tx: WorkspaceContext,
  experiment: Experiment,
  reason: PhaseReason,
): Promise<Experiment> {
  const startedAt = tx.clock.now()
  const number = experiment.phase + 1
  if (number > 1) await endPhase(tx, experiment.id, startedAt)
  await tx.db.prisma.experimentPhase.create({
    data: {
      experimentId: experiment.id,
      number,
      startedAt,
      reason,
      actor: actorOf(tx.principal),
      weights: weightsOf(experiment),
      targeting: targetingOf(experiment),
    },
  })
  return changeExperiment(tx, experiment.id, { phase: number })
}

export async function endPhase(tx: SqlContext, experimentId: string, at: Date): Promise<void> {
  await tx.db.query(
    sql`update "ExperimentPhase" set "endedAt" = ${at} where "experimentId" = ${experimentId} and "endedAt" is null`,
  )
}

/** When and why the phases of an experiment began and ended, in order. */
export async function spansOf(context: SqlContext, experimentId: string): Promise<Span[]> {
  return context.db.query<Span>(sql`
    select "startedAt", "endedAt", "reason" from "ExperimentPhase" where "experimentId" = ${experimentId} order by "number"`)
}

/** The same of many experiments. @returns by the experiment's id */
export async function spansOfMany(
  context: SqlContext,
  experimentIds: readonly string[],
): Promise<ReadonlyMap<string, Span[]>> {
  const rows = await context.db.query<Span & { experimentId: string }>(sql`
    select "experimentId", "startedAt", "endedAt", "reason" from "ExperimentPhase"
    where "experimentId" = any(${experimentIds}::uuid[]) order by "number"`)
  return Map.groupBy(rows, ({ experimentId }) => experimentId)
}

/** Variant id → share of the subjects; who is retired has none. */
export function weightsOf(experiment: Experiment): Record<string, number> {
  const live = liveVariants(experiment)
  const shares = sharesOf(live.map(({ weight }) => weight))
  return Object.fromEntries(live.map(({ id }, index) => [id, shares[index] as number]))
}

function targetingOf(experiment: Experiment): JsonObject {
  const { coverage, condition, activeHours, namespace, namespaceFrom, namespaceTo, holdoutId, sticky } = experiment
  return { coverage, condition, activeHours, namespace, namespaceFrom, namespaceTo, holdoutId, sticky }
}

/** Days of running since the present question was asked; pauses do not count. */
export function runningDays(phases: readonly Span[], now: Date): number {
  const first = phases.findLastIndex(({ reason }) => !isSameQuestion(reason))
  const milliseconds = phases
    .slice(Math.max(0, first))
    .reduce((sum, { startedAt, endedAt }) => sum + ((endedAt ?? now).getTime() - startedAt.getTime()), 0)
  return milliseconds / 86_400_000
}
