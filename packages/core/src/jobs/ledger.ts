import pg from 'pg'
import type { SqlDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import { wordsOf } from '../schema/lists/filters.ts'
import type { SqlPage } from '../schema/lists/sqlList.ts'
import { isUuid } from '../uuid.ts'
import { jobSchema } from './installation.ts'
import type { KeptFailure } from './jobErrors.ts'

/** Where a job stands. `failed` are the dead letters: every attempt has failed, and nothing happens by itself. */
export type JobStatus = 'queued' | 'retrying' | 'running' | 'completed' | 'canceled' | 'failed'

/** A job as the ledger has it. */
export interface JobRecord {
  readonly id: string
  readonly type: string
  readonly status: JobStatus
  readonly payload: unknown
  /** What the run returned. */
  readonly result: unknown
  /** Why the last attempt failed, unless the job has succeeded since. */
  readonly error: KeptFailure | null
  /** Begun so far. */
  readonly attempts: number
  /** Begun at most, unless somebody retries it. */
  readonly maxAttempts: number
  readonly priority: number
  readonly createdAt: Date
  /** Not before. */
  readonly startAfter: Date
  /** The latest attempt's begin. */
  readonly startedAt: Date | null
  /** When it succeeded, failed for good or was canceled. */
  readonly completedAt: Date | null
}

/** What a change has done to a job. */
export interface JobChange {
  readonly before: JobRecord
  readonly after: JobRecord
}

/** The workspace's job, or null, also for another workspace's. */
export async function lookUpJob(db: SqlDb, id: string): Promise<JobRecord | null> {
  if (!isUuid(id)) return null
  const [row] = await db.query<JobRow>({ text: `select ${jobColumns} from pgboss.job where id = $1`, values: [id] })
  return row ? jobRecord(row) : null
}

/** The workspace's job. @throws NotFoundError, also for another workspace's */
export async function findJob(db: SqlDb, id: string): Promise<JobRecord> {
  const job = await lookUpJob(db, id)
  if (!job) throw new NotFoundError('Job', id)
  return job
}

/** Which jobs a list shows; what is left out does not filter. */
export interface JobFilter {
  /** Every word is in the type or the error, or is the id. */
  search?: string | null
  type?: { equals?: string | null; in?: string[] | null; contains?: string | null; startsWith?: string | null } | null
  status?: JobStatus[] | null
  /** `until` itself does not belong to the range. */
  createdAt?: { from?: Date | null; until?: Date | null } | null
}

/** A page of the workspace's jobs. */
export async function findJobs(
  db: SqlDb,
  filter: JobFilter | null | undefined,
  page: (firstParameter: number) => SqlPage,
): Promise<JobRecord[]> {
  const { where, values } = conditions(filter)
  const { where: position, orderAndLimit, values: more } = page(values.length + 1)
  const rows = await db.query<JobRow>({
    text: `select ${jobColumns} from pgboss.job where ${where} and ${position} ${orderAndLimit}`,
    values: [...values, ...more],
  })
  return rows.map(jobRecord)
}

export async function countJobs(db: SqlDb, filter: JobFilter | null | undefined): Promise<number> {
  const { where, values } = conditions(filter)
  const [row] = await db.query<{ count: number }>({
    text: `select count(*)::int as count from pgboss.job where ${where}`,
    values,
  })
  return row?.count ?? 0
}

/**
 * Queues a job again that has failed for good or was canceled, with as many attempts as its definition gives.
 *
 * @throws ConflictError when it waits, runs or has succeeded, or its singleton key is taken meanwhile
 */
export async function retryJob(db: SqlDb, id: string): Promise<JobChange> {
  const before = await findJob(db, id)
  try {
    // An ordered job takes its old place: before those of its key that wait.
    const retried = await db.query(sql`update pgboss.job set state = 'created', policy = q.policy,
        retry_limit = q.retry_limit + retry_count + (started_on is not null)::int,
        start_after = pgboss.job_now(), keep_until = pgboss.job_now() + q.retention_seconds * interval '1 second', completed_on = null, output = null
      from (select name as queue, policy, retry_limit, retention_seconds from pgboss.queue) q
      where name = q.queue and id = ${id} and state in ('failed', 'cancelled')
      returning id`)
    const after = await findJob(db, id)
    if (retried.length > 0) return { before, after }
    throw new ConflictError({
      en: `Job ${id} is ${after.status}. Only a failed or canceled job can be retried.`,
      fr: `La tâche ${id} n’a ni échoué ni été annulée : elle ne peut pas être relancée.`,
    })
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === uniqueViolation)
      throw new ConflictError({
        en: `Another "${before.type}" job with the same key is queued or running, so ${id} cannot be retried now.`,
        fr: `Une autre tâche « ${before.type} » de même clé attend ou tourne : ${id} ne peut pas être relancée maintenant.`,
      })
    throw error
  }
}

/**
 * Cancels a job that waits or runs; a run's signal is aborted within seconds, and its outcome no longer counts.
 *
 * @throws ConflictError when it has ended already
 */
export async function cancelJob(db: SqlDb, id: string): Promise<JobChange> {
  const before = await findJob(db, id)
  const canceled = await db.query(sql`update pgboss.job set state = 'cancelled', completed_on = pgboss.job_now()
    where id = ${id} and state < 'completed' returning id`)
  const after = await findJob(db, id)
  if (canceled.length > 0) return { before, after }
  throw new ConflictError({
    en: `Job ${id} is ${after.status} already, so there is nothing to cancel.`,
    fr: `La tâche ${id} est déjà terminée : il n’y a rien à annuler.`,
  })
}

function conditions(filter: JobFilter | null | undefined): { where: string; values: unknown[] } {
  const { search, type, status, createdAt } = filter ?? {}
  const values: unknown[] = []
  const given = (condition: (parameter: string) => string, value: unknown) =>
    value == null ? [] : [condition(`$${values.push(value)}`)]
  const where = [
    'true',
    ...given((type) => `name = ${type}`, type?.equals),
    ...given((types) => `name = any(${types})`, type?.in),
    ...given((part) => `strpos(name, lower(${part})) > 0`, type?.contains),
    ...given((start) => `starts_with(name, lower(${start}))`, type?.startsWith),
    ...given(
      (states) => `state = any(${states}::${jobSchema}.job_state[])`,
      status?.map((each) => stateOf[each]),
    ),
    ...wordsOf(search).flatMap((word) =>
      given(
        (part) =>
          `(strpos(name, lower(${part})) > 0 or id::text = lower(${part})
            or strpos(lower(coalesce(output->'error'->>'code', '') || ' ' || coalesce(output->'error'->>'message', '')), lower(${part})) > 0)`,
        word,
      ),
    ),
    ...given((from) => `created_on >= ${from}`, createdAt?.from),
    ...given((until) => `created_on < ${until}`, createdAt?.until),
  ]
  return { where: where.join(' and '), values }
}

/** A row of `pgboss.job` as {@link jobColumns} select it. */
export interface JobRow {
  id: string
  name: string
  state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed'
  data: unknown
  output: { result?: unknown; error?: KeptFailure; value?: { message?: string } } | null
  retryCount: number
  retryLimit: number
  priority: number
  createdOn: Date
  startAfter: Date
  startedOn: Date | null
  completedOn: Date | null
}

export const jobColumns = `id, name, state::text as state, data, output, retry_count as "retryCount", retry_limit as "retryLimit", priority,
  created_on as "createdOn", start_after as "startAfter", started_on as "startedOn", completed_on as "completedOn"`

/** pg-boss's word for each status. */
export const stateOf: Record<JobStatus, JobRow['state']> = {
  queued: 'created',
  retrying: 'retry',
  running: 'active',
  completed: 'completed',
  canceled: 'cancelled',
  failed: 'failed',
}
const statusOf = Object.fromEntries(Object.entries(stateOf).map(([status, state]) => [state, status])) as Record<
  JobRow['state'],
  JobStatus
>

export function jobRecord(row: JobRow): JobRecord {
  return {
    id: row.id,
    type: row.name,
    status: statusOf[row.state],
    payload: row.data,
    result: row.state === 'completed' ? (row.output?.result ?? null) : null,
    error: row.state === 'completed' ? null : failureOf(row.output),
    attempts: row.startedOn === null ? 0 : row.retryCount + 1,
    maxAttempts: row.retryLimit + 1,
    priority: row.priority,
    createdAt: row.createdOn,
    startAfter: row.startAfter,
    startedAt: row.startedOn,
    completedAt: row.completedOn,
  }
}

/** pg-boss's own time-out, behind the worker's, leaves a message of its own shape. */
function failureOf(output: JobRow['output']): KeptFailure | null {
  if (output?.error) return output.error
  return output?.value?.message ? { code: 'JOB_TIMED_OUT', message: `${output.value.message}.` } : null
}

const uniqueViolation = '23505'
