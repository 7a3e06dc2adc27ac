import { createHash } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import { v7 as uuidv7 } from 'uuid'
import type { SqlDb, SystemDb } from '../data/database.ts'
import type { EnqueueOptions, JobDefinition } from './defineJob.ts'
import { invalidInput, jobQueueError } from './jobErrors.ts'
import type { RegisteredJob } from './registeredJob.ts'

/** A transaction or not, of a workspace or of the system. */
export type EnqueueDb = SqlDb | (Pick<SystemDb, 'query'> & { readonly inTransaction?: boolean })

interface EnqueuingParts {
  readonly jobs: ReadonlyMap<string, RegisteredJob>
  /** @throws where the queue is closed, with the name of the job */
  readonly boss: (job: string) => PgBoss
  readonly system: SystemDb
  /** Jobs of these workspaces (null: of the system) are on the queue, and committed. */
  readonly announce: (queue: string, workspaces: Iterable<string | null>) => void
}

/** Puts jobs on their queues, and announces them as soon as workers can see them. */
export class Enqueuing {
  readonly #parts: EnqueuingParts
  /** Queues with new jobs in a transaction that has not committed yet, and whose jobs these are. */
  readonly #uncommitted = new WeakMap<object, Map<string, Set<string | null>>>()
  /** What is being put on queues right now. */
  readonly #pending = new Set<Promise<unknown>>()
  /** Of each queue, what puts a job on it. */
  readonly #statements = new Map<string, { readonly name: string; readonly text: string }>()

  constructor(parts: EnqueuingParts) {
    this.#parts = parts
  }

  /** See `JobQueue.enqueue`. */
  enqueue<Input>(
    workspaceId: string | null,
    db: EnqueueDb,
    job: JobDefinition<Input, never>,
    input: Input,
    options: EnqueueOptions,
  ): Promise<string | null> {
    const enqueued = this.#enqueue(workspaceId, db, job, input, options)
    this.#pending.add(enqueued)
    const over = () => this.#pending.delete(enqueued)
    enqueued.then(over, over)
    return enqueued
  }

  /** Resolves when nothing is on its way to a queue. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
  }

  /** A job was queued over `db`: announced now, or once its transaction has {@link committed}. */
  queued(db: EnqueueDb, queue: string, workspaceId: string | null): void {
    if (!db.inTransaction) {
      this.#parts.announce(queue, [workspaceId])
      return
    }
    const queues = this.#uncommitted.get(db) ?? new Map<string, Set<string | null>>()
    queues.set(queue, (queues.get(queue) ?? new Set()).add(workspaceId))
    this.#uncommitted.set(db, queues)
  }

  committed(db: object): void {
    const queues = this.#uncommitted.get(db)
    this.#uncommitted.delete(db)
    for (const [queue, workspaces] of queues ?? []) this.#parts.announce(queue, workspaces)
  }

  /** See `JobQueue.enqueueEverywhere`. */
  async enqueueEverywhere(jobName: string, idOf: (workspaceId: string) => string): Promise<void> {
    const { system, boss, announce } = this.#parts
    const entry = this.#entry(jobName)
    const input = entry.job.input.parse({})
    for (let last = '00000000-0000-0000-0000-000000000000'; ; ) {
      // Across workspaces: a schedule runs in each of them.
      const page = await system.query<{ id: string }>({
        text: 'select "id" from "Workspace" where "id" > $1 and "deletingSince" is null order by "id" limit 1000',
        values: [last],
      })
      if (page.length === 0) return
      const ids = page.map(({ id }) => id)
      last = ids[ids.length - 1] as string
      await boss(jobName).insert(
        jobName,
        ids.map((id) => ({ id: idOf(id), data: input as object, group: { id }, ...keyOf(entry, id, input) })),
      )
      announce(jobName, ids)
    }
  }

  async #enqueue<Input>(
    workspaceId: string | null,
    db: EnqueueDb,
    job: JobDefinition<Input, never>,
    input: Input,
    options: EnqueueOptions,
  ): Promise<string | null> {
    const { name } = job
    const entry = this.#entry(name)
    if (entry.job.scope === 'workspace' && workspaceId === null) throw jobQueueError('JOB_NEEDS_WORKSPACE', name)
    if (entry.job.scope === 'system' && workspaceId !== null) throw jobQueueError('JOB_IS_SYSTEM', name)
    const parsed = entry.job.input.safeParse(input)
    if (!parsed.success) throw invalidInput('input', parsed.error, input)

    const executeSql = async (text: string, values: unknown[] = []) => ({
      rows: await db.query({ ...this.#prepared(name, text), values }),
    })
    const id = await this.#parts.boss(name).send(name, parsed.data as object, {
      id: uuidv7(),
      db: { executeSql },
      ...(workspaceId ? { group: { id: workspaceId } } : {}),
      ...keyOf(entry, workspaceId, parsed.data),
      ...(options.startAfter ? { startAfter: options.startAfter } : {}),
      ...(options.priority ? { priority: options.priority } : {}),
    })
    if (id !== null) this.queued(db, name, workspaceId)
    return id
  }

  #entry(job: string): RegisteredJob {
    const entry = this.#parts.jobs.get(job)
    if (!entry) throw jobQueueError('JOB_UNKNOWN', job)
    return entry
  }

  /** pg-boss writes the same text for every job of a queue. To read and plan it takes PostgreSQL longer than to run it. */
  #prepared(queue: string, text: string): { readonly name: string; readonly text: string } {
    const known = this.#statements.get(queue)
    if (known?.text === text) return known
    const statement = { name: `job_${createHash('sha256').update(text).digest('base64url')}`, text }
    this.#statements.set(queue, statement)
    return statement
  }
}

/** Keys start with their workspace, so that none can be in the way of another workspace's. */
function keyOf(
  { job, orderKey }: RegisteredJob,
  workspaceId: string | null,
  input: unknown,
): { singletonKey?: string } {
  const key = (orderKey ?? job.singletonKey ?? job.waitingKey)?.(input)
  return key === undefined ? {} : { singletonKey: `${workspaceId ?? 'system'}:${key}` }
}
