import { setTimeout } from 'node:timers/promises'
import { type Awaitable, type Clock, prepared, type SqlContext } from '@espalier/core'
import { compileCondition } from './condition.ts'
import type { Decision, Subject } from './decision.ts'
import type { Definition } from './plan.ts'
import { Snapshot } from './snapshot.ts'

/** The variant that a subject gets. */
export interface Assignment {
  readonly experimentId: string
  readonly variantId: string
  readonly variantKey: string
  /** False once the experiment is completed: everyone gets the winner, and nothing is counted. */
  readonly running: boolean
}

/** A workspace's snapshot, and what it was made of. */
interface Known {
  readonly takenAt: number
  readonly snapshot: Snapshot
  /** As the database wrote it → as it was read: what did not change is neither parsed nor compiled again. */
  readonly definitions: ReadonlyMap<string, Definition>
}

/**
 * How old a snapshot may be before it is taken anew, and before an answer waits for that: so no answer is of more than a
 * second ago while the database answers. Milliseconds.
 */
const freshForMs = 500
const usableForMs = 1_000

/** How long an answer waits for a database that says nothing, before the last known one has to do. Milliseconds. */
const patienceMs = 1_000

/** Workspaces without traffic are forgotten: the one that waited longest goes first. */
const maxWorkspaces = 10_000

/**
 * Decides in this process who gets which variant, from a snapshot of each workspace's experiments that is at most a
 * second old; when none can be fetched, the last one answers.
 */
export class Assignments {
  readonly #clock: Clock
  readonly #workspace: (workspaceId: string) => SqlContext
  readonly #known = new Map<string, Known>()
  readonly #loading = new Map<string, Promise<Known>>()
  /** Where the database failed: until it answers again, nobody waits for it. */
  readonly #failing = new Set<string>()

  /** @param workspace a context of its own for reading: the caller's may be a transaction that ends meanwhile */
  constructor(clock: Clock, workspace: (workspaceId: string) => SqlContext) {
    this.#clock = clock
    this.#workspace = workspace
  }

  /** The subject's variant, or undefined when the experiment shows nobody any. */
  async assign(context: SqlContext, experimentId: string, subject: string): Promise<Assignment | undefined> {
    const decision = await this.decide(context, experimentId, { id: subject })
    if (!decision || decision.variantId === null || decision.variantKey === null) return undefined
    const { variantId, variantKey, reason } = decision
    return { experimentId, variantId, variantKey, running: reason !== 'winner' }
  }

  /** What a subject gets in one experiment; undefined when there is no such experiment. */
  async decide(context: SqlContext, idOrKey: string, subject: Subject): Promise<Decision | undefined> {
    return (await this.snapshot(context)).decide(idOrKey, subject, this.#clock.now().getTime())
  }

  /** What a subject gets in all experiments. */
  async decideAll(context: SqlContext, subject: Subject): Promise<Decision[]> {
    return (await this.snapshot(context)).decideAll(subject, this.#clock.now().getTime())
  }

  /** The experiments of the context's workspace: to decide for many subjects at one instant. At hand where they were asked for lately. */
  snapshot(context: SqlContext): Awaitable<Snapshot> {
    const { workspaceId } = context
    const known = this.#known.get(workspaceId)
    const age = known ? Math.abs(this.#clock.now().getTime() - known.takenAt) : Number.POSITIVE_INFINITY
    return known && age <= freshForMs ? known.snapshot : this.#anew(context, known, age)
  }

  /** Makes the next decision read anew: for what this process itself has just changed. */
  forget(workspaceId: string): void {
    const known = this.#known.get(workspaceId)
    // It still answers while the database does not.
    if (known) this.#known.set(workspaceId, { ...known, takenAt: Number.NEGATIVE_INFINITY })
    // What is being read now may be from before the change.
    this.#loading.delete(workspaceId)
  }

  async #anew(context: SqlContext, known: Known | undefined, age: number): Promise<Snapshot> {
    const { workspaceId } = context
    if (!known) return (await this.#load(workspaceId)).snapshot
    const anew = this.#load(workspaceId).catch((error) => {
      context.log.warn({ err: error }, 'Experiments could not be read; the last known ones answer')
      return known
    })
    if (age <= usableForMs || this.#failing.has(workspaceId)) return known.snapshot
    return (await Promise.race([anew, this.#patience(workspaceId, known)])).snapshot
  }

  async #patience(workspaceId: string, known: Known): Promise<Known> {
    await setTimeout(patienceMs, undefined, { ref: false })
    if (this.#loading.has(workspaceId)) this.#failing.add(workspaceId)
    return known
  }

  #load(workspaceId: string): Promise<Known> {
    const running = this.#loading.get(workspaceId)
    if (running) return running
    const load: Promise<Known> = this.#read(this.#workspace(workspaceId), this.#known.get(workspaceId)).then(
      (known) => {
        this.#failing.delete(workspaceId)
        if (this.#loading.get(workspaceId) === load) this.#keep(workspaceId, known)
        return known
      },
      (error) => {
        this.#failing.add(workspaceId)
        throw error
      },
    )
    this.#loading.set(workspaceId, load)
    const settled = () => {
      if (this.#loading.get(workspaceId) === load) this.#loading.delete(workspaceId)
    }
    load.then(settled, settled)
    return load
  }

  #keep(workspaceId: string, known: Known): void {
    this.#known.delete(workspaceId)
    this.#known.set(workspaceId, known)
    const [longestWaiting] = this.#known.keys()
    if (this.#known.size > maxWorkspaces && longestWaiting) this.#known.delete(longestWaiting)
  }

  async #read({ db, log }: SqlContext, before?: Known): Promise<Known> {
    const takenAt = this.#clock.now().getTime()
    const rows = await db.query<{ readonly definition: string }>(selectDefinitions())
    const definitions = new Map(
      rows.map(({ definition: text }) => [text, before?.definitions.get(text) ?? (JSON.parse(text) as Definition)]),
    )
    const onBroken = ({ key }: Definition, error: unknown) =>
      log.error({ err: error, experiment: key }, 'An experiment cannot be read; it shows nobody anything')
    return {
      takenAt,
      definitions,
      snapshot: new Snapshot([...definitions.values()], compileCondition, before?.snapshot, onBroken),
    }
  }
}

// A winner is shown for as long as the experiment is there, also archived. What was completed without one, or never ran
// before it was archived, shows nothing to anybody, but is not unknown to those who ask for it.
const selectDefinitions = prepared(
  'experiments_select_definitions',
  `select json_build_object(
     'id', e."id", 'key', e."key", 'kind', e."kind", 'status', e."status", 'seed', e."seed", 'hashVersion', e."hashVersion",
     'winner', case when e."completedAt" is not null then e."winner" end,
     'coverage', e."coverage", 'condition', e."condition", 'activeHours', e."activeHours",
     'namespace', case when e."namespace" is not null
       then json_build_object('name', e."namespace", 'from', e."namespaceFrom", 'to', e."namespaceTo") end,
     'holdoutId', e."holdoutId", 'sticky', e."sticky", 'phase', e."phase", 'inBrowsers', e."inBrowsers", 'forced', e."forced",
     'variants', (
       select json_agg(json_build_object('id', v."id", 'key', v."key", 'weight', v."weight", 'value', v."value",
         'retired', v."retiredAt" is not null) order by v."position")
       from "ExperimentVariant" v where v."workspaceId" = e."workspaceId" and v."experimentId" = e."id")
   )::text as "definition"
   from "Experiment" e
   where e."workspaceId" = current_workspace() and (e."status" <> 'archived' or (e."completedAt" is not null and e."winner" is not null))
   order by e."id"`,
)
