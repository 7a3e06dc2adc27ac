/**
 * npm run bench -- jobs
 *
 * How many jobs that do nothing go through a second: put on the queue one by one, by twenty callers, started, and written
 * down as done? The kernel's queue (by the role that policies bind, each run with a context of its workspace, its outcome kept)
 * beside pg-boss and graphile-worker by themselves, in turns on one PostgreSQL. pg-boss takes part three times: its own worker
 * with notifications and bursts, as its types advise for busy queues; and by hand, without any pacing, which is the most that its
 * tables give: each job completed by itself, or all of a batch at once. graphile-worker has its local queue and batched completion on.
 *
 * Commits do not wait for the disk: all wait for it alike, and that would hide what the queues cost.
 *
 * Then, one job at a time on an idle queue: how long from `send` to its start?
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { PrismaClient } from '@espalier/prisma'
import { Logger, makeWorkerUtils, run as runGraphile } from 'graphile-worker'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { systemClock } from '../packages/core/src/clock.ts'
import { Database } from '../packages/core/src/data/database.ts'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../packages/core/src/data/migrate.ts'
import type { PrismaClientClass } from '../packages/core/src/data/prismaTypes.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../packages/core/src/data/roles.ts'
import { sql } from '../packages/core/src/data/sql.ts'
import { defineJob } from '../packages/core/src/jobs/defineJob.ts'
import { JobQueue } from '../packages/core/src/jobs/jobQueue.ts'
import type { Live } from '../packages/core/src/live/topic.ts'
import { systemRandom } from '../packages/core/src/random.ts'
import { Contexts } from '../packages/core/src/workspaceContext.ts'
import { type Contestant, compare } from './compare.ts'
import { cpuWith } from './postgresCpu.ts'

/** Jobs that run at a time. */
const concurrency = 200
const callers = 20

/** A queue with one job that does nothing, and a worker of it that is ready. */
interface Queue {
  readonly name: string
  enqueue(): Promise<unknown>
  /** Hears of each job that has run. */
  ran: () => void
  /** Works until it is told to stop, where no worker of its own does. */
  work?(going: () => boolean): Promise<void>
  stop(): Promise<void>
}

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
const queues: Queue[] = []
try {
  const passwords = { app: 'app', system: 'system' }
  const owner = new pg.Client(postgres.url)
  await owner.connect()
  await provisionRoles(owner, passwords)
  await migrate(owner, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
  await JobQueue.install(postgres.url)
  const cpu = await cpuWith(owner)

  const kernel = await ours(passwords)
  queues.push(kernel)
  const boss = await bareBoss('boss_work', true)
  queues.push(boss)
  const single = await bossByHand('pg-boss by hand, one by one', 'boss_single', 1)
  queues.push(single)
  const batch = await bossByHand('pg-boss by hand, batches of 50', 'boss_batch', 50)
  queues.push(batch)
  const worker = await graphile()
  queues.push(worker)

  await compare({
    key: 'jobs',
    title: 'Jobs',
    unit: 'jobs',
    sliceMs: 1_500,
    contestants: queues.map((queue) => ({ ...through(queue), cpu })),
    aims: [single, batch, boss, worker].map(({ name }) => ({
      of: kernel.name,
      beside: name,
      figure: 'rate',
      atLeast: 0.9,
    })),
    notes: [
      `${callers} callers; ${concurrency} jobs at a time, but 20 by hand one by one, on a pool of 10 connections each. A slice ends when all that it enqueued has run.`,
      'CPU is that of Node and PostgreSQL together. Commits do not wait for the disk.',
    ],
  })
  await compare({
    key: 'jobs-start',
    title: 'Start of a job',
    unit: 'jobs',
    contestants: [kernel, boss, worker].map((queue) => ({ ...started(queue), cpu })),
    aims: [],
    notes: ['One job at a time, on an idle queue, after a pause of 0 to 6 ms: milliseconds from `send` to its start.'],
  })
  await owner.end()
} finally {
  for (const queue of queues) await queue.stop()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

function through(queue: Queue): Contestant {
  return {
    name: queue.name,
    slice: async (milliseconds) => {
      let enqueued = 0
      let ran = 0
      let enqueueing = true
      queue.ran = () => ran++
      const working = queue.work?.(() => enqueueing || ran < enqueued)
      const until = performance.now() + milliseconds
      const call = async () => {
        while (performance.now() < until) {
          enqueued++
          await queue.enqueue()
        }
      }
      await Promise.all(Array.from({ length: callers }, call))
      enqueueing = false
      while (ran < enqueued) await setTimeout(1)
      await working
      return { done: ran }
    },
  }
}

function started(queue: Queue): Contestant {
  return {
    name: queue.name,
    slice: async (milliseconds) => {
      const latencies: number[] = []
      const until = performance.now() + milliseconds
      do {
        await setTimeout(latencies.length % 7)
        const { promise, resolve } = Promise.withResolvers<void>()
        queue.ran = resolve
        const start = performance.now()
        await queue.enqueue()
        await promise
        latencies.push(performance.now() - start)
      } while (performance.now() < until)
      return { done: latencies.length, latencies }
    },
  }
}

/** Enqueued through a workspace's context, by the role that is bound by policies; run with a context each. */
async function ours(passwords: { app: string; system: string }): Promise<Queue> {
  const database = new Database({
    appUrl: urlAs(postgres.url, appRole, passwords.app),
    systemUrl: urlAs(postgres.url, systemRole, passwords.system),
    prisma: PrismaClient as unknown as PrismaClientClass,
  })
  const workspaceId = uuidv7()
  await database.system.query(
    sql`insert into "Workspace" ("id", "name", "slug") values (${workspaceId}, 'Bench', ${workspaceId})`,
  )
  const nothing = defineJob({ name: 'bench.nothing', input: z.object({}), concurrency, run: async () => own.ran() })
  const log = pino({ level: 'warn' })
  const contexts: Contexts = new Contexts({
    database,
    live: {} as Live,
    log,
    clock: systemClock,
    random: systemRandom,
    enqueue: (db, job, input, options) => queue.enqueue(db.workspaceId, db, job, input, options),
    publish: async () => {},
    recordChanges: async () => {},
    committed: (db) => queue.committed(db),
  })
  const jobs = [{ plugin: 'bench', job: nothing, service: undefined }]
  const queue: JobQueue = new JobQueue({ database, jobs, contexts, log, clock: systemClock })
  await queue.open()
  await queue.start({ work: true })
  const context = contexts.workspace(workspaceId, { type: 'system', name: 'bench' })
  const own: Queue = {
    name: "Espalier's kernel",
    enqueue: () => context.enqueue(nothing, {}),
    ran: () => {},
    stop: async () => {
      await queue.stop()
      await database.close()
    },
  }
  return own
}

async function startedBoss(schema: string, notify: boolean): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: postgres.url, schema, max: 10, useListenNotify: notify })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue('nothing', { notify })
  return boss
}

/** With the worker that pg-boss brings. */
async function bareBoss(schema: string, notify: boolean): Promise<Queue> {
  const boss = await startedBoss(schema, notify)
  const own: Queue = {
    name: "pg-boss's worker",
    enqueue: () => boss.send('nothing', {}),
    ran: () => {},
    stop: () => boss.stop({ graceful: false }),
  }
  const settings = {
    batchSize: 50,
    localConcurrency: concurrency / 50,
    pollingIntervalSeconds: 0.5,
    burstWhenBatchFull: true,
  }
  await boss.work('nothing', settings, async (jobs) => {
    for (const _job of jobs) own.ran()
  })
  return own
}

async function bossByHand(name: string, schema: string, batchSize: number): Promise<Queue> {
  const boss = await startedBoss(schema, false)
  const own: Queue = {
    name,
    enqueue: () => boss.send('nothing', {}),
    ran: () => {},
    work: async (going) => {
      const loop = async () => {
        while (going()) {
          const jobs = await boss.fetch('nothing', { batchSize })
          if (jobs.length === 0) continue
          for (const _job of jobs) own.ran()
          await boss.complete(
            'nothing',
            jobs.map(({ id }) => id),
          )
        }
      }
      await Promise.all(Array.from({ length: batchSize === 1 ? 20 : concurrency / batchSize }, loop))
    },
    stop: () => boss.stop({ graceful: false }),
  }
  return own
}

async function graphile(): Promise<Queue> {
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ connectionString: postgres.url, logger })
  await utils.migrate()
  const own: Queue = {
    name: 'graphile-worker',
    enqueue: () => utils.addJob('nothing', {}),
    ran: () => {},
    stop: async () => {
      await runner.stop()
      await utils.release()
    },
  }
  const runner = await runGraphile({
    connectionString: postgres.url,
    maxPoolSize: 10,
    concurrency,
    taskList: { nothing: async () => own.ran() },
    logger,
    noHandleSignals: true,
    preset: { worker: { localQueue: { size: 2 * concurrency }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  })
  return own
}
