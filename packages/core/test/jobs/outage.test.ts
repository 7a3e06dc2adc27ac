import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { findJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from './house.ts'

const { db, urls, createWorkspace } = await testDatabase()
const owner = new pg.Client(urls.owner)
await owner.connect()
afterAll(() => owner.end())

const begun = gate()
const end = gate()
const long = defineJob({
  name: 'test.long',
  input: z.object({}),
  run: async () => {
    begun.resolve()
    await end.promise
    return 'through'
  },
})
const short = defineJob({ name: 'test.short', input: z.object({}), run: async () => 'short' })
const { contexts } = await startHouse(db, { jobs: [long, short], heartbeatMs: 50, lostAfterMs: 2_000 })

const cutEverybodyOff = () =>
  owner.query(`select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and usename like 'espalier_%'`)

test('when every connection is cut, runs go on, their end is recorded, and work goes on without a restart', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const id = (await context.enqueue(long, {})) as string
  await begun.promise
  await cutEverybodyOff()
  // The end of the run falls on connections that are gone.
  end.resolve()
  await cutEverybodyOff()
  await eventually(async () =>
    expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({
      status: 'completed',
      result: 'through',
      attempts: 1,
    }),
  )
  // Heard of although the listener's connection was cut too.
  const next = (await eventually(() => context.enqueue(short, {}))) as string
  await eventually(async () =>
    expect(await findJob(db.workspace(workspaceId), next)).toMatchObject({ status: 'completed' }),
  )
})
