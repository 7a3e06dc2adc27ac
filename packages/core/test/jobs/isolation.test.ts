import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { cancelJob, findJob, retryJob } from '../../src/jobs/ledger.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const secret = defineJob({
  name: 'test.secret',
  input: z.object({ secret: z.string() }),
  singletonKey: ({ secret }) => secret,
  run: async () => {},
})
const { contexts } = await startHouse(db, { jobs: [secret], work: false })
const system = { type: 'system', name: 'test' } as const

const mine = await createWorkspace()
const theirs = await createWorkspace()
const id = (await contexts.workspace(theirs, system).enqueue(secret, { secret: 'recipe' })) as string

test('a workspace finds its own job and nobody else does', async () => {
  expect(await findJob(db.workspace(theirs), id)).toMatchObject({ payload: { secret: 'recipe' }, status: 'queued' })
  await expect(findJob(db.workspace(mine), id)).rejects.toThrow(`There is no Job "${id}" in this workspace`)
})

test('a workspace cannot cancel or retry a job of another', async () => {
  await expect(cancelJob(db.workspace(mine), id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(retryJob(db.workspace(mine), id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await findJob(db.workspace(theirs), id)).toMatchObject({ status: 'queued' })
})

for (const table of ['pgboss.job', 'pgboss.job_common']) {
  test(`raw SQL of the app role over ${table} neither sees nor touches another workspace's job`, async () => {
    const own = db.workspace(mine)
    expect(await own.query({ text: `select id from ${table} where id = $1`, values: [id] })).toEqual([])
    expect(await own.query({ text: `update ${table} set state = 'cancelled' returning id`, values: [] })).toEqual([])
    await expect(own.query({ text: `delete from ${table}`, values: [] })).rejects.toThrow('permission denied')
    await expect(own.query({ text: `update ${table} set group_id = 'x'`, values: [] })).rejects.toThrow(
      'permission denied',
    )
    const forged = own.query({
      text: `insert into ${table} (name, group_id) values ('test.secret', $1)`,
      values: [theirs],
    })
    await expect(forged).rejects.toThrow('row-level security')
    const system = own.query({ text: `insert into ${table} (name) values ('kernel.fan-out')`, values: [] })
    await expect(system).rejects.toThrow('row-level security')
  })
}

test("a workspace's key is not in the way of another's, not even by raw SQL", async () => {
  expect(await contexts.workspace(mine, system).enqueue(secret, { secret: 'recipe' })).not.toBeNull()
  const squatting = db.workspace(mine).query(sql`insert into pgboss.job_common (name, group_id, policy, singleton_key)
    values ('test.secret', ${mine}, 'exclusive', ${`${theirs}:next`})`)
  await expect(squatting).rejects.toThrow('row-level security')
})

test('without a workspace the app role sees no job, and other tables of the queue are closed to it', async () => {
  const own = db.workspace(mine)
  for (const table of ['schedule', 'version', 'bam', 'warning', 'subscription'])
    await expect(own.query({ text: `select * from pgboss.${table}`, values: [] })).rejects.toThrow('permission denied')
  await expect(own.query({ text: 'select singletons_active from pgboss.queue', values: [] })).rejects.toThrow(
    'permission denied',
  )
})

test('every table that holds jobs is under forced row level security', async () => {
  const tables = await db.system.query<{ name: string; forced: boolean }>(sql`select relid::regclass::text as name,
    (select relrowsecurity and relforcerowsecurity from pg_class where oid = relid) as forced from pg_partition_tree('pgboss.job')`)
  expect(tables).toEqual([
    { name: 'pgboss.job', forced: true },
    { name: 'pgboss.job_common', forced: true },
  ])
})
