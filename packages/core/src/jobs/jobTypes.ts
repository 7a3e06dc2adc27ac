import type { SqlDb } from '../data/database.ts'
import type { Builder } from '../schema/builder.ts'
import { filterBy } from '../schema/lists/filters.ts'
import { sqlList } from '../schema/lists/sqlList.ts'
import type { KeptFailure } from './jobErrors.ts'
import type { JobQueue } from './jobQueue.ts'
import { countJobs, findJobs, type JobFilter, type JobRecord, type JobStatus, lookUpJob } from './ledger.ts'

/** `jobs`, `job`, and the mutations that retry and cancel one. */
export function jobTypes(builder: Builder, queue: JobQueue): void {
  const Status = builder.enumType('JobStatus', {
    description: 'Where a background job stands.',
    values: {
      QUEUED: { value: 'queued', description: 'It waits for a worker, or for its time.' },
      RUNNING: { value: 'running', description: 'A worker is at it.' },
      RETRYING: {
        value: 'retrying',
        description: 'An attempt has failed, or its worker has stopped; it waits for the next.',
      },
      COMPLETED: { value: 'completed', description: 'It has succeeded.' },
      FAILED: {
        value: 'failed',
        description: 'Every attempt has failed. These are the dead letters: nothing happens until it is retried.',
      },
      CANCELED: { value: 'canceled', description: 'Somebody has canceled it.' },
    } satisfies Record<Uppercase<JobStatus>, { value: JobStatus; description: string }>,
  })

  const JobError = builder.objectRef<KeptFailure>('JobError').implement({
    description: 'Why an attempt at a job failed.',
    authScopes: { permission: 'jobs:read' },
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'A stable code, such as JOB_TIMED_OUT; JOB_FAILED for an error without one.',
      }),
      message: t.exposeString('message', { description: 'What went wrong, in a sentence.' }),
    }),
  })

  const Job = builder.objectRef<JobRecord>('Job')
  builder.node(Job, {
    description:
      'A background job: something that runs outside of a request, now or later, and is tried again when it fails.',
    authScopes: { permission: 'jobs:read' },
    id: { description: 'Unique among everything in this API.', resolve: ({ id }) => id },
    loadOne: (id, ctx) => lookUpJob(ctx.db, id),
    fields: (t) => ({
      type: t.exposeString('type', {
        description: 'Which job it is: "experiments.analyze"; for the handler of an event, "<plugin>.on.<event>".',
      }),
      status: t.expose('status', { type: Status, description: 'Where it stands.' }),
      payload: t.expose('payload', { type: 'JSON', nullable: true, description: 'What it was given.' }),
      result: t.expose('result', {
        type: 'JSON',
        nullable: true,
        description: 'What it returned, once it has succeeded.',
      }),
      error: t.expose('error', {
        type: JobError,
        nullable: true,
        description: 'Why the latest attempt failed. Null before the first failure and after a success.',
      }),
      attempts: t.exposeInt('attempts', { description: 'How often it has been begun.' }),
      maxAttempts: t.exposeInt('maxAttempts', {
        description: 'How often it is begun at most before it counts as failed.',
      }),
      priority: t.exposeInt('priority', { description: 'Higher runs first. 0 unless somebody said otherwise.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was put on the queue.' }),
      startAfter: t.expose('startAfter', {
        type: 'DateTime',
        description: 'It does not start before this instant; also that of the next attempt.',
      }),
      startedAt: t.expose('startedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the latest attempt began.',
      }),
      completedAt: t.expose('completedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it succeeded, failed for good or was canceled.',
      }),
    }),
  })

  const jobs = sqlList(builder, Job, {
    filter: {
      // Its condition is the ledger's own SQL.
      search: filterBy('String', 'Every word is in the type or the error; or the id of a job.', () => ({})),
      type: 'text',
      status: Status,
      createdAt: 'dateTime',
    },
    orderBy: {
      // Ids are UUIDv7, so theirs is the order of creation, and it has an index.
      createdAt: { sql: 'id', type: 'uuid', kind: 'string', of: ({ id }) => id },
      startedAt: instant('started_on', ({ startedAt }) => startedAt),
      completedAt: instant('completed_on', ({ completedAt }) => completedAt),
    },
    defaultOrder: { field: 'createdAt', direction: 'desc' },
    id: { sql: 'id', of: ({ id }) => id },
  })
  builder.queryField('jobs', (t) =>
    jobs.field(t, {
      description:
        'Background jobs of the workspace. Ended ones are kept for two weeks unless the installation says otherwise.',
      authScopes: { permission: 'jobs:read' },
      read: (page, { filter }, ctx) => findJobs(ctx.db, filter as JobFilter, page),
      count: ({ filter }, ctx) => countJobs(ctx.db, filter as JobFilter),
    }),
  )
  builder.queryField('job', (t) =>
    t.field({
      type: Job,
      nullable: true,
      description: 'A background job of the workspace, or null.',
      authScopes: { permission: 'jobs:read' },
      args: { id: t.arg.globalID({ for: Job, required: true, description: 'The job.' }) },
      resolve: (_root, { id }, ctx) => lookUpJob(ctx.db, id.id),
    }),
  )

  const changes = {
    retryJob: {
      description: 'Queues a failed or canceled job again, with as many attempts as a new one.',
      change: (db: SqlDb, id: string) => queue.retry(db, id),
    },
    cancelJob: {
      description: 'Cancels a job. One that runs is told to stop, and what it does after that does not count.',
      change: (db: SqlDb, id: string) => queue.cancel(db, id),
    },
  }
  for (const [name, { description, change }] of Object.entries(changes))
    builder.mutationField(name, (t) =>
      t.field({
        type: Job,
        description,
        authScopes: { permission: 'jobs:write' },
        args: { id: t.arg.globalID({ for: Job, required: true, description: 'The job.' }) },
        resolve: async (_root, { id }, ctx) => {
          const { before, after } = await change(ctx.db, id.id)
          const state = ({ type, status, attempts }: JobRecord) => ({ type, status, attempts })
          ctx.audit({ resourceType: 'Job', resourceId: id.id, before: state(before), after: state(after) })
          return after
        },
      }),
    )
}

/** Sorted by to the millisecond, as cursors carry it; what has not happened comes before everything. */
function instant(column: string, of: (job: JobRecord) => Date | null) {
  return {
    sql: `coalesce(date_trunc('milliseconds', ${column}), 'epoch')`,
    type: 'timestamptz',
    kind: 'dateTime' as const,
    of: (job: JobRecord) => of(job) ?? new Date(0),
  }
}
