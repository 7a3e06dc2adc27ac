import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob, type JobDefinition } from '../../src/jobs/defineJob.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { buildHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const report = defineJob({ name: 'test.report', input: z.object({ day: z.string() }), run: async () => {} })

const queueOf = async (name: string) => {
  const [row] =
    await db.system.query(sql`select policy, retry_limit, retry_delay, retry_delay_max, retry_backoff, expire_seconds,
    deletion_seconds / 86400 as days_kept, updated_on from pgboss.queue where name = ${name}`)
  return row
}

/** Opens a house with this job, as a server with this version of the code does, and closes it. */
async function openWith<Input>(job: JobDefinition<Input>, retentionDays?: number) {
  const { queue } = buildHouse(db, { jobs: [job], ...(retentionDays && { retentionDays }) })
  await queue.open()
  await queue.stop()
}

test('a job that says nothing gets 5 more attempts, 2 s to 1 h apart, 300 s each, and is kept for 14 days', async () => {
  await openWith(report)
  expect(await queueOf('test.report')).toMatchObject({
    policy: 'standard',
    retry_limit: 5,
    retry_delay: 2,
    retry_delay_max: 3600,
    retry_backoff: true,
    // The worker ends it after 300; a minute later the database would.
    expire_seconds: 360,
    days_kept: 14,
  })
})

test('opening again with the same definition writes nothing', async () => {
  const before = await queueOf('test.report')
  await openWith(report)
  expect(await queueOf('test.report')).toEqual(before)
})

test('a changed definition changes its queue, also from many at a time to one per key', async () => {
  await openWith({ ...report, timeoutSeconds: 30, retry: { limit: 1 }, singletonKey: ({ day }) => day }, 30)
  expect(await queueOf('test.report')).toMatchObject({
    policy: 'exclusive',
    retry_limit: 1,
    expire_seconds: 90,
    days_kept: 30,
  })

  const { queue, contexts } = buildHouse(db, { jobs: [{ ...report, singletonKey: ({ day }) => day }] })
  await queue.open()
  const context = contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  expect(await context.enqueue(report, { day: 'monday' })).not.toBeNull()
  expect(await context.enqueue(report, { day: 'monday' })).toBeNull()
  await queue.stop()
})

for (const name of ['report', 'other.report', 'test.Report', 'test.', 'test.re port'])
  test(`a job of the plugin "test" cannot be named "${name}"`, () => {
    expect(() => buildHouse(db, { jobs: [{ ...report, name }] })).toThrow(`job "${name}" must be named "test."`)
  })

test('two jobs of one name stop the start', () => {
  expect(() => buildHouse(db, { jobs: [report, report] })).toThrow('both define the job "test.report"')
})
