import { PgBoss } from 'pg-boss'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob, defineSystemJob } from '../../src/jobs/defineJob.ts'
import { tickId } from '../../src/jobs/schedules.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { buildHouse, startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()
const workspaces = [await createWorkspace(), await createWorkspace(), await createWorkspace()].sort()
const everyMinute = { cron: '* * * * *', timeZone: 'Europe/Paris' }

const digest = defineJob({
  name: 'test.digest',
  input: z.object({ days: z.number().default(7) }),
  schedule: everyMinute,
  run: async ({ days }) => days,
})
const sweep = defineSystemJob({
  name: 'test.sweep',
  input: z.object({}),
  schedule: everyMinute,
  run: async () => 'swept',
})
const old = defineSystemJob({ name: 'test.old', input: z.object({}), schedule: everyMinute, run: async () => {} })

const schedules = () =>
  db.system
    .query<{ schedule: string }>(
      sql`select concat_ws(' ', nullif(key, ''), name, cron, timezone) as schedule from pgboss.schedule order by 1`,
    )
    .then((rows) => rows.map(({ schedule }) => schedule))
const runsOf = (name: string) =>
  db.system.query<{ id: string; workspaceId: string; output: unknown }>(
    sql`select id, group_id as "workspaceId", output from pgboss.job where name = ${name} and state = 'completed' order by group_id`,
  )

test('a minute that has just begun runs a workspace job once for each workspace and a system job once', async () => {
  await startHouse(db, { jobs: [digest, sweep, old] })
  await eventually(async () => expect(await runsOf('test.digest')).toHaveLength(3))
  const runs = await runsOf('test.digest')
  expect(runs.map(({ workspaceId }) => workspaceId)).toEqual(workspaces)
  expect(runs.map(({ output }) => output)).toEqual([{ result: 7 }, { result: 7 }, { result: 7 }])
  await eventually(async () => expect(await runsOf('test.sweep')).toMatchObject([{ output: { result: 'swept' } }]))
})

test('a tick that is delivered again adds nothing', async () => {
  const before = await runsOf('test.digest')
  const [tick] = await runsOf('kernel.fan-out')
  await db.system.query(
    sql`update pgboss.job set state = 'retry', output = null, completed_on = null where name = 'kernel.fan-out' and id = ${tick?.id}`,
  )
  await eventually(async () => expect((await runsOf('kernel.fan-out')).map(({ id }) => id)).toContain(tick?.id))
  expect((await runsOf('test.digest')).filter(({ id }) => before.some((run) => run.id === id))).toEqual(before)
  const [row] = await db.system.query(
    sql`select count(*)::int as count from pgboss.job where name = 'test.digest' and created_on <= (select completed_on from pgboss.job where id = ${tick?.id})`,
  )
  const ticks = await runsOf('kernel.fan-out')
  expect(row).toEqual({ count: 3 * ticks.length })
})

test('schedules of jobs that are gone are removed at the next start, changed ones are changed', async () => {
  expect(await schedules()).toContain('test.old * * * * * Europe/Paris')
  await startHouse(db, { jobs: [{ ...digest, schedule: { cron: '0 6 * * 1' } }, sweep] })
  expect(await schedules()).toEqual([
    'kernel.prune-handled-events 23 3 * * * UTC',
    'test.digest kernel.fan-out 0 6 * * 1 UTC',
    'test.sweep * * * * * Europe/Paris',
  ])
})

for (const [problem, schedule] of [
  ['cron expression', { cron: 'every day' }],
  ['time zone', { cron: '0 9 * * *', timeZone: 'Europe/Pari' }],
] as const)
  test(`a ${problem} that does not exist stops the start and is named`, async () => {
    const { queue } = buildHouse(db, { jobs: [{ ...sweep, schedule }] })
    await expect(queue.start({ work: true })).rejects.toMatchObject({
      code: 'SCHEDULE_INVALID',
      message: expect.stringContaining('job "test.sweep"'),
    })
    await queue.stop()
  })

test('a job with a schedule must accept an empty input', () => {
  const greedy = defineJob({
    name: 'test.greedy',
    input: z.object({ page: z.string() }),
    schedule: everyMinute,
    run: async () => {},
  })
  expect(() => buildHouse(db, { jobs: [greedy] })).toThrow('its input must accept {}')
})

test("a tick's job has the same UUIDv7 in a workspace each time, and another in another", () => {
  const at = new Date('2026-11-21T08:00:00Z')
  const id = tickId(at, 'tick', 'workspace')
  expect(id).toBe(tickId(at, 'tick', 'workspace'))
  expect(id).not.toBe(tickId(at, 'tick', 'other'))
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime())
  expect(id).toMatch(/^01a1fd1e-8c00-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

// What schedules stand on: pg-boss's reading of cron in a time zone. Europe/Paris leaves 02:00-03:00 out on
// 2026-03-29 and has it twice on 2026-10-25.
const upcoming = async (cron: string, from: string, count: number) => {
  const boss = new PgBoss({ db: { executeSql: async () => ({ rows: [] }) } })
  const dates = await boss.previewSchedule(cron, { tz: 'Europe/Paris', from: new Date(from), count })
  return dates.map((date) => new Date(date).toISOString().slice(0, 16))
}

test('a time of day stays that time of day across a change of clocks', async () => {
  expect(await upcoming('0 9 * * *', '2026-03-28T00:00:00Z', 2)).toEqual(['2026-03-28T08:00', '2026-03-29T07:00'])
  expect(await upcoming('0 9 * * *', '2026-10-24T00:00:00Z', 2)).toEqual(['2026-10-24T07:00', '2026-10-25T08:00'])
})

test('a time that the change of clocks leaves out runs an hour later, one that comes twice runs the first time', async () => {
  expect(await upcoming('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:30', '2026-03-30T00:30'])
  expect(await upcoming('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
})
