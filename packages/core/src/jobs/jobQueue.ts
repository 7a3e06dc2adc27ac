import type { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Database, SqlDb } from '../data/database.ts'
import { StartError } from '../errors.ts'
import { RepeatedLog } from '../repeatedLog.ts'
import type { EnqueueOptions, JobDefinition } from './defineJob.ts'
import { type EnqueueDb, Enqueuing } from './enqueuing.ts'
import { Failures, type FailuresOptions } from './failures.ts'
import { installJobs } from './installation.ts'
import { jobQueueError } from './jobErrors.ts'
import type { JobContexts } from './jobRun.ts'
import { JobsByHand, type WorkerOptions } from './jobsByHand.ts'
import { cancelJob, type JobChange, retryJob } from './ledger.ts'
import { LostJobs } from './lostJobs.ts'
import { newPgBoss, type PgBossParts, writeQueues } from './pgBoss.ts'
import { QueueWorker } from './queueWorker.ts'
import { indexJobs, type RegisteredJob } from './registeredJob.ts'
import { fanOutJob, pruneHandledEvents, ScheduleBook } from './schedules.ts'
import { WakeUps } from './wakeUps.ts'

export type { JobContexts } from './jobRun.ts'
export type { RegisteredJob } from './registeredJob.ts'

/** What a queue works with. */
export interface JobQueueOptions {
  database: Database
  jobs: readonly RegisteredJob[]
  /** Makes the contexts that runs get. */
  contexts: JobContexts
  log: Logger
  clock: Clock
  /** Hears of every job of a workspace that has failed for good, in the transaction that says so. */
  failed?: FailuresOptions['tell']
  /** Hears each time that a job of a workspace was queued, has begun or has ended: after that is so, and as often. */
  changed?: (workspaceId: string) => void
  /** How long ended jobs, dead letters among them, are kept. Default 14. */
  retentionDays?: number
  /** How often due jobs are looked for beside notifications. Milliseconds, default 500. */
  pollMs?: number
  /** How often a worker says that its runs go on. Milliseconds, default 5,000. */
  heartbeatMs?: number
  /** A run whose worker has been silent for this long is taken for lost and runs again. Milliseconds, default 20,000. */
  lostAfterMs?: number
}

/**
 * The house's background work, on pg-boss. Its job table is the ledger: what waits, runs, has succeeded or
 * failed for good (the dead letters), each row seen by its own workspace alone.
 */
export class JobQueue {
  readonly #options: JobQueueOptions
  readonly #jobs: Map<string, RegisteredJob>
  readonly #wakeUps: WakeUps
  readonly #repeated: RepeatedLog
  readonly #workers = new Map<string, QueueWorker>()
  readonly #enqueuing: Enqueuing
  #boss: PgBoss | undefined
  #keeper: PgBoss | undefined
  #lostJobs: LostJobs | undefined
  #opening: Promise<void> | undefined

  /** @throws StartError on jobs that cannot stand side by side: duplicate, unprefixed or malformed names */
  constructor(options: JobQueueOptions) {
    this.#options = options
    this.#jobs = indexJobs([
      ...options.jobs,
      { plugin: 'kernel', job: fanOutJob, service: this },
      { plugin: 'kernel', job: pruneHandledEvents, service: { retentionDays: this.#retentionDays } },
    ])
    this.#repeated = new RepeatedLog(options.log, options.clock)
    this.#wakeUps = new WakeUps({
      system: options.database.system,
      log: options.log,
      repeated: this.#repeated,
      pollMs: options.pollMs ?? 500,
      wake: (queue) => this.#workers.get(queue)?.wake(),
    })
    this.#enqueuing = new Enqueuing({
      jobs: this.#jobs,
      boss: (job) => this.#opened(job),
      system: options.database.system,
      announce: (queue, workspaces) => this.#announce(queue, workspaces),
    })
  }

  /** Makes or updates the job tables, their grants and policies, as the owner; part of migrating. Safe to repeat and to run twice at once. */
  static install(ownerUrl: string): Promise<void> {
    return installJobs(ownerUrl)
  }

  get jobs(): readonly RegisteredJob[] {
    return [...this.#jobs.values()]
  }

  get #retentionDays(): number {
    return this.#options.retentionDays ?? 14
  }

  /** Makes enqueueing possible, without running anything yet: a queue for every job. Needs no ownership. */
  open(): Promise<void> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  /**
   * Opens, and where `work` is true runs jobs and schedules in this process until {@link stopWork}. Any number of
   * processes may; one that only serves requests leaves the work to others.
   */
  async start({ work }: { work: boolean }): Promise<void> {
    await this.open()
    if (!work || this.#keeper) return
    const { database, log } = this.#options
    const boss = this.#opened('')
    await new ScheduleBook(boss, this.jobs).write()
    this.#keeper = this.#pgBoss({ supervise: true, schedule: true })
    await this.#keeper.start()
    const failures = this.#failures(boss)

    for (const entry of this.#jobs.values()) this.#workers.set(entry.job.name, this.#worker(entry, boss, failures))
    this.#lostJobs = new LostJobs({
      failures,
      log,
      repeated: this.#repeated,
      system: database.system,
      queues: [...this.#workers.keys()],
      beat: () => Promise.all([...this.#workers.values()].map((worker) => worker.beat())),
      everyMs: this.#options.heartbeatMs ?? 5_000,
      lostAfterMs: this.#options.lostAfterMs ?? 20_000,
      changed: (workspaceId) => this.#changed(workspaceId),
    })
    this.#lostJobs.start()
    this.#wakeUps.listen([...this.#workers.keys()])
  }

  /** Runs jobs when somebody says so, in place of `start({ work: true })`; after {@link open}. For tests, which set the time. */
  byHand(): JobsByHand {
    const boss = this.#opened('')
    const failures = this.#failures(boss)
    return new JobsByHand({
      boss,
      system: this.#options.database.system,
      jobs: this.jobs,
      worker: (entry, options) => this.#worker(entry, boss, failures, options),
      enqueue: (job, input) => this.enqueue(null, this.#options.database.system, job, input),
      enqueued: () => this.#enqueuing.settled(),
    })
  }

  /**
   * Takes no more jobs, lets those under way finish, and after `graceMs` gives the rest back to the queue
   * (their signal is aborted; the attempt does not count). Default 15 s. Enqueueing goes on: see {@link stop}.
   */
  async stopWork({ graceMs = 15_000 }: { graceMs?: number } = {}): Promise<void> {
    await this.#opening?.catch(() => {})
    const workers = [...this.#workers.values()]
    await Promise.all([...workers.map((worker) => worker.stop(graceMs)), this.#keeper?.stop({ close: false })])
    await this.#lostJobs?.stop()
    this.#workers.clear()
    this.#keeper = undefined
  }

  /** Stops to work, where it did, and closes the queue for good. */
  async stop(options: { graceMs?: number } = {}): Promise<void> {
    await this.stopWork(options)
    await this.#wakeUps.stop()
    await this.#boss?.stop({ close: false, graceful: false })
    this.#boss = undefined
  }

  /**
   * Puts a job on its queue over `db`: inside a transaction together with it or not at all, else in one round
   * trip of its own.
   *
   * @param workspaceId null for a system job
   * @returns the job's id, or null when its singleton or waiting key is taken
   * @throws InvalidInputError when the job's schema refuses the input
   */
  enqueue<Input>(
    workspaceId: string | null,
    db: EnqueueDb,
    job: JobDefinition<Input, never>,
    input: Input,
    options: EnqueueOptions = {},
  ): Promise<string | null> {
    return this.#enqueuing.enqueue(workspaceId, db, job, input, options)
  }

  /** Queues a failed or canceled job of `db`'s workspace again. See {@link retryJob} for what it refuses. */
  async retry(db: SqlDb, id: string): Promise<JobChange> {
    const change = await retryJob(db, id)
    this.#enqueuing.queued(db, change.after.type, db.workspaceId)
    return change
  }

  /** Cancels a job of `db`'s workspace. See {@link cancelJob} for what it refuses. */
  cancel(db: SqlDb, id: string): Promise<JobChange> {
    return cancelJob(db, id)
  }

  /** Wakes the workers for what was enqueued over `db`, a transaction that has just committed. Without it they find it by polling. */
  committed(db: object): void {
    this.#enqueuing.committed(db)
  }

  /**
   * Puts a workspace job on the queue of every workspace, once for each `tick` however often it is called.
   * @param idOf the job's id in a workspace, the same on every call
   */
  enqueueEverywhere(jobName: string, idOf: (workspaceId: string) => string): Promise<void> {
    return this.#enqueuing.enqueueEverywhere(jobName, idOf)
  }

  async #open(): Promise<void> {
    this.#boss = this.#pgBoss({ supervise: false, schedule: false })
    try {
      await this.#boss.start()
    } catch (error) {
      throw new StartError(
        'JOBS_NOT_INSTALLED',
        `The job tables are missing or of another version. Migrate the database first. (${(error as Error).message})`,
        { cause: error },
      )
    }
    await writeQueues(this.#boss, this.#options.database.system, this.jobs, this.#retentionDays)
  }

  #failures(boss: PgBoss): Failures {
    return new Failures({
      boss,
      system: this.#options.database.system,
      tell: this.#options.failed ?? (async () => {}),
      committed: (db) => this.committed(db),
    })
  }

  #worker(entry: RegisteredJob, boss: PgBoss, failures: Failures, options: WorkerOptions = {}): QueueWorker {
    const { contexts, database, log } = this.#options
    return new QueueWorker({
      entry,
      boss,
      failures,
      contexts,
      log,
      repeated: this.#repeated,
      system: database.system,
      changed: (workspaceId) => this.#changed(workspaceId),
      ...options,
    })
  }

  #pgBoss(parts: PgBossParts): PgBoss {
    const { database, log } = this.#options
    return newPgBoss({ system: database.system, log, repeated: this.#repeated }, parts)
  }

  #opened(job: string): PgBoss {
    if (!this.#boss) throw jobQueueError('JOB_QUEUE_CLOSED', job)
    return this.#boss
  }

  #announce(queue: string, workspaces: Iterable<string | null>): void {
    this.#wakeUps.announce(queue)
    for (const workspaceId of workspaces) this.#changed(workspaceId)
  }

  #changed(workspaceId: string | null): void {
    if (workspaceId !== null) this.#options.changed?.(workspaceId)
  }
}
