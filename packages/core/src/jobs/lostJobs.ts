import type { Logger } from 'pino'
import type { SystemDb } from '../data/database.ts'
import type { RepeatedLog } from '../repeatedLog.ts'
import type { Failures } from './failures.ts'
import { jobTable, queueNow } from './installation.ts'
import type { KeptFailure } from './jobErrors.ts'

export interface LostJobsOptions {
  failures: Failures
  system: SystemDb
  log: Logger
  repeated: RepeatedLog
  queues: readonly string[]
  /** Says that this process's own runs go on. */
  beat: () => Promise<unknown>
  everyMs: number
  lostAfterMs: number
  /** Hears of every job of a workspace that was found lost. */
  changed: (workspaceId: string) => void
}

/**
 * Finds runs whose worker has gone silent (killed, out of memory, cut off) and lets them run again, as a
 * failed attempt. Every working process watches all of them; a claim is settled once, whoever is first.
 * pg-boss's own monitor would do it too, but counts whole queues each time and so is no thing to run every 5 s.
 */
export class LostJobs {
  readonly #options: LostJobsOptions
  #timer: NodeJS.Timeout | undefined
  #watching: Promise<void> = Promise.resolve()
  #stopped = false
  /** The last round could not reach the database. */
  #outage = false

  constructor(options: LostJobsOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#watching = this.#watch().finally(() => {
        if (!this.#stopped) this.start()
      })
    }, this.#options.everyMs)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#watching
  }

  async #watch(): Promise<void> {
    const { beat, changed, failures, log, lostAfterMs, queues, system } = this.#options
    const outage = this.#outage
    this.#outage = true
    try {
      await beat()
      this.#outage = false
      // Whoever shared the outage could not say that its runs go on either: it gets one round to do so.
      if (outage) return
      const lost = await system.query<{ id: string; name: string; retryCount: number; workspaceId: string | null }>({
        text: `select id, name, retry_count as "retryCount", group_id as "workspaceId" from ${jobTable}
          where state = 'active' and heartbeat_on < ${queueNow} - $1 * interval '1 millisecond' and name = any($2) limit 1000`,
        values: [lostAfterMs, queues],
      })
      for (const { id, name, retryCount, workspaceId } of lost) {
        log.warn(
          { job: name, jobId: id, attempt: retryCount },
          'the worker of a job has gone silent; the job runs again',
        )
        const error: KeptFailure = {
          code: 'JOB_WORKER_LOST',
          message: 'The worker that ran this job stopped without a word.',
        }
        await failures.record(name, { id, retryCount }, error)
        if (workspaceId) changed(workspaceId)
      }
    } catch (error) {
      this.#options.repeated.warn({ err: error }, 'cannot watch over running jobs; trying again')
    }
  }
}
