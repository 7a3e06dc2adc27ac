import { setImmediate } from 'node:timers/promises'
import type { JobWithMetadata, PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import type { RepeatedLog } from '../repeatedLog.ts'
import { asUnavailable } from '../unavailable.ts'
import { Completions } from './completions.ts'
import type { Failures } from './failures.ts'
import { jobTable } from './installation.ts'
import { keptFailure, UnusableInputError } from './jobErrors.ts'
import { type Attempt, type JobContexts, Run, RunAborted } from './jobRun.ts'
import { defaultConcurrency, type RegisteredJob } from './registeredJob.ts'

export interface QueueWorkerOptions {
  entry: RegisteredJob
  boss: PgBoss
  failures: Failures
  system: SystemDb
  contexts: JobContexts
  log: Logger
  repeated: RepeatedLog
  /** Hears of every job of a workspace that has begun or ended. */
  changed: (workspaceId: string) => void
  /** Runs at the same time. Default: as many as the job's definition says. */
  slots?: number
  /** Hears of every run that has succeeded or failed, when that is written down. */
  ended?: (run: EndedRun) => void
}

/** An attempt that is over: what it returned, or what it threw. */
export type EndedRun = { readonly attempt: Attempt } & ({ readonly result: unknown } | { readonly error: unknown })

/**
 * Runs the jobs of one queue, as many at a time as its definition says. A slot that becomes free takes the
 * next job at once; nothing waits for a batch or an interval (pg-boss's own `work` is paced by both).
 */
export class QueueWorker {
  readonly #options: QueueWorkerOptions
  readonly #name: string
  readonly #slots: number
  /** Those whose outcome has not been written yet. */
  readonly #runs = new Map<string, Run>()
  /** Those of {@link #runs} that are not over. */
  #underWay = 0
  readonly #ends = new Set<Promise<void>>()
  readonly #completions: Completions
  #mayHaveMore = false
  #fetching: Promise<void> | undefined
  #stopping = false

  constructor(options: QueueWorkerOptions) {
    this.#options = options
    this.#name = options.entry.job.name
    this.#completions = new Completions(options.system, this.#name)
    this.#slots = options.slots ?? Math.max(1, options.entry.job.concurrency ?? defaultConcurrency)
  }

  /** There may be something to run. */
  wake(): void {
    this.#mayHaveMore = true
    this.#fill()
  }

  /** Resolves when nothing runs and nothing more has been found to run. */
  async idle(): Promise<void> {
    while (this.#fetching || this.#ends.size > 0) await Promise.allSettled([this.#fetching, ...this.#ends])
  }

  /** Tells the database that the runs go on, and aborts those that no longer are ours: canceled, or given up as lost. */
  async beat(): Promise<void> {
    const held = [...this.#runs.values()]
    if (held.length === 0) return
    const { settled } = (await this.#options.boss.touch(this.#name, held.map(({ attempt }) => attempt) as never)) as {
      settled?: string[]
    }
    if (!settled) return
    const ours = new Set(settled)
    for (const run of held)
      if (!ours.has(run.attempt.id) && this.#runs.get(run.attempt.id) === run) run.abort('claim lost')
  }

  /** Takes no more jobs, lets those under way finish, and gives back what has not after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    await this.#fetching
    const ended = this.#allEnded()
    const timer = setTimeout(() => {
      for (const run of this.#runs.values()) run.abort('stopping')
    }, graceMs)
    await ended
    clearTimeout(timer)
  }

  async #allEnded(): Promise<void> {
    while (this.#ends.size > 0) await Promise.allSettled(this.#ends)
  }

  /** A slot is free as soon as its run is over, while the outcome is being written; but not without bound. */
  get #free(): number {
    return Math.min(this.#slots - this.#underWay, 2 * this.#slots - this.#runs.size)
  }

  #fill(): void {
    if (this.#fetching || this.#stopping || !this.#mayHaveMore || this.#free <= 0) return
    this.#fetching = this.#fetch()
      .catch((error) => this.#options.repeated.warn({ err: error, job: this.#name }, 'cannot take jobs; trying again'))
      .finally(() => {
        this.#fetching = undefined
        this.#fill()
      })
  }

  async #fetch(): Promise<void> {
    // Slots that become free together are filled together.
    await setImmediate()
    if (this.#stopping) return
    this.#mayHaveMore = false
    const free = this.#free
    const attempts = await this.#options.boss.fetch<object>(this.#name, { batchSize: free })
    if (attempts.length === free) this.#mayHaveMore = true
    for (const attempt of attempts) this.#start(attempt as JobWithMetadata)
  }

  #start(attempt: JobWithMetadata): void {
    const { entry, contexts, log } = this.#options
    const run = new Run(entry, attempt, contexts, log)
    this.#runs.set(attempt.id, run)
    this.#tell(attempt)
    this.#underWay++
    const over = () => {
      this.#underWay--
      this.#fill()
    }
    run.result.then(over, over)
    const end = this.#settle(run).finally(() => {
      this.#runs.delete(attempt.id)
      this.#tell(attempt)
      this.#ends.delete(end)
      // The next of an ordered key has just become free to run; a fetch could not see it before.
      if (entry.orderKey) this.#mayHaveMore = true
      this.#fill()
    })
    this.#ends.add(end)
  }

  async #settle(run: Run): Promise<void> {
    const { failures, log, ended } = this.#options
    const { attempt } = run
    try {
      const result = asJson(await run.result)
      await this.#persistently(() => this.#completions.add(attempt, result))
      ended?.({ attempt, result })
    } catch (error) {
      if (error instanceof RunAborted) {
        if (error.cause === 'stopping') await this.#persistently(() => this.#giveBack(run))
        return
      }
      const failure = keptFailure(error)
      log.warn({ err: error, job: this.#name, jobId: attempt.id, attempt: attempt.retryCount }, 'job failed')
      if (error instanceof UnusableInputError) await this.#persistently(() => this.#forbidRetries(run))
      await this.#persistently(() => failures.record(this.#name, attempt, failure))
      ended?.({ attempt, error })
    }
  }

  #tell({ groupId }: Pick<JobWithMetadata, 'groupId'>): void {
    if (groupId) this.#options.changed(groupId)
  }

  /**
   * What cannot be written now is tried again: for some seconds, or while the database is away and this worker goes on. Its claim
   * holds meanwhile (see {@link beat}). Given up, the job would be found lost twenty seconds later, and run again.
   */
  async #persistently(write: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await write()
        return
      } catch (error) {
        const outage = asUnavailable(error) !== undefined
        if (tries >= 9 && (this.#stopping || !outage)) {
          this.#options.log.error(
            { err: error, job: this.#name },
            'the end of a job could not be recorded; it will run again',
          )
          return
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** tries, 1_000)))
      }
    }
  }

  /** Puts an unfinished run back at its place, without counting it as an attempt. */
  async #giveBack({ attempt }: Run): Promise<void> {
    await this.#options.system.query(sql`update pgboss.job_common
      set state = 'retry', retry_limit = retry_limit + 1, start_after = pgboss.job_now(), heartbeat_on = null
      where name = ${this.#name} and id = ${attempt.id} and state = 'active' and retry_count = ${attempt.retryCount}`)
  }

  async #forbidRetries({ attempt }: Run): Promise<void> {
    await this.#options.system.query({
      text: `update ${jobTable} set retry_limit = retry_count where name = $1 and id = $2 and state = 'active' and retry_count = $3`,
      values: [this.#name, attempt.id, attempt.retryCount],
    })
  }
}

/** A result as JSON, or nothing when it has no JSON form: a job does not run twice because of what it said. */
function asJson(result: unknown): unknown {
  if (result === undefined) return undefined
  try {
    return JSON.parse(JSON.stringify(result) ?? 'null')
  } catch {
    return undefined
  }
}
