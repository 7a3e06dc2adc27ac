import {
  ConflictError,
  checkInput,
  type Live,
  NotFoundError,
  type SqlContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import type { Assignment, Assignments } from './assignment/assignments.ts'
import { hashFraction } from './assignment/hashing.ts'
import { countExposures } from './counting/exposures.ts'
import { experimentCompleted, experimentStarted, resultsChanged } from './events.ts'
import type { Experiment, ExperimentChange, ExperimentInput } from './experiment.ts'
import { experimentChange, experimentInput } from './experiment.ts'
import { type ExperimentResults, resultsOf } from './results/results.ts'
import { compareProportions, type Proportion, type ProportionComparison } from './statistics/proportions.ts'

export interface ExperimentSettings {
  /** In (0, 1). */
  readonly confidence: number
  /** Days after the first exposure in which a conversion counts. */
  readonly attributionDays: number
}

/** The service of the experiments plugin: what other plugins `use`. */
export class Experiments {
  /** Where results are announced. */
  readonly live: Live
  readonly #assignments: Assignments
  readonly #settings: (context: SqlContext) => Promise<ExperimentSettings>

  constructor(live: Live, assignments: Assignments, settings: (context: SqlContext) => Promise<ExperimentSettings>) {
    this.live = live
    this.#assignments = assignments
    this.#settings = settings
  }

  /**
   * The variant that a subject gets: the same on every call while the experiment runs. Nothing is recorded:
   * the exposure counts when the tracker reports that the variant was seen.
   *
   * @returns undefined for a draft and for an experiment completed without a winner; after completion with
   * one, everyone gets the winner
   */
  assign(context: SqlContext, experimentId: string, subject: string): Promise<Assignment | undefined> {
    return this.#assignments.assign(context, experimentId, subject)
  }

  /**
   * Whether a subject is among the first `share` of everybody under a key. As the share grows nobody leaves: who is in
   * 1 % is in 10 % too. Other keys put subjects in another order.
   *
   * @param share in [0, 1], in steps of 1/10,000
   */
  inShare(key: string, subject: string, share: number): boolean {
    return hashFraction(key, subject) < share
  }

  /** Is the treatment's rate another than the control's? Two-sided, at a confidence such as 0.95. */
  compare(control: Proportion, treatment: Proportion, confidence?: number): ProportionComparison {
    return compareProportions(control, treatment, confidence)
  }

  /** Counts new tracking events; runs in the transaction that logs them. */
  async count(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
    return countExposures(tx, events, this.#assignments, (await this.#settings(tx)).attributionDays)
  }

  /** @throws NotFoundError */
  async get(context: WorkspaceContext, id: string): Promise<Experiment> {
    const experiment = await context.db.prisma.experiment.findFirst({ where: { id }, include: withVariants })
    if (!experiment) throw new NotFoundError('experiment', id)
    return experiment
  }

  /** Rates, intervals and comparisons with the control, from the counts as they are now. */
  async results(context: WorkspaceContext, experiment: Experiment): Promise<ExperimentResults> {
    return resultsOf(experiment, (await this.#settings(context)).confidence)
  }

  /** @throws InvalidInputError, ConflictError when the key is taken */
  async create(context: WorkspaceContext, input: ExperimentInput): Promise<Experiment> {
    const { variants, ...fields } = checkInput(experimentInput, input)
    const id = uuidv7()
    return context.transaction(async (tx) => {
      await refuseTakenKey(tx, fields.key)
      const experiment = await tx.db.prisma.experiment.create({
        data: { ...fields, id, seed: id, variants: { create: inOrder(variants) } },
        include: withVariants,
      })
      tx.audit({ resourceType: 'Experiment', resourceId: id, after: experiment })
      return experiment
    })
  }

  /** Changes a draft. @throws InvalidInputError, NotFoundError, ConflictError once it runs or when the key is taken */
  async update(context: WorkspaceContext, id: string, change: ExperimentChange): Promise<Experiment> {
    const { variants, ...fields } = checkInput(experimentChange, change)
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.status !== 'draft')
        throw new ConflictError(
          `The experiment "${before.name}" is ${before.status}. Only a draft can be changed: its results would mix two questions.`,
        )
      if (fields.key && fields.key !== before.key) await refuseTakenKey(tx, fields.key)
      if (variants) await tx.db.prisma.experimentVariant.deleteMany({ where: { experimentId: id } })
      const after = await this.#change(tx, id, {
        ...fields,
        ...(variants ? { variants: { create: inOrder(variants) } } : {}),
      })
      tx.audit({ resourceType: 'Experiment', resourceId: id, before, after })
      return after
    })
  }

  /** From draft to running. @throws NotFoundError, ConflictError when it is not a draft */
  async start(context: WorkspaceContext, id: string): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.status !== 'draft')
        throw new ConflictError(`The experiment "${before.name}" is ${before.status}. Only a draft can be started.`)
      const after = await this.#change(tx, id, { status: 'running', startedAt: tx.clock.now() })
      tx.audit({ resourceType: 'Experiment', resourceId: id, before, after })
      await tx.publish(experimentStarted, { experimentId: id })
      tx.announce(resultsChanged, id, { experimentId: id })
      tx.afterCommit(() => this.#assignments.forget(tx.workspaceId))
      return after
    })
  }

  /**
   * From running to completed; its counts no longer move.
   *
   * @param winner key of the variant to declare the winner, or null for none
   * @throws NotFoundError, ConflictError when it does not run or has no such variant
   */
  async complete(context: WorkspaceContext, id: string, winner: string | null): Promise<Experiment> {
    return context.transaction(async (tx) => {
      const before = await this.#lock(tx, id)
      if (before.status !== 'running')
        throw new ConflictError(
          `The experiment "${before.name}" is ${before.status}. Only one that runs can be completed.`,
        )
      if (winner !== null && !before.variants.some(({ key }) => key === winner))
        throw new ConflictError(
          `"${winner}" is no variant of "${before.name}". Its variants are: ${before.variants.map(({ key }) => key).join(', ')}.`,
        )
      const after = await this.#change(tx, id, { status: 'completed', completedAt: tx.clock.now(), winner })
      tx.audit({ resourceType: 'Experiment', resourceId: id, before, after })
      await tx.publish(experimentCompleted, { experimentId: id, winner })
      tx.announce(resultsChanged, id, { experimentId: id })
      tx.afterCommit(() => this.#assignments.forget(tx.workspaceId))
      return after
    })
  }

  /** The experiment as it is, held until the transaction ends: of two people who start it, one is refused. */
  async #lock(tx: WorkspaceContext, id: string): Promise<Experiment> {
    await tx.db.query(sql`select 1 from "Experiment" where "id" = ${id} for update`)
    return this.get(tx, id)
  }

  async #change(tx: WorkspaceContext, id: string, data: object): Promise<Experiment> {
    return tx.db.prisma.experiment.update({
      where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
      data,
      include: withVariants,
    })
  }
}

const withVariants = {
  variants: { orderBy: { position: 'asc' } },
  goals: { orderBy: { position: 'asc' }, include: { metric: true } },
} as const

function inOrder<V extends object>(variants: readonly V[]): (V & { position: number })[] {
  return variants.map((variant, position) => ({ ...variant, position }))
}

async function refuseTakenKey(tx: WorkspaceContext, key: string): Promise<void> {
  // Held to the end of the transaction, so that of two who take the same key at once the second gets this message.
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`experiment ${tx.workspaceId} ${key}`}, 0))`)
  const taken = await tx.db.query(sql`select 1 from "Experiment" where "key" = ${key}`)
  if (taken.length > 0)
    throw new ConflictError(`The key "${key}" belongs to another experiment of this workspace. Choose another key.`)
}
