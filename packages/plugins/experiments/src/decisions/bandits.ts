import { ConflictError, type SystemContext, sql, type WorkspaceContext } from '@espalier/core'
import { type Experiment, liveVariants } from '../experiment.ts'
import { lockExperiment } from '../experimentRow.ts'
import type { LiveChanges } from '../life/liveChanges.ts'
import { weightsOf } from '../life/phases.ts'
import { walkDue } from '../life/walkDue.ts'
import type { Results } from '../results/results.ts'
import { type BanditInputs, decideWeights, learn } from './bandit.ts'
import { banditConfigOf } from './banditConfig.ts'
import { recordDecision } from './decisionTrail.ts'

/** Lets the weights of bandits follow their results. */
export class Bandits {
  readonly #results: Pick<Results, 'arms'>
  readonly #liveChanges: LiveChanges

  constructor(results: Pick<Results, 'arms'>, liveChanges: LiveChanges) {
    this.#results = results
    this.#liveChanges = liveChanges
  }

  /** Updates one now, whenever it is due. @throws NotFoundError, ConflictError when it is no bandit that runs */
  async updateNow(context: WorkspaceContext, id: string): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const experiment = await lockExperiment(tx, id)
      if (experiment.kind !== 'bandit')
        throw new ConflictError({
          en: `The experiment "${experiment.name}" is a ${experiment.kind}: its weights stay. Duplicate it as a bandit.`,
          fr: `Les poids de l’expérience « ${experiment.name} » sont fixes. Dupliquez-la en bandit.`,
        })
      if (experiment.status !== 'running')
        throw new ConflictError({
          en: `The bandit "${experiment.name}" is ${experiment.status}. Only one that runs learns.`,
          fr: `Le bandit « ${experiment.name} » ne tourne pas. Seul un bandit en cours apprend.`,
        })
      return this.#update(tx, experiment)
    })
  }

  /**
   * Updates every bandit that is due. After a downtime each catches up once, whatever it missed. Of two processes that do
   * this at once one updates a bandit, and the other finds that it is no longer due.
   */
  async updateDue(system: SystemContext): Promise<{ updated: number; moved: number; failed: number }> {
    const outcome = { updated: 0, moved: 0 }
    const failed = await walkDue(system, sql`"kind" = 'bandit' and "status" = 'running'`, async (context, id) => {
      if (!(await isDue(context, id))) return
      await context.transaction(async (tx) => {
        const before = await lockExperiment(tx, id)
        if (before.status !== 'running' || !(await isDue(tx, id))) return
        const after = await this.#update(tx, before)
        outcome.updated += 1
        if (after.phase > before.phase) outcome.moved += 1
      })
    })
    return { ...outcome, failed }
  }

  async #update(tx: WorkspaceContext, before: Experiment): Promise<Experiment> {
    const inputs = await this.#inputs(tx, before)
    const { reasons, ...outputs } = decideWeights(inputs)
    const after = outputs.changed ? await this.#liveChanges.reweigh(tx, before, outputs.weights, 'bandit') : before
    await recordDecision(tx, after, { kind: 'weights', inputs: { bandit: inputs }, outputs, reasons })
    return after
  }

  async #inputs(tx: WorkspaceContext, experiment: Experiment): Promise<BanditInputs> {
    const goal = experiment.goals.find(({ role }) => role === 'goal')
    if (!goal)
      throw new ConflictError({
        en: `The bandit "${experiment.name}" has no goal to learn from. Duplicate it with one.`,
        fr: `Le bandit « ${experiment.name} » n’a pas d’objectif dont apprendre. Dupliquez-le avec un objectif.`,
      })
    const { id, key, kind, higherIsBetter } = goal.metric
    const shares = weightsOf(experiment)
    const live = liveVariants(experiment)
    const known = learn(
      goal.metric,
      await this.#results.arms(tx, experiment, { id }),
      live.map((variant) => variant.id),
    )
    return {
      metric: { key, kind, higherIsBetter },
      variants: live.map((variant, index) => ({
        ...{ id: variant.id, key: variant.key, floor: variant.floor, share: shares[variant.id] as number },
        ...(variant.ceiling < 1 ? { ceiling: variant.ceiling } : {}),
        ...(known[index] as (typeof known)[number]),
      })),
      config: banditConfigOf(experiment),
    }
  }
}

/**
 * Whether a cadence has passed since the last update. Cadences are counted from the start, so that ticks that come some
 * seconds early or late never add up to a lost one.
 */
async function isDue(context: Pick<WorkspaceContext, 'db' | 'clock'>, id: string): Promise<boolean> {
  const [row] = await context.db.query<{ startedAt: Date; bandit: object; lastAt: Date | null }>(sql`
    select e."startedAt", e."bandit",
      (select max(d."at") from "ExperimentDecision" d
       where d."workspaceId" = e."workspaceId" and d."experimentId" = e."id" and d."kind" = 'weights' and d."inputs" ? 'bandit') as "lastAt"
    from "Experiment" e where e."id" = ${id}`)
  if (!row) return false
  const cadence = banditConfigOf({ bandit: row.bandit as never }).cadenceHours * 3_600_000
  const cadencesAt = (at: Date) => Math.floor((at.getTime() - row.startedAt.getTime()) / cadence)
  return cadencesAt(context.clock.now()) > cadencesAt(row.lastAt ?? row.startedAt)
}
