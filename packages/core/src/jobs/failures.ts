import type { PgBoss } from 'pg-boss'
import type { z } from 'zod'
import type { SqlDb, SystemDb } from '../data/database.ts'
import { publicEventsQueue } from '../events/publicEventsQueue.ts'
import { jobTable } from './installation.ts'
import type { KeptFailure } from './jobErrors.ts'
import { jobFailed } from './jobFailed.ts'
import type { Attempt } from './jobRun.ts'

export type FailedJob = z.output<typeof jobFailed.payload>

export interface FailuresOptions {
  readonly boss: PgBoss
  readonly system: SystemDb
  /** Hears of every job of a workspace that has failed for good, in the transaction that says so. */
  readonly tell: (db: FailureDb, failed: FailedJob) => Promise<void>
  /** That transaction has committed. */
  readonly committed: (db: object) => void
}

/** The transaction in which a job of a workspace is marked as failed. */
export type FailureDb = Pick<SqlDb, 'workspaceId' | 'query'> & { readonly inTransaction: true }

/** Writes down attempts that failed, and tells of the jobs that have none left. */
export class Failures {
  readonly #options: FailuresOptions

  constructor(options: FailuresOptions) {
    this.#options = options
  }

  /** Does nothing where the attempt is no longer the job's: canceled, or settled by somebody else. */
  async record(queue: string, attempt: Pick<Attempt, 'id' | 'retryCount'>, failure: KeptFailure): Promise<void> {
    const { boss, system, tell, committed } = this.#options
    const told = await system.transaction(async (tx) => {
      const executeSql = async (text: string, values?: unknown[]) => ({
        rows: await tx.query<never>({ text, values: values ?? [] }),
      })
      const { settled } = (await boss.fail(queue, attempt as never, { error: failure }, { db: { executeSql } })) as {
        settled?: string[]
      }
      if (settled?.length === 0 || isAboutItself(queue)) return undefined
      const [job] = await tx.query<{ workspaceId: string | null }>({
        text: `select group_id as "workspaceId" from ${jobTable} where name = $1 and id = $2 and state = 'failed'`,
        values: [queue, attempt.id],
      })
      if (!job?.workspaceId) return undefined
      const db: FailureDb = { workspaceId: job.workspaceId, inTransaction: true, query: tx.query }
      const { code, message } = failure
      await tell(db, { jobId: attempt.id, job: queue, code, message, attempts: attempt.retryCount + 1 })
      return db
    })
    if (told) committed(told)
  }
}

/** A handler that fails at telling of failures must not be told of. */
function isAboutItself(queue: string): boolean {
  return queue.includes(`.on.${jobFailed.name}`) || queue.endsWith(publicEventsQueue)
}
