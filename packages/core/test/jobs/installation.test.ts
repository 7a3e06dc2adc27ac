import { join } from 'node:path'
import { PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { getRollbackPlans } from 'pg-boss'
import { afterAll, expect, test } from 'vitest'
import { Database } from '../../src/data/database.ts'
import { migrate, readMigrations } from '../../src/data/migrate.ts'
import type { PrismaClientClass } from '../../src/data/prismaTypes.ts'
import { JobQueue } from '../../src/jobs/jobQueue.ts'
import { emptyDatabase } from '../../src/testing/index.ts'
import { buildHouse } from './house.ts'

const urls = await emptyDatabase()
const owner = new pg.Client(urls.owner)
const db = new Database({
  appUrl: urls.app,
  systemUrl: urls.system,
  prisma: PrismaClient as unknown as PrismaClientClass,
})
afterAll(async () => {
  await owner.end()
  await db.close()
})
await owner.connect()
await migrate(owner, await readMigrations(join(import.meta.dirname, '../../../../prisma/migrations')))

const policies = () =>
  owner
    .query(`select tablename || ' ' || policyname as policy from pg_policies where schemaname = 'pgboss' order by 1`)
    .then(({ rows }) => rows.map(({ policy }) => policy))
const everyPolicy = [
  'job owner',
  'job system',
  'job workspace',
  'job_common owner',
  'job_common system',
  'job_common workspace',
]

test('a queue without its tables does not open, and says what to do', async () => {
  const { queue } = buildHouse(db)
  await expect(queue.open()).rejects.toMatchObject({
    code: 'JOBS_NOT_INSTALLED',
    message: expect.stringContaining('Migrate the database first.'),
  })
})

test('servers that start together install once', async () => {
  await Promise.all([1, 2, 3].map(() => JobQueue.install(urls.owner)))
  expect(await policies()).toEqual(everyPolicy)
  expect((await owner.query('select count(*)::int as count from pgboss.version')).rows).toEqual([{ count: 1 }])
})

test('installing again changes nothing, so it locks nothing that others use', async () => {
  const oids = () => owner.query(`select oid from pg_policy order by 1`).then(({ rows }) => rows)
  const before = await oids()
  await JobQueue.install(urls.owner)
  expect(await oids()).toEqual(before)
})

test('the server runs with a role that owns nothing: it opens, works and stops', async () => {
  const { queue } = buildHouse(db)
  await queue.start({ work: true })
  await queue.stop()
  const { rows } = await owner.query(
    `select tableowner from pg_tables where schemaname = 'pgboss' and tableowner like 'espalier_%'`,
  )
  expect(rows).toEqual([])
})

test('an older version of the tables is brought up to date, and protected again', async () => {
  const [{ version }] = (await owner.query('select version from pgboss.version')).rows
  await owner.query(getRollbackPlans('pgboss', version))
  await expect(buildHouse(db).queue.open()).rejects.toMatchObject({ code: 'JOBS_NOT_INSTALLED' })
  await JobQueue.install(urls.owner)
  expect((await owner.query('select version from pgboss.version')).rows).toEqual([{ version }])
  expect(await policies()).toEqual(everyPolicy)
  expect((await owner.query(`select 1 from pgboss.bam where status <> 'completed'`)).rows).toEqual([])
  const { queue } = buildHouse(db)
  await queue.open()
  await queue.stop()
})
