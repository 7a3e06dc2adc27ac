import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { findJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { crew, crewTables, hangsOnce, shared, stepTaken } from './crew.ts'
import { startHouse } from './house.ts'

const { db, urls, createWorkspace } = await testDatabase()
const owner = new pg.Client(urls.owner)
await owner.connect()
await owner.query(crewTables)
await owner.end()

// This process enqueues and watches; only the crew's processes work.
const { contexts } = await startHouse(db, { ...crew, work: false })
const system = { type: 'system', name: 'test' } as const

let workers: ChildProcess[] = []
afterAll(() => Promise.all(workers.map(kill)))

/** Sees to it that so many are at work. */
async function workersAtWork(count: number): Promise<void> {
  workers = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  await Promise.all(Array.from({ length: count - workers.length }, startWorker))
}

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
  await eventually(async () => expect(await linesOf(id)).toEqual(['attempt 0']))
  await kill(first)
  expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({ status: 'running' })

  await workersAtWork(1)
  await eventually(async () =>
    expect(await findJob(db.workspace(workspaceId), id)).toMatchObject({ status: 'completed', attempts: 2 }),
  )
  expect(await linesOf(id)).toEqual(['attempt 0', 'attempt 1'])
})

test('two workers share the jobs and never run one twice', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  await workersAtWork(2)
  const ids: (string | null)[] = []
  for (let batch = 0; batch < 5; batch++)
    ids.push(
      ...(await context.transaction((tx) => Promise.all(Array.from({ length: 40 }, () => tx.enqueue(shared, {}))))),
    )
  await eventually(async () =>
    expect(
      await db.workspace(workspaceId).query(sql`select state::text, count(*)::int from pgboss.job group by state`),
    ).toEqual([{ state: 'completed', count: 200 }]),
  )
  const runs = await db.system.query<{ key: string; line: string }>(
    sql`select "key", "line" from "TestLog" where "key" = any(${ids})`,
  )
  expect(runs).toHaveLength(200)
  expect(new Set(runs.map(({ key }) => key)).size).toBe(200)
})

test('two workers handle the events of a key in order, each once, also when deliveries fail', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  const walkers = Array.from({ length: 4 }, (_, number) => `walker ${number} of ${workspaceId}`)
  const steps = Array.from({ length: 12 }, (_, step) => step)
  await workersAtWork(2)
  for (const step of steps)
    await context.transaction(async (tx) => {
      for (const [number, walker] of walkers.entries())
        await tx.publish(stepTaken, { walker, step, stumbles: step % 6 === number })
    })
  await eventually(async () => {
    for (const walker of walkers) expect(await linesOf(walker)).toHaveLength(steps.length)
  })
  for (const walker of walkers) expect(await linesOf(walker)).toEqual(steps.map(String))
  expect(await db.system.query(sql`select count(*)::int as count from "TestStumble"`)).toEqual([{ count: 8 }])
})
