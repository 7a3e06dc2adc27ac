import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { when } from '../../src/events/defineEvent.ts'
import { defineJob, defineSystemJob } from '../../src/jobs/defineJob.ts'
import { jobFailed } from '../../src/jobs/jobFailed.ts'
import { findJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const told: { workspaceId: string; job: string; code: string; attempts: number; jobId: string }[] = []
const doomed = defineJob({
  name: 'test.doomed',
  input: z.object({}),
  retry: { limit: 1, delaySeconds: 1, maxDelaySeconds: 1 },
  run: async () => {
    throw Object.assign(new Error('out of ink'), { code: 'OUT_OF_INK' })
  },
})
const unspeakable = defineJob({
  name: 'test.unspeakable',
  input: z.object({ message: z.string() }),
  retry: { limit: 0 },
  run: async ({ message }) => {
    throw new Error(message === 'NUL' ? 'out of \0 ink' : `${'x'.repeat(1999)}🍐`)
  },
})
const unusable = defineJob({ name: 'test.unusable', input: z.object({ n: z.number() }), run: async () => {} })
const ofNobody = defineSystemJob({
  name: 'test.of-nobody',
  input: z.object({}),
  retry: { limit: 0 },
  run: async () => {
    throw new Error('of no workspace')
  },
})
const hears = when(jobFailed, async ({ payload: { job, code, attempts, jobId } }, { workspaceId }) => {
  told.push({ workspaceId, job, code, attempts, jobId })
})
const failsAtHearing = when(
  jobFailed,
  async () => {
    throw new Error('deaf')
  },
  { name: 'deaf', retry: { limit: 0 } },
)
const { contexts, queue } = await startHouse(db, {
  jobs: [doomed, unspeakable, unusable, ofNobody],
  handlers: [hears, failsAtHearing],
})
const workspaceId = await createWorkspace()
const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const own = db.workspace(workspaceId)

test('a job is told of once it has used up its attempts, to its own workspace, and not before', async () => {
  const elsewhere = await createWorkspace()
  const jobId = (await context.enqueue(doomed, {})) as string
  await eventually(() => expect(told).toHaveLength(1))
  expect(told).toEqual([{ workspaceId, job: 'test.doomed', code: 'OUT_OF_INK', attempts: 2, jobId }])
  const rows = await db.workspace(elsewhere).query(sql`select 1 from pgboss.job where name = 'test.on.core.job-failed'`)
  expect(rows).toEqual([])
})

test.each(['NUL', 'half a pear'])(
  'a message that PostgreSQL does not store is told all the same: %s',
  async (message) => {
    const id = (await context.enqueue(unspeakable, { message })) as string
    await eventually(() =>
      expect(told.find(({ jobId }) => jobId === id)).toMatchObject({ code: 'JOB_FAILED', attempts: 1 }),
    )
  },
)

test('an input that no longer fits is told at its first attempt', async () => {
  const id = (await context.enqueue(unusable, { n: 1 }, { startAfter: new Date(Date.now() + 3_600_000) })) as string
  await db.system.query(sql`update pgboss.job set data = '{"n": "one"}', start_after = now() where id = ${id}`)
  await eventually(() =>
    expect(told.find(({ jobId }) => jobId === id)).toMatchObject({ code: 'JOB_INPUT_UNUSABLE', attempts: 1 }),
  )
})

test('a handler that fails at hearing of it is not told of, nor is a job of no workspace', async () => {
  await queue.enqueue(null, db.system, ofNobody, {})
  const failed = await eventually(async () => {
    const rows = await db.system.query<{ name: string; id: string }>(
      sql`select name, id from pgboss.job where state = 'failed' and name in ('test.of-nobody', 'test.on.core.job-failed.deaf')`,
    )
    expect(new Set(rows.map(({ name }) => name)).size).toBe(2)
    return rows
  })
  const deaf = failed.find(({ name }) => name === 'test.on.core.job-failed.deaf')
  expect(await findJob(own, deaf?.id as string)).toMatchObject({ status: 'failed' })
  // What is told later was told after them: a job that fails now.
  const last = await context.enqueue(doomed, {})
  await eventually(() => expect(told.some(({ jobId }) => jobId === last)).toBe(true))
  const expected = ['test.doomed', 'test.unspeakable', 'test.unusable']
  expect(told.filter(({ job }) => !expected.includes(job))).toEqual([])
})
