import { setTimeout } from 'node:timers/promises'
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
const outlived = { begun: gate(), end: gate(), runs: 0 }
const longer = defineJob({
  name: 'test.longer',
  input: z.object({}),
  run: async () => {
    outlived.runs++
    outlived.begun.resolve()
    await outlived.end.promise
    return 'through'
  },
})
const short = defineJob({ name: 'test.short', input: z.object({}), run: async () => 'short' })
const { contexts } = await startHouse(db, { jobs: [long, longer, short], heartbeatMs: 50, lostAfterMs: 2_000 })

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

test('a run that ends while every connection is taken is recorded once there is one, however long that takes', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const id = (await context.enqueue(longer, {})) as string
  await outlived.begun.promise
  const [{ name }] = (await owner.query('select current_database() as name')).rows as [{ name: string }]
  await owner.query(`alter database "${name}" connection limit 0`)
  await cutEverybodyOff()
  outlived.end.resolve()
  // Longer than what goes wrong for other reasons is tried again, and than a silent worker is waited for.
  await setTimeout(8_000)
  await owner.query(`alter database "${name}" connection limit -1`)
  await eventually(async () =>
    expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({
      status: 'completed',
      result: 'through',
      attempts: 1,
    }),
  )
  expect(outlived.runs).toBe(1)
})
