import { asUnavailable, InvalidInputError, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'
import type { EventStore } from './eventStore.ts'
import { goalReached } from './goalReached.ts'
import { GroupCommit } from './groupCommit.ts'
import { announceMetrics } from './metricsTopic.ts'
import { type CountedBefore, countEvents } from './rollups.ts'
import { takeTurn } from './turn.ts'

/** What became of an event: counted now, counted before, or refused for good because it cannot be stored. */
export type Outcome = 'recorded' | 'duplicate' | 'refused'

/** Updates what another plugin counts, in the transaction that logs the events. It gets only new ones, in order. */
export type Rollup = (tx: SqlContext, events: readonly TrackedEvent[]) => Promise<void>

export interface RecorderLimits {
  maxBatch: number
  maxPending: number
  maxPendingPerKey: number
  concurrency: number
}

const defaultLimits: RecorderLimits = { maxBatch: 2000, maxPending: 50_000, maxPendingPerKey: 20_000, concurrency: 4 }

/** Transactions that may fail on the way to the events that cause it, before the whole batch is given up. */
const maxFailures = 40

/** Writes events, counts them and tells who counts with them: all of it commits together. */
export class Recorder {
  readonly #store: EventStore
  readonly #workspace: (workspaceId: string) => SqlContext
  readonly #timeZone: (context: SqlContext) => Promise<string>
  readonly #group: GroupCommit<TrackedEvent, Outcome>
  readonly #known: CountedBefore
  readonly #rollups: { name: string; rollup: Rollup }[] = []

  /** @param timeZone of a workspace: where its hours begin */
  constructor(
    store: EventStore,
    workspace: (workspaceId: string) => SqlContext,
    timeZone: (context: SqlContext) => Promise<string>,
    known: CountedBefore,
    limits: Partial<RecorderLimits> = {},
  ) {
    this.#store = store
    this.#workspace = workspace
    this.#timeZone = timeZone
    this.#known = known
    this.#group = new GroupCommit({
      ...defaultLimits,
      ...limits,
      commit: (workspaceId, events, letNext) => this.#commit(workspaceId, events, letNext),
    })
  }

  addRollup(name: string, rollup: Rollup): void {
    this.#rollups.push({ name, rollup })
  }

  /**
   * Records events together with whatever else arrives for the workspace at that moment.
   * @returns after the commit. @throws QueueFullError, or the database's error: then nothing is certain and
   * the same events may be sent again
   */
  record(workspaceId: string, events: readonly TrackedEvent[]): Promise<Outcome[]> {
    return this.#group.add(workspaceId, events)
  }

  /** Resolves when nothing is waiting to be written. */
  drain(): Promise<void> {
    return this.#group.drain()
  }

  /** Logs and counts inside the caller's transaction. @returns the events that are new */
  async write(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]> {
    return this.#write(tx, uniqueById(events), await this.#timeZone(tx))
  }

  /**
   * The log before the turn, so that one batch is logged while another is counted: they do not meet there, but for
   * equal ids, which wait in the order of the key. What counts once is claimed and logged after the turn, for it is claimed
   * by visitors in another order; and only that, for who has the turn must not wait for a log whose writer waits for the turn.
   *
   * @param logged called when the next batch may be logged
   */
  async #write(
    tx: SqlContext,
    events: readonly TrackedEvent[],
    timeZone: string,
    logged?: () => void,
  ): Promise<TrackedEvent[]> {
    const claiming = events.filter(({ once }) => once !== undefined)
    const others = claiming.length > 0 ? events.filter(({ once }) => once === undefined) : events
    const added = others.length > 0 ? await this.#store.append(tx, others) : []
    logged?.()
    if (added.length === 0 && claiming.length === 0) return []
    const turn = takeTurn(tx)
    if (claiming.length > 0) await turn
    const fresh = claiming.length > 0 ? inOrderOf(events, added, await this.#store.append(tx, claiming)) : added
    if (fresh.length === 0) return []
    // What is read first travels with the turn, and is read when that has come.
    await Promise.all([turn, countEvents(tx, this.#store, fresh, timeZone, this.#known)])
    for (const { name, rollup } of this.#rollups)
      await rollup(tx, fresh).catch((error) => {
        throw isDatabaseError(error) || asUnavailable(error) ? error : new RollupError(name, error)
      })
    for (const event of fresh)
      if (event.name === 'conversion')
        await tx.publish(goalReached, {
          eventId: event.id,
          siteId: event.siteId,
          pageId: event.pageId,
          visitorId: event.visitorId,
          goal: event.goal,
          experiments: { ...event.experiments },
          at: event.at.toISOString(),
        })
    announceMetrics(tx, fresh)
    return fresh
  }

  async #commit(workspaceId: string, events: readonly TrackedEvent[], logged: () => void): Promise<Outcome[]> {
    const context = this.#workspace(workspaceId)
    const timeZone = await this.#timeZone(context)
    const run: BatchRun = { context, timeZone, logged, outcomes: new Map(), failures: 0 }
    const unique = uniqueById(events)
    await this.#commitOrSplit(run, unique)
    if (unique === events) return events.map(({ id }) => run.outcomes.get(id) as Outcome)
    const seen = new Set<string>()
    return events.map(({ id }) => {
      const outcome = run.outcomes.get(id) as Outcome
      if (outcome !== 'recorded' || !seen.has(id)) {
        seen.add(id)
        return outcome
      }
      return 'duplicate'
    })
  }

  /** Commits the events; when one of them cannot be stored, the others are, in halves. */
  async #commitOrSplit(run: BatchRun, events: readonly TrackedEvent[]): Promise<void> {
    try {
      const { context, timeZone, logged } = run
      const fresh = new Set(await context.sqlTransaction((tx) => this.#write(tx, events, timeZone, logged)))
      for (const event of events) run.outcomes.set(event.id, fresh.has(event) ? 'recorded' : 'duplicate')
    } catch (error) {
      // The database may have gone, and come back without what it had committed last.
      if (asUnavailable(error)) this.#known.forget()
      if (++run.failures > maxFailures) throw error
      if (isConflict(error)) return this.#commitOrSplit(run, events)
      if (!isAboutTheEvents(error)) throw error
      const [only] = events
      if (events.length === 1 && only) {
        run.context.log.warn(
          { err: error, eventId: only.id, name: only.name },
          'An event cannot be stored and is refused',
        )
        run.outcomes.set(only.id, 'refused')
        return
      }
      const middle = Math.ceil(events.length / 2)
      await this.#commitOrSplit(run, events.slice(0, middle))
      await this.#commitOrSplit(run, events.slice(middle))
    }
  }
}

interface BatchRun {
  readonly context: SqlContext
  readonly timeZone: string
  readonly logged: () => void
  readonly outcomes: Map<string, Outcome>
  failures: number
}

/** Both parts of the events, as they stand among them. */
function inOrderOf(
  events: readonly TrackedEvent[],
  some: readonly TrackedEvent[],
  more: readonly TrackedEvent[],
): TrackedEvent[] {
  const either = new Set([...some, ...more])
  return events.filter((event) => either.has(event))
}

function uniqueById(events: readonly TrackedEvent[]): readonly TrackedEvent[] {
  const byId = new Map<string, TrackedEvent>()
  for (const event of events) if (!byId.has(event.id)) byId.set(event.id, event)
  return byId.size === events.length ? events : [...byId.values()]
}

/** A plugin's rollup failed over these events. */
class RollupError extends Error {
  override readonly name = 'RollupError'

  constructor(rollup: string, cause: unknown) {
    super(`The rollup of "${rollup}" failed: ${(cause as Error).message}`, { cause })
  }
}

function isDatabaseError(error: unknown): error is { code: string } {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string'
}

/** Another transaction was in the way: a deadlock or a serialization failure. Trying again helps. */
function isConflict(error: unknown): boolean {
  return isDatabaseError(error) && error.code.startsWith('40')
}

/**
 * The events are to blame, not the database's state: data exceptions, constraints, raised exceptions, rollups,
 * domain events that their schema refuses.
 */
function isAboutTheEvents(error: unknown): boolean {
  return (
    error instanceof RollupError ||
    error instanceof InvalidInputError ||
    (isDatabaseError(error) && /^(21|22|23|P0|54)/.test(error.code))
  )
}
