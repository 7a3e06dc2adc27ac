/**
 * npm run bench -- jobs
 *
 * How fast are jobs put on the queue, started and worked off? The house's queue beside pg-boss by itself (as
 * it comes, and tuned) and graphile-worker, in turns on one PostgreSQL. graphile-worker is no dependency; it
 * takes part after `npm install --no-save graphile-worker`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { PrismaClient } from '@espalier/prisma'
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

const rounds = Number(process.env.ROUNDS ?? 5)
const jobCount = Number(process.env.JOBS ?? 2000)
const samples = Number(process.env.SAMPLES ?? 100)
const concurrency = 20

/** A queue with one job that does nothing. */
interface Contender {
  enqueue(): Promise<unknown>
  /** Begins to work; calls `ran` for each job. */
  work(ran: () => void): Promise<void>
  stop(): Promise<void>
  /** So slow that it is measured for a few seconds instead of to the end. */
  slow?: boolean
}

interface Figures {
  enqueued: number
  worked: number
  p50: number
  p99: number
}

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
try {
  const passwords = { app: 'app', system: 'system' }
  const owner = new pg.Client(postgres.url)
  await owner.connect()
  await provisionRoles(owner, passwords)
  await migrate(owner, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
  await owner.end()
  await JobQueue.install(postgres.url)

  const tuned = { batchSize: 50, localConcurrency: 4, pollingIntervalSeconds: 0.5 }
  const contenders: [name: string, open: () => Promise<Contender | undefined>][] = [
    [`this house, ${concurrency} at a time`, () => house(passwords)],
    ['pg-boss, work() as it comes', () => bareBoss('boss_plain', {})],
    ['pg-boss, 4 × 50 every 0.5 s', () => bareBoss('boss_tuned', tuned)],
    [`graphile-worker, ${concurrency} at a time`, graphile],
  ]
  const figures = new Map<string, Figures[]>()
  for (let round = 0; round < rounds; round++)
    for (const [name, open] of contenders) {
      if (!name.includes(process.env.ONLY ?? '')) continue
      const contender = await open()
      if (!contender) continue
      figures.set(name, [...(figures.get(name) ?? []), await measure(contender)])
      await contender.stop()
    }
  print(figures)
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(contender: Contender): Promise<Figures> {
  const enqueueing = performance.now()
  let left = jobCount
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left-- > 0) await contender.enqueue()
    }),
  )
  const enqueued = (jobCount * 1000) / (performance.now() - enqueueing)

  let ran = 0
  let heard = () => {}
  await contender.work(() => {
    ran++
    heard()
  })
  const working = performance.now()
  const before = ran
  const limit = contender.slow ? 5_000 : 120_000
  while (ran < jobCount && performance.now() - working < limit) await setTimeout(5)
  const worked = ((ran - before) * 1000) / (performance.now() - working)
  if (contender.slow) return { enqueued, worked, p50: Number.NaN, p99: Number.NaN }

  const latencies: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    await setTimeout(sample % 7)
    const { promise, resolve } = Promise.withResolvers<void>()
    heard = resolve
    const start = performance.now()
    await contender.enqueue()
    await promise
    latencies.push(performance.now() - start)
  }
  latencies.sort((a, b) => a - b)
  const quantile = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] as number
  return { enqueued, worked, p50: quantile(0.5), p99: quantile(0.99) }
}

function print(figures: Map<string, Figures[]>): void {
  const [ours = []] = [...figures.values()]
  const digits = (value: number) => (Number.isNaN(value) ? '' : value.toFixed(value < 10 ? 1 : 0))
  const middle = (all: Figures[], figure: keyof Figures) => digits(median(all.map((each) => each[figure])))
  console.log(
    `\n${jobCount} jobs that do nothing, then the start of ${samples} more, one at a time; median of ${rounds} rounds\n`,
  )
  console.log('| queue | enqueued/s (8 at a time) | worked off/s | ours to it | start p50 ms | p99 ms |')
  console.log('|---|---:|---:|---:|---:|---:|')
  for (const [name, all] of figures) {
    const ratio = digits(median(all.map(({ worked }, round) => (ours[round]?.worked ?? Number.NaN) / worked)))
    console.log(
      `| ${name} | ${middle(all, 'enqueued')} | ${middle(all, 'worked')} | ${ratio} | ${middle(all, 'p50')} | ${middle(all, 'p99')} |`,
    )
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number
}

/** Enqueued through a workspace's context, by the role that is bound by policies; run with a context each. */
async function house(passwords: { app: string; system: string }): Promise<Contender> {
  const database = new Database({
    appUrl: urlAs(postgres.url, appRole, passwords.app),
    systemUrl: urlAs(postgres.url, systemRole, passwords.system),
    prisma: PrismaClient as unknown as PrismaClientClass,
  })
  const workspaceId = uuidv7()
  await database.system.query(
    sql`insert into "Workspace" ("id", "name", "slug") values (${workspaceId}, 'Bench', ${workspaceId})`,
  )
  let ran = () => {}
  const nothing = defineJob({ name: 'bench.nothing', input: z.object({}), concurrency, run: async () => ran() })
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
  const context = contexts.workspace(workspaceId, { type: 'system', name: 'bench' })
  return {
    enqueue: () => context.enqueue(nothing, {}),
    work: async (callback) => {
      ran = callback
      await queue.start({ work: true })
    },
    stop: async () => {
      await queue.stop()
      await database.close()
    },
  }
}

async function bareBoss(schema: string, options: object): Promise<Contender> {
  const boss = new PgBoss({ connectionString: postgres.url, schema })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue('nothing')
  return {
    enqueue: () => boss.send('nothing', {}),
    work: async (ran) => {
      await boss.work('nothing', options, async (jobs) => {
        for (const _job of jobs) ran()
      })
    },
    stop: () => boss.stop(),
    slow: Object.keys(options).length === 0,
  }
}

async function graphile(): Promise<Contender | undefined> {
  // Named so that it stays optional; GRAPHILE_WORKER may say where it lies.
  const name = process.env.GRAPHILE_WORKER ?? 'graphile-worker'
  const worker = await import(name).catch(() => undefined)
  if (!worker) {
    console.log('graphile-worker is not installed, so it does not take part.')
    return undefined
  }
  const { makeWorkerUtils, run, Logger } = worker
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ connectionString: postgres.url, logger })
  await utils.migrate()
  let runner: { stop(): Promise<void> } | undefined
  return {
    enqueue: () => utils.addJob('nothing', {}),
    work: async (ran) => {
      const taskList = { nothing: async () => ran() }
      runner = await run({ connectionString: postgres.url, concurrency, taskList, logger, noHandleSignals: true })
    },
    stop: async () => {
      await runner?.stop()
      await utils.release()
    },
  }
}
