import { type Clock, type SqlContext, sql } from '@espalier/core'
import { type AssignmentPlan, assign, planAssignment } from './buckets.ts'

/** The variant that a subject gets. */
export interface Assignment {
  readonly experimentId: string
  readonly variantId: string
  readonly variantKey: string
  /** False once the experiment is completed: everyone gets the winner, and nothing is counted. */
  readonly running: boolean
}

/** What counting needs of an experiment that runs. */
export interface RunningExperiment {
  readonly id: string
  readonly goal: string
  readonly plan: AssignmentPlan
  /** Variant id → key. */
  readonly keys: ReadonlyMap<string, string>
}

interface Snapshot {
  readonly takenAt: number
  readonly running: ReadonlyMap<string, RunningExperiment>
  /** Of completed experiments with a winner. */
  readonly winners: ReadonlyMap<string, Assignment>
}

/** How old a snapshot may be before it is taken anew, and before an answer waits for that. Milliseconds. */
const freshForMs = 1_000
const usableForMs = 2_000

/** Workspaces without traffic are forgotten: the one that waited longest goes first. */
const maxWorkspaces = 10_000

/**
 * Assigns subjects to variants of running experiments, in this process. It reads a snapshot of each
 * workspace's experiments that is at most two seconds old; when none can be fetched, the last one answers.
 */
export class Assignments {
  readonly #clock: Clock
  readonly #workspace: (workspaceId: string) => SqlContext
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #loading = new Map<string, Promise<Snapshot>>()

  /** @param workspace a context of its own for reading: the caller's may be a transaction that ends meanwhile */
  constructor(clock: Clock, workspace: (workspaceId: string) => SqlContext) {
    this.#clock = clock
    this.#workspace = workspace
  }

  /** The subject's variant, or undefined when the experiment is a draft, or was completed without a winner. */
  async assign(context: SqlContext, experimentId: string, subject: string): Promise<Assignment | undefined> {
    const { running, winners } = await this.#snapshot(context)
    const experiment = running.get(experimentId)
    if (!experiment) return winners.get(experimentId)
    const variantId = assign(experiment.plan, subject)
    return { experimentId, variantId, variantKey: experiment.keys.get(variantId) as string, running: true }
  }

  /**
   * The running experiments of a transaction's workspace, by id, for counting: what is left out here is lost, so
   * an old snapshot, or one that lacks an experiment that pages show, does not do.
   */
  async running(tx: SqlContext, shown: Iterable<string>): Promise<ReadonlyMap<string, RunningExperiment>> {
    const known = this.#snapshots.get(tx.workspaceId)
    const isFresh = known !== undefined && this.#age(known) <= freshForMs
    if (isFresh && [...shown].every((id) => known.running.has(id) || known.winners.has(id))) return known.running
    // Over the transaction's own connection: waiting for another one while holding this could wait for ever.
    return (await this.#read(tx)).running
  }

  /** Makes the next assignment read anew: for what this process itself has just changed. */
  forget(workspaceId: string): void {
    this.#snapshots.delete(workspaceId)
  }

  async #snapshot(context: SqlContext): Promise<Snapshot> {
    const known = this.#snapshots.get(context.workspaceId)
    if (!known) return this.#load(context.workspaceId)
    const age = this.#age(known)
    if (age <= freshForMs) return known
    const anew = this.#load(context.workspaceId).catch((error) => {
      context.log.warn({ err: error }, 'Experiments could not be read; the last known ones answer')
      return known
    })
    return age <= usableForMs ? known : anew
  }

  #age({ takenAt }: Snapshot): number {
    return this.#clock.now().getTime() - takenAt
  }

  #load(workspaceId: string): Promise<Snapshot> {
    const running = this.#loading.get(workspaceId)
    if (running) return running
    const load = this.#read(this.#workspace(workspaceId))
      .then((snapshot) => {
        this.#keep(workspaceId, snapshot)
        return snapshot
      })
      .finally(() => this.#loading.delete(workspaceId))
    this.#loading.set(workspaceId, load)
    return load
  }

  #keep(workspaceId: string, snapshot: Snapshot): void {
    this.#snapshots.delete(workspaceId)
    this.#snapshots.set(workspaceId, snapshot)
    const [longestWaiting] = this.#snapshots.keys()
    if (this.#snapshots.size > maxWorkspaces && longestWaiting) this.#snapshots.delete(longestWaiting)
  }

  async #read({ db }: SqlContext): Promise<Snapshot> {
    const takenAt = this.#clock.now().getTime()
    const rows = await db.query<ExperimentRow>(sql`
      select e."id", e."seed", e."goal", e."status", e."winner",
        json_agg(json_build_object('id', v."id", 'key', v."key", 'weight', v."weight") order by v."position") as "variants"
      from "Experiment" e join "ExperimentVariant" v on v."workspaceId" = e."workspaceId" and v."experimentId" = e."id"
      where e."status" = 'running' or (e."status" = 'completed' and e."winner" is not null)
      group by e."workspaceId", e."id"`)
    const running = rows.filter(({ status }) => status === 'running').map(runningExperiment)
    const winners = rows.filter(({ status }) => status === 'completed').map(winnerOf)
    return {
      takenAt,
      running: new Map(running.map((experiment) => [experiment.id, experiment])),
      winners: new Map(winners.map((winner) => [winner.experimentId, winner])),
    }
  }
}

interface ExperimentRow {
  readonly id: string
  readonly seed: string
  readonly goal: string
  readonly status: 'running' | 'completed'
  readonly winner: string | null
  readonly variants: readonly { readonly id: string; readonly key: string; readonly weight: number }[]
}

function runningExperiment({ id, seed, goal, variants }: ExperimentRow): RunningExperiment {
  return {
    id,
    goal,
    plan: planAssignment(seed, variants),
    keys: new Map(variants.map((variant) => [variant.id, variant.key])),
  }
}

function winnerOf({ id, winner, variants }: ExperimentRow): Assignment {
  const variant = variants.find(({ key }) => key === winner)
  return { experimentId: id, variantId: variant?.id as string, variantKey: winner as string, running: false }
}
