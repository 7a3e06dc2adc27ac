import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { findJob } from '../../src/jobs/ledger.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { crew, crewTables, hangsOnce, quick, stepTaken } from './crew.ts'
import { startHouse } from './house.ts'

const { db, urls, createWorkspace } = await testDatabase()
const owner = new pg.Client(urls.owner)
await owner.connect()
await owner.query(crewTables)
await owner.end()

// This process enqueues and watches; only the crew's processes work.
const { contexts } = await startHouse(db, { ...crew, work: false })
const system = { type: 'system', name: 'test' } as const

const workers: ChildProcess[] = []
afterEach(async () => {
  for (const worker of workers.splice(0)) await kill(worker)
})

async function startWorker(): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, 'crew.ts'), [urls.app, urls.system], { execArgv: [] })
  workers.push(worker)
  await once(worker, 'message')
  return worker
}

async function kill(worker: ChildProcess) {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const exited = once(worker, 'exit')
  worker.kill('SIGKILL')
  await exited
}

const linesOf = (key: string) =>
  db.system
    .query<{ line: string }>(sql`select "line" from "TestLog" where "key" = ${key} order by "at"`)
    .then((rows) => rows.map(({ line }) => line))

test('a job whose worker is killed in the middle of it runs again in another', async () => {
  const workspaceId = await createWorkspace()
  const first = await startWorker()
  const id = (await contexts.workspace(workspaceId, system).enqueue(hangsOnce, {})) as string
  await vi.waitFor(async () => expect(await linesOf(id)).toEqual(['attempt 0']), { timeout: 10_000 })
  await kill(first)
  expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({ status: 'running' })

  await startWorker()
  await vi.waitFor(
    async () =>
      expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({ status: 'completed', attempts: 2 }),
    { timeout: 15_000 },
  )
  expect(await linesOf(id)).toEqual(['attempt 0', 'attempt 1'])
})

test('two workers share the jobs and never run one twice', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  await Promise.all([startWorker(), startWorker()])
  const ids: (string | null)[] = []
  for (let batch = 0; batch < 10; batch++)
    ids.push(
      ...(await context.transaction((tx) => Promise.all(Array.from({ length: 40 }, () => tx.enqueue(quick, {}))))),
    )
  await vi.waitFor(
    async () =>
      expect(
        await db.workspace(workspaceId).query(sql`select state::text, count(*)::int from pgboss.job group by state`),
      ).toEqual([{ state: 'completed', count: 400 }]),
    { timeout: 20_000 },
  )
  const runs = await db.system.query<{ key: string; line: string }>(
    sql`select "key", "line" from "TestLog" where "key" = any(${ids})`,
  )
  expect(runs).toHaveLength(400)
  expect(new Set(runs.map(({ key }) => key)).size).toBe(400)
  expect(new Set(runs.map(({ line }) => line)).size).toBe(2)
})

test('two workers handle the events of a key in order, each once, also when deliveries fail', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  const walkers = Array.from({ length: 6 }, (_, number) => `walker ${number} of ${workspaceId}`)
  const steps = Array.from({ length: 20 }, (_, step) => step)
  await Promise.all([startWorker(), startWorker()])
  for (const step of steps)
    await context.transaction(async (tx) => {
      for (const [number, walker] of walkers.entries())
        await tx.publish(stepTaken, { walker, step, stumbles: step % 10 === number })
    })
  await vi.waitFor(
    async () => {
      for (const walker of walkers) expect(await linesOf(walker)).toHaveLength(steps.length)
    },
    { timeout: 30_000, interval: 200 },
  )
  for (const walker of walkers) expect(await linesOf(walker)).toEqual(steps.map(String))
  expect(await db.system.query(sql`select count(*)::int as count from "TestStumble"`)).toEqual([{ count: 12 }])
}, 60_000)
