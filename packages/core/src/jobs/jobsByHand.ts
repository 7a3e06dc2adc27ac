import type { PgBoss } from 'pg-boss'
import type { SystemDb } from '../data/database.ts'
import type { JobDefinition } from './defineJob.ts'
import { jobTable, queueNow } from './installation.ts'
import type { EndedRun, QueueWorker, QueueWorkerOptions } from './queueWorker.ts'
import type { RegisteredJob } from './registeredJob.ts'
import { fanOutJob } from './schedules.ts'

export type WorkerOptions = Pick<QueueWorkerOptions, 'slots' | 'ended'>

/** A run of a job, as whoever ran it by hand is told. */
export interface JobRunReport {
  /** The job's name: "guestbook.screen-entry". Of an event's handler: "applause.on.guestbook.entry-shown". */
  readonly job: string
  readonly jobId: string
  /** Null for a job of the system. */
  readonly workspaceId: string | null
  readonly input: unknown
  /** 0 on the first attempt. */
  readonly attempt: number
  /** What it returned, as JSON keeps it. */
  readonly result?: unknown
  /** What it threw. */
  readonly error?: unknown
}

interface JobsByHandParts {
  readonly boss: PgBoss
  readonly system: SystemDb
  readonly jobs: readonly RegisteredJob[]
  readonly worker: (entry: RegisteredJob, options: WorkerOptions) => QueueWorker
  /** Puts a job of the system on its queue. */
  readonly enqueue: <Input>(job: JobDefinition<Input, never>, input: Input) => Promise<unknown>
  /** Resolves when nothing is on its way to a queue: what was enqueued after a commit is waited for by nobody else. */
  readonly enqueued: () => Promise<void>
}

/**
 * Runs jobs one at a time, and only when somebody says so: first those of the queue with the job that has been due for longest, by
 * the queue's clock. Fetch, run and record are a worker's own; there are no timers.
 */
export class JobsByHand {
  readonly #parts: JobsByHandParts
  readonly #workers = new Map<string, QueueWorker>()
  #runs: JobRunReport[] = []
  #most = 0

  /** Use {@link JobQueue.byHand}. */
  constructor(parts: JobsByHandParts) {
    this.#parts = parts
    for (const entry of parts.jobs)
      this.#workers.set(entry.job.name, parts.worker(entry, { slots: 1, ended: (run) => this.#ended(entry, run) }))
  }

  /**
   * Runs what is due, and what that puts on queues, until nothing is left. A failed attempt waits for its retry: it is due later.
   *
   * @param most runs; a job that enqueues itself for ever would keep a test for ever
   * @returns every run, in its order
   * @throws Error when there are more
   */
  async run({ most = 10_000 } = {}): Promise<JobRunReport[]> {
    this.#runs = []
    this.#most = most
    for (;;) {
      const before = this.#runs.length
      await this.#parts.enqueued()
      for (const queue of await this.#dueQueues()) {
        const worker = this.#workers.get(queue)
        worker?.wake()
        await worker?.idle()
        // What it left on other queues may be due before what was found.
        if (this.#runs.length > before) break
      }
      if (this.#runs.length > most)
        throw new Error(
          `Jobs do not come to rest: more than ${most} ran, and more are due. The last was "${this.#runs.at(-1)?.job}"; does it enqueue itself?`,
        )
      if (this.#runs.length === before) return this.#runs
    }
  }

  /**
   * Puts the jobs on their queues whose schedule fell due in that time, once each, in the order of their times.
   *
   * @param since excluded
   * @param until included
   */
  async tick(since: Date, until: Date): Promise<void> {
    if (until <= since) return
    const { boss, enqueue, jobs } = this.#parts
    const due: { at: number; entry: RegisteredJob }[] = []
    for (const entry of jobs) {
      const { schedule } = entry.job
      if (!schedule) continue
      const [next] = await boss.previewSchedule(schedule.cron, {
        tz: schedule.timeZone ?? 'UTC',
        from: since,
        count: 1,
      })
      const at = next === undefined ? Number.POSITIVE_INFINITY : new Date(next).getTime()
      if (at <= until.getTime()) due.push({ at, entry })
    }
    for (const { entry } of due.sort((one, other) => one.at - other.at))
      if (entry.job.scope === 'system') await enqueue(entry.job, {})
      else await enqueue(fanOutJob, { job: entry.job.name })
  }

  #ended(entry: RegisteredJob, run: EndedRun): void {
    this.#runs.push(report(entry, run))
    if (this.#runs.length > this.#most) void this.#workers.get(entry.job.name)?.stop(0)
  }

  /** Those with something due, the one with the job that has been due for longest first. */
  async #dueQueues(): Promise<string[]> {
    const rows = await this.#parts.system.query<{ name: string }>({
      text: `select name from ${jobTable}
        where name = any($1) and state < 'active' and not blocked and start_after <= ${queueNow}
        group by name order by min(start_after), min(created_on), name`,
      values: [[...this.#workers.keys()]],
    })
    return rows.map(({ name }) => name)
  }
}

function report({ job }: RegisteredJob, run: EndedRun): JobRunReport {
  const { id, groupId, data, retryCount } = run.attempt
  const { attempt: _, ...outcome } = run
  return { job: job.name, jobId: id, workspaceId: groupId ?? null, input: data ?? {}, attempt: retryCount, ...outcome }
}
