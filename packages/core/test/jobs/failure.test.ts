import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob, type JobRun } from '../../src/jobs/defineJob.ts'
import { cancelJob, findJob, retryJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const attempts: number[] = []
let broken = true
const flaky = defineJob({
  name: 'test.flaky',
  input: z.object({ until: z.number() }),
  retry: { delaySeconds: 1, maxDelaySeconds: 1 },
  run: async ({ until }, _context, _service, { attempt }) => {
    attempts.push(attempt)
    if (attempt < until) throw new Error(`attempt ${attempt} failed`)
    return { done: attempt }
  },
})
const doomed = defineJob({
  name: 'test.doomed',
  input: z.object({}),
  retry: { limit: 0 },
  run: async () => {
    if (broken) throw new Error('never works')
    return 'works'
  },
})
const slow = defineJob({
  name: 'test.slow',
  input: z.object({}),
  retry: { limit: 0 },
  timeoutSeconds: 0.2,
  run: async (_input, _context, _service, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
})
const deaf = defineJob({
  name: 'test.deaf',
  input: z.object({}),
  retry: { limit: 0 },
  timeoutSeconds: 0.2,
  run: () => new Promise(() => {}),
})
const held = gate<JobRun>()
const waiting = defineJob({
  name: 'test.waiting',
  input: z.object({}),
  run: async (_input, _context, _service, run) => {
    held.resolve(run)
    await new Promise((_resolve, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason)))
  },
})
const singleton = gate()
const rebuild = defineJob({
  name: 'test.rebuild',
  input: z.object({ page: z.string() }),
  singletonKey: ({ page }) => page,
  run: () => singleton.promise,
})
const following = gate()
const follow = defineJob({
  name: 'test.follow',
  input: z.object({ page: z.string() }),
  waitingKey: ({ page }) => page,
  run: () => following.promise,
})

const oneByOneGate = gate()
const oneByOneRuns: string[] = []
const oneByOne = defineJob({
  name: 'test.one-by-one',
  input: z.object({ name: z.string() }),
  concurrency: 1,
  run: async ({ name }) => {
    oneByOneRuns.push(name)
    await oneByOneGate.promise
  },
})
const patient = defineJob({
  name: 'test.patient',
  input: z.object({}),
  retry: { delaySeconds: 100, maxDelaySeconds: 500 },
  run: async () => {
    throw Object.assign(new Error('not yet'), { code: 'OUT_OF_INK' })
  },
})

const { contexts } = await startHouse(db, {
  jobs: [flaky, doomed, slow, deaf, waiting, rebuild, follow, oneByOne, patient],
  heartbeatMs: 50,
})
const workspaceId = await createWorkspace()
const own = db.workspace(workspaceId)
const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const reaches = (id: string | null, expected: object) =>
  eventually(async () => expect(await findJob(own, id as string)).toMatchObject(expected))

test('a failed attempt is tried again until one succeeds; then its error is gone and its result is there', async () => {
  const id = await context.enqueue(flaky, { until: 2 })
  await reaches(id, { status: 'completed', error: null, result: { done: 2 }, attempts: 3, maxAttempts: 6 })
  expect(attempts).toEqual([0, 1, 2])
})

test('the error is kept meanwhile; delays double up to the longest, each with up to as much again by chance', async () => {
  const id = await context.enqueue(patient, {})
  const delays: number[] = []
  for (let attempts = 1; attempts <= 5; attempts++) {
    await reaches(id, { status: 'retrying', attempts, error: { code: 'OUT_OF_INK', message: 'not yet' } })
    const [row] = await db.system.query<{ seconds: string }>(
      sql`select extract(epoch from start_after - now()) as seconds from pgboss.job where id = ${id}`,
    )
    delays.push(Number(row?.seconds))
    await db.system.query(sql`update pgboss.job set start_after = now() where id = ${id}`)
  }
  const bounds = [
    [90, 200],
    [190, 400],
    [390, 500],
    [490, 500],
    [490, 500],
  ]
  for (const [index, [least = 0, most = 0]] of bounds.entries()) {
    expect(delays[index]).toBeGreaterThanOrEqual(least)
    expect(delays[index]).toBeLessThanOrEqual(most)
  }
})

test('a job that has used up its attempts is a dead letter: kept with its error, and retried on demand', async () => {
  const id = (await context.enqueue(doomed, {})) as string
  await reaches(id, {
    status: 'failed',
    error: { code: 'JOB_FAILED', message: 'never works' },
    result: null,
    attempts: 1,
  })
  broken = false
  const { before, after } = await retryJob(own, id)
  expect(before).toMatchObject({ status: 'failed' })
  expect(after).toMatchObject({ error: null })
  // A worker may have taken it before it is read.
  expect(after.status).toMatch(/queued|running|completed/)
  await reaches(id, { status: 'completed', result: 'works', attempts: 2 })
  await expect(retryJob(own, id)).rejects.toThrow(
    `Job ${id} is completed. Only a failed or canceled job can be retried.`,
  )
})

test('a run that takes too long is aborted and counts as failed', async () => {
  const id = await context.enqueue(slow, {})
  await reaches(id, {
    status: 'failed',
    error: {
      code: 'JOB_TIMED_OUT',
      message: 'Job "test.slow" was aborted after 0.2 s, the time-out of its definition.',
    },
  })
})

test('a run that does not heed its time-out is given up, and its place is free again', async () => {
  const ids = await Promise.all([1, 2, 3].map(() => context.enqueue(deaf, {})))
  for (const id of ids) await reaches(id, { status: 'failed', error: { code: 'JOB_TIMED_OUT' } })
})

test('a canceled job does not run; a canceled run is aborted and its outcome does not count', async () => {
  const later = (await context.enqueue(waiting, {}, { startAfter: new Date(Date.now() + 3_600_000) })) as string
  expect(await cancelJob(own, later)).toMatchObject({ after: { status: 'canceled', attempts: 0 } })

  const id = (await context.enqueue(waiting, {})) as string
  const run = await held.promise
  expect(run.jobId).toBe(id)
  expect(await cancelJob(own, id)).toMatchObject({ before: { status: 'running' }, after: { status: 'canceled' } })
  await eventually(() => expect(run.signal.aborted).toBe(true))
  await expect(cancelJob(own, id)).rejects.toThrow(`Job ${id} is canceled already`)
})

test('a singleton key is taken while its job is queued or active, each workspace for itself', async () => {
  const id = (await context.enqueue(rebuild, { page: 'home' })) as string
  expect(await context.enqueue(rebuild, { page: 'home' })).toBeNull()
  await reaches(id, { status: 'running' })
  expect(await context.enqueue(rebuild, { page: 'home' })).toBeNull()
  expect(await context.enqueue(rebuild, { page: 'about' })).not.toBeNull()
  const elsewhere = contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  expect(await elsewhere.enqueue(rebuild, { page: 'home' })).not.toBeNull()
  singleton.resolve()
  await reaches(id, { status: 'completed' })
  expect(await context.enqueue(rebuild, { page: 'home' })).not.toBeNull()
})

test('a waiting key is taken while its job is queued, and not while it runs', async () => {
  const later = { startAfter: new Date(Date.now() + 3_600_000) }
  expect(await context.enqueue(follow, { page: 'later' }, later)).not.toBeNull()
  expect(await context.enqueue(follow, { page: 'later' }, later)).toBeNull()
  const id = (await context.enqueue(follow, { page: 'home' })) as string
  await reaches(id, { status: 'running' })
  const next = (await context.enqueue(follow, { page: 'home' }, later)) as string
  expect(next).not.toBeNull()
  expect(await context.enqueue(follow, { page: 'home' })).toBeNull()
  const elsewhere = contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  expect(await elsewhere.enqueue(follow, { page: 'later' }, later)).not.toBeNull()
  following.resolve()
  await reaches(id, { status: 'completed' })
})

test('a stored input that the schema no longer takes goes to the dead letters at once', async () => {
  const id = (await context.enqueue(flaky, { until: 0 }, { startAfter: new Date(Date.now() + 3_600_000) })) as string
  await db.system.query(sql`update pgboss.job set data = '{"until": "later"}', start_after = now() where id = ${id}`)
  await reaches(id, { status: 'failed', error: { code: 'JOB_INPUT_UNUSABLE' }, attempts: 1 })
})

test('a delayed job waits for its time', async () => {
  const startAfter = new Date(Date.now() + 3_600_000)
  const id = (await context.enqueue(flaky, { until: 0 }, { startAfter })) as string
  await context.enqueue(flaky, { until: 0 }).then((sooner) => reaches(sooner, { status: 'completed' }))
  expect(await findJob(own, id)).toMatchObject({ status: 'queued', startAfter })
})

test('of the jobs that wait, one of higher priority starts first', async () => {
  const blocking = await context.enqueue(oneByOne, { name: 'blocking' })
  await reaches(blocking, { status: 'running' })
  await context.enqueue(oneByOne, { name: 'usual' })
  const last = await context.enqueue(oneByOne, { name: 'low' }, { priority: -1 })
  await context.enqueue(oneByOne, { name: 'high' }, { priority: 1 })
  oneByOneGate.resolve()
  await reaches(last, { status: 'completed' })
  expect(oneByOneRuns).toEqual(['blocking', 'high', 'usual', 'low'])
})
