import type { Clock, SqlContext } from '@espalier/core'
import type { TrackedEvent, Tracking } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { resultsChanged } from '../events.ts'
import { Batch, keyOf } from './batch.ts'
import { claimsIn, isAssigned, namedIn, variantOfKey } from './claims.ts'
import type { CountedExperiment } from './countedExperiment.ts'
import { type Counted, CountedExperiments } from './countedExperiments.ts'
import {
  readRunning,
  readSubjects,
  writeExposures,
  writeHealth,
  writeRecorded,
  writeTotals,
  writeValues,
} from './countingStore.ts'
import { Days } from './day.ts'
import { Excluded, type Exclusion } from './excluded.ts'
import type { ExposureClaim, Slices } from './exposure.ts'
import { eventOf, logMeasurements, type Measurement, readMeasurements, type SubjectEvent } from './measurementLog.ts'
import { capAtPercentiles } from './winsorization.ts'

/** When a subject met a variant, and what results are sliced by. */
interface Circumstances extends Partial<Slices> {
  readonly subject: string
  /** Default: now. */
  readonly at?: Date
}

/** That a subject met a variant, as another plugin says. */
export interface ReportedExposure extends Circumstances {
  readonly experimentId: string
  readonly variantId: string
}

/** That a subject met a variant, as an integrator says, who knows keys. */
export interface KeyedExposure extends Circumstances {
  readonly experiment: string
  readonly variant: string
}

/**
 * What became of an exposure. `known`: the subject was exposed before; `not-running`: the experiment does not count now;
 * `no-variant`: it has no such variant; `not-assigned`: the hash gives the subject another one.
 */
export type ExposureOutcome = 'recorded' | 'known' | Refusal

type Refusal = 'not-running' | 'no-variant' | 'not-assigned'

export interface CountingParts {
  readonly tracking: Pick<Tracking, 'eventsOf' | 'takeTurn' | 'timeZone' | 'retentionDays'>
  /** Days after the exposure in which events count, for metrics without a window of their own. */
  readonly attributionDays: (context: SqlContext) => Promise<number>
  readonly workspace: (workspaceId: string) => SqlContext
  readonly clock: Clock
}

/**
 * Counts what subjects of running experiments met and did, in the transaction of the events. The totals are a function of
 * the set of events, whatever the order and the batches in which they arrive: a subject's exposure is the earliest
 * that is known, its metrics are kept by day, and when an exposure turns out to be earlier than what was counted,
 * that is taken back and counted again from the log.
 *
 * A workspace's batches take turns, and each takes a constant number of statements, whatever its size.
 */
export class Counting {
  readonly #parts: CountingParts
  readonly #experiments: CountedExperiments
  readonly #excluded: Excluded

  constructor(parts: CountingParts) {
    this.#parts = parts
    this.#excluded = new Excluded({ ...parts, timeZone: (context) => parts.tracking.timeZone(context) })
    this.#experiments = new CountedExperiments(parts.clock)
  }

  /** Counts new tracking events; runs in the transaction that logs them, which holds the turn. */
  async count(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
    const counted = await this.#experiments.of(tx, namedIn(events))
    if (counted.running.size === 0) return
    await this.#apply(
      tx,
      counted,
      (now) => claimsIn(events, now),
      events.map((event) => ({ subject: event.visitorId, event })),
    )
  }

  /**
   * Records that subjects met variants: once for each subject and experiment, however often it is said. They count as they
   * are. Inside a transaction it is part of it, and keeps the workspace's other events waiting until it ends: record last.
   *
   * @returns what became of each
   */
  expose(context: SqlContext, exposures: readonly ReportedExposure[]): Promise<ExposureOutcome[]> {
    return this.#expose(context, new Set(exposures.map(({ experimentId }) => experimentId)), (counted, now) =>
      exposures.map((exposure) => {
        const experiment = counted.running.get(exposure.experimentId)
        if (!experiment) return 'not-running'
        return experiment.variants.has(exposure.variantId) ? { ...unsliced, at: now, ...exposure } : 'no-variant'
      }),
    )
  }

  /**
   * As {@link expose}, for what integrators say: by the keys of experiment and variant, and only where the hash gives
   * the subject that variant.
   */
  exposeByKeys(context: SqlContext, exposures: readonly KeyedExposure[]): Promise<ExposureOutcome[]> {
    return this.#expose(context, new Set(exposures.map(({ experiment }) => experiment)), (counted, now) =>
      exposures.map(({ experiment: key, variant, ...exposure }) => {
        const experiment = counted.running.get(counted.idOfKey.get(key) ?? '')
        if (!experiment) return 'not-running'
        const variantId = variantOfKey(experiment, variant)
        if (variantId === undefined) return 'no-variant'
        const claim = { ...unsliced, at: now, ...exposure, experimentId: experiment.id, variantId }
        return isAssigned(experiment, variantId, claim.subject, claim.at) ? claim : 'not-assigned'
      }),
    )
  }

  /** @param read the claims as they are, or why one cannot count */
  async #expose(
    context: SqlContext,
    named: ReadonlySet<string>,
    read: (counted: Counted, now: Date) => readonly (ExposureClaim | Refusal)[],
  ): Promise<ExposureOutcome[]> {
    if (named.size === 0) return []
    return inTransaction(context, async (tx) => {
      await this.#parts.tracking.takeTurn(tx)
      const now = tx.clock.now()
      let claims: readonly (ExposureClaim | Refusal)[] = []
      const exposedNow = await this.#apply(
        tx,
        await this.#experiments.of(tx, named),
        (counted) => {
          claims = read(counted, now)
          return claims.filter((claim) => typeof claim === 'object')
        },
        [],
      )
      return claims.map((claim) => {
        if (typeof claim === 'string') return claim
        // The first of those that say the same is the one that counted.
        return exposedNow.delete(keyOf(claim.experimentId, claim.subject)) ? 'recorded' : 'known'
      })
    })
  }

  /**
   * Counts what subjects did that no tracker saw. Kept while any experiment runs, so that it also counts for a subject whose
   * exposure arrives later. Inside a transaction it is part of it, as {@link expose} is.
   *
   * @returns how many were new
   */
  async measure(context: SqlContext, measurements: readonly Measurement[]): Promise<number> {
    if (measurements.length === 0) return 0
    return inTransaction(context, async (tx) => {
      await this.#parts.tracking.takeTurn(tx)
      const counted = await this.#experiments.of(tx, [])
      if (counted.running.size === 0) return 0
      const now = tx.clock.now()
      const fresh = await logMeasurements(
        tx,
        measurements.map(
          ({ id = uuidv7(), at = now, goal = null, value = null, properties = null, engagedMs = null, ...rest }) => ({
            ...rest,
            id,
            at,
            goal,
            value,
            properties,
            engagedMs,
          }),
        ),
      )
      await this.#apply(tx, counted, () => [], fresh.map(eventOf))
      return fresh.length
    })
  }

  /**
   * Notes that somebody met an experiment who does not count: a robot, or a subject that is forced to a variant. Waits for
   * nothing; written within about a second.
   */
  noteExcluded({ workspaceId }: SqlContext, experimentId: string, why: Exclusion): void {
    this.#excluded.add(workspaceId, experimentId, why)
  }

  /** @see capAtPercentiles */
  capAtPercentiles(context: SqlContext): Promise<number> {
    return capAtPercentiles(context, this.#parts.tracking)
  }

  /** Days for which measurements are kept, as events are; undefined: for ever. */
  get retentionDays(): number | undefined {
    return this.#parts.tracking.retentionDays
  }

  /** Resolves when everything that was noted is written. */
  stop(): Promise<void> {
    return this.#excluded.flush()
  }

  /** @returns "experiment subject" of those exposed now for the first time */
  async #apply(
    tx: SqlContext,
    known: Counted,
    claimsOf: (counted: Counted) => readonly ExposureClaim[],
    events: readonly SubjectEvent[],
  ): Promise<Set<string>> {
    let batch = batchOf(tx, known, claimsOf, events)
    if (batch.pairs.length === 0) return new Set()
    if (!(await areAsOfNow(tx, batch.experiments)))
      batch = batchOf(tx, await this.#experiments.refresh(tx), claimsOf, events)
    if (batch.pairs.length > 0) batch.know(await readSubjects(tx, batch.pairs))
    if (batch.pairs.length === 0) return new Set()
    const [timeZone, attributionDays] = await Promise.all([
      this.#parts.tracking.timeZone(tx),
      this.#parts.attributionDays(tx),
    ])
    const rules = { days: new Days(timeZone), attributionDays }
    const spans = batch.spansToDerive(rules)
    if (spans.length > 0) {
      const ofVisitors = spans.filter(({ subject }) => uuid.test(subject))
      const logged = await this.#parts.tracking.eventsOf(
        tx,
        ofVisitors.map(({ subject, ...span }) => ({ ...span, visitorId: subject })),
      )
      batch.derive(logged.map((event) => ({ subject: event.visitorId, event })))
      batch.derive(await readMeasurements(tx, spans))
    }
    const changes = batch.settle(rules)
    await writeExposures(tx, changes.exposures)
    await writeValues(tx, changes.values)
    await writeTotals(tx, changes.totals.rows)
    await writeRecorded(tx, changes.recorded)
    await writeHealth(tx, changes.health)
    for (const experimentId of changes.experimentIds) tx.announce(resultsChanged, experimentId, { experimentId })
    return changes.exposedNow
  }
}

function batchOf(
  tx: SqlContext,
  counted: Counted,
  claimsOf: (counted: Counted) => readonly ExposureClaim[],
  events: readonly SubjectEvent[],
): Batch {
  const batch = new Batch(counted, tx.clock.now())
  batch.claim(claimsOf(counted))
  batch.measure(events)
  return batch
}

/** Whether experiments still run, and as they are known. */
async function areAsOfNow(tx: SqlContext, experiments: readonly CountedExperiment[]): Promise<boolean> {
  const rows = await readRunning(
    tx,
    experiments.map(({ id }) => id),
  )
  const versions = new Map(rows.map(({ id, version }) => [id, version]))
  return experiments.every(({ id, version }) => versions.get(id) === version)
}

const unsliced = { device: null, country: null, channel: null }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function inTransaction<Result>(context: SqlContext, work: (tx: SqlContext) => Promise<Result>): Promise<Result> {
  return context.db.inTransaction ? work(context) : context.sqlTransaction(work)
}
