import { PgBoss } from 'pg-boss'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { findJob, lookUpJob } from '../../src/jobs/ledger.ts'
import { pruneHandledEvents } from '../../src/jobs/schedules.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()
const hello = defineJob({ name: 'test.hello', input: z.object({}), retry: { limit: 0 }, run: async () => 'hello' })
const hang = defineJob({
  name: 'test.hang',
  input: z.object({}),
  retry: { limit: 0 },
  run: () => new Promise(() => {}),
})
const { queue, contexts } = await startHouse(db, { jobs: [hello, hang] })
const workspaceId = await createWorkspace()
const own = db.workspace(workspaceId)
const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })

// pg-boss's maintenance as a worker runs it every minute, now, and with the same role.
const problems: unknown[] = []
const keeper = new PgBoss({
  db: { executeSql: (text, values) => db.system.pool.query(text, values as unknown[]) },
  migrate: false,
  supervise: false,
  schedule: false,
  reindex: false,
  monitorIntervalSeconds: 1,
  maintenanceIntervalSeconds: 1,
})
for (const event of ['error', 'warning'] as const) keeper.on(event, (problem: unknown) => problems.push(problem))
await keeper.start()
afterAll(() => keeper.stop({ close: false }))

/** As if the rows of the queue table had last been looked after an hour ago. */
async function maintain() {
  await db.system.query(
    sql`update pgboss.queue set monitor_claim_on = now() - interval '1 hour', maintain_on = now() - interval '1 hour'`,
  )
  await keeper.supervise()
  expect(problems).toEqual([])
}

test('an ended job is kept for two weeks and then deleted', async () => {
  const [young, old] = [(await context.enqueue(hello, {})) as string, (await context.enqueue(hello, {})) as string]
  for (const id of [young, old])
    await eventually(async () => expect(await findJob(own, id)).toMatchObject({ status: 'completed' }))
  await db.system.query(
    sql`update pgboss.job set completed_on = now() - interval '13 days 23 hours' where id = ${young}`,
  )
  await db.system.query(sql`update pgboss.job set completed_on = now() - interval '14 days 1 hour' where id = ${old}`)
  await maintain()
  expect(await lookUpJob(own, young)).not.toBeNull()
  expect(await lookUpJob(own, old)).toBeNull()
})

test('a run whose process hangs as a whole is ended by the database, after its time-out', async () => {
  const id = (await context.enqueue(hang, {})) as string
  await eventually(async () => expect(await findJob(own, id)).toMatchObject({ status: 'running' }))
  await db.system.query(sql`update pgboss.job set started_on = now() - interval '361 seconds' where id = ${id}`)
  await maintain()
  expect(await findJob(own, id)).toMatchObject({
    status: 'failed',
    error: { code: 'JOB_TIMED_OUT', message: 'job timed out.' },
  })
})

test('marks of handled events go when their event cannot come back', async () => {
  const [recent, ancient] = [uuidv7(), uuidv7()]
  await own.query(sql`insert into "HandledEvent" ("handler", "eventId", "at")
    values ('test', ${recent}, now() - interval '43 days'), ('test', ${ancient}, now() - interval '45 days')`)
  const id = await queue.enqueue(null, db.system, pruneHandledEvents, {})
  await eventually(async () =>
    expect(await db.system.query(sql`select output from pgboss.job where id = ${id}`)).toEqual([
      { output: { result: { pruned: 1 } } },
    ]),
  )
  expect(await own.query(sql`select "eventId" from "HandledEvent"`)).toEqual([{ eventId: recent }])
})
