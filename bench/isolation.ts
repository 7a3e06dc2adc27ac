/**
 * npm run bench -- isolation
 *
 * What does it cost that PostgreSQL keeps the workspaces apart? The same 20 rows of one workspace among 200,
 * read in every way that there is, in alternating rounds on a database of its own. Prints the median of the
 * rounds, and of the ratio to plain pg within each round, so that a noisy machine disturbs all ways alike.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrismaClient } from '@espalier/prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { Database } from '../packages/core/src/data/database.ts'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../packages/core/src/data/migrate.ts'
import type { PrismaClientClass } from '../packages/core/src/data/prismaTypes.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../packages/core/src/data/roles.ts'
import { prepared } from '../packages/core/src/data/sql.ts'

const rounds = Number(process.env.ROUNDS ?? 9)
const sliceMs = Number(process.env.SLICE_MS ?? 400)
const connections = 8
const rowsEach = 20

/** One way to read a workspace's rows. @returns how many it saw */
type Way = (workspaceId: string) => Promise<number>

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
try {
  await compare(await seed())
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function compare(workspaces: string[]): Promise<void> {
  const { ways, close } = makeWays()
  for (const [name, way] of Object.entries(ways))
    for (const id of workspaces.slice(0, 50)) {
      const seen = await way(id)
      if (seen !== rowsEach) throw new Error(`"${name}" saw ${seen} rows, not ${rowsEach}.`)
    }
  for (const concurrency of [connections, 1]) {
    const figures = new Map(Object.keys(ways).map((name) => [name, [] as number[]]))
    for (let round = 0; round <= rounds; round++) {
      const order = Object.entries(ways)
      // Another one begins each round; the first round warms up and does not count.
      for (const [name, way] of [...order.slice(round % order.length), ...order.slice(0, round % order.length)]) {
        const perSecond = await measure(way, workspaces, concurrency)
        if (round > 0) figures.get(name)?.push(perSecond)
      }
    }
    print(figures, concurrency)
  }
  await close()
}

async function measure(way: Way, workspaces: string[], concurrency: number): Promise<number> {
  const start = performance.now()
  let done = 0
  const worker = async (first: number) => {
    for (let n = first; performance.now() - start < sliceMs; n += 7) {
      await way(workspaces[n % workspaces.length] as string)
      done++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, (_, index) => worker(index * 13)))
  return (done * 1000) / (performance.now() - start)
}

function print(figures: Map<string, number[]>, concurrency: number): void {
  const columns = [...figures.keys()]
  const plain = figures.get(columns[0] as string) as number[]
  const plainPrisma = figures.get('Prisma, no isolation') as number[]
  const ratio = (values: number[], base: number[]) =>
    median(values.map((value, round) => value / (base[round] as number))).toFixed(2)
  console.log(`\n${concurrency} at a time over ${connections} connections, median of ${rounds} rounds\n`)
  console.log('| way | queries/s | to plain pg | to plain Prisma | µs each |\n|---|---:|---:|---:|---:|')
  for (const [name, values] of figures) {
    const perSecond = median(values)
    const toPrisma = name.startsWith('Prisma') ? ratio(values, plainPrisma) : ''
    console.log(
      `| ${name} | ${Math.round(perSecond)} | ${ratio(values, plain)} | ${toPrisma} | ${Math.round((concurrency * 1e6) / perSecond)} |`,
    )
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.ceil((sorted.length - 1) / 2)] as number)) /
    2
  )
}

function makeWays(): { ways: Record<string, Way>; close: () => Promise<void> } {
  const app = urlAs(postgres.url, appRole, 'app')
  const columns = `select "handler", "eventId", "at" from "HandledEvent"`
  const ofWorkspace = `${columns} where "workspaceId" = $1`
  const enter = `select set_config('app.workspace', $1, true)`

  // Plain: as the owner, whom no policy restrains, with the workspace in the query.
  const plain = new pg.Pool({ connectionString: postgres.url, max: connections })
  const byHand = new pg.Pool({ connectionString: app, max: connections })
  const plainPrisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: postgres.url, max: connections }) })
  const appPrisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: app, max: connections }) })
  const db = new Database({
    ...{ appUrl: app, systemUrl: urlAs(postgres.url, systemRole, 'system'), poolSize: connections },
    prisma: PrismaClient as unknown as PrismaClientClass,
  })
  const statement = { text: columns, values: [] }
  const preparedStatement = prepared('bench', columns)
  const select = { handler: true, eventId: true, at: true } as const

  const ways: Record<string, Way> = {
    'pg, no isolation': async (id) => (await plain.query(ofWorkspace, [id])).rows.length,
    'pg, workspace door': async (id) => (await db.workspace(id).query(statement)).length,
    'pg prepared, no isolation': async (id) =>
      (await plain.query({ name: 'bench', text: ofWorkspace, values: [id] })).rows.length,
    'pg prepared, workspace door': async (id) => (await db.workspace(id).query(preparedStatement())).length,
    'pg, begin + set_config + query + commit': async (id) => {
      const client = await byHand.connect()
      await client.query('begin')
      await client.query(enter, [id])
      const { rows } = await client.query(columns)
      await client.query('commit')
      client.release()
      return rows.length
    },
    'Prisma, no isolation': async (workspaceId) =>
      (await plainPrisma.handledEvent.findMany({ where: { workspaceId }, select })).length,
    'Prisma, workspace door': async (id) => (await db.workspace(id).prisma.handledEvent.findMany({ select })).length,
    'Prisma, $transaction([set_config, query])': async (id) => {
      const [, rows] = await appPrisma.$transaction([
        appPrisma.$executeRaw`select set_config('app.workspace', ${id}, true)`,
        appPrisma.handledEvent.findMany({ select }),
      ])
      return rows.length
    },
    'Prisma, interactive $transaction': async (id) =>
      appPrisma.$transaction(async (tx) => {
        await tx.$executeRaw`select set_config('app.workspace', ${id}, true)`
        return (await tx.handledEvent.findMany({ select })).length
      }),
  }
  const close = async () => {
    await Promise.all([plain.end(), byHand.end(), plainPrisma.$disconnect(), appPrisma.$disconnect(), db.close()])
  }
  return { ways, close }
}

async function seed(): Promise<string[]> {
  const owner = new pg.Client(postgres.url)
  await owner.connect()
  await provisionRoles(owner, { app: 'app', system: 'system' })
  await migrate(owner, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
  const ids = Array.from({ length: 200 }, () => uuidv7())
  await owner.query(
    `insert into "HandledEvent" ("workspaceId", "handler", "eventId")
     select id, 'handler ' || n, gen_random_uuid() from unnest($1::uuid[]) as id, generate_series(1, $2::int) as n`,
    [ids, rowsEach],
  )
  await owner.query('vacuum analyze')
  await owner.end()
  return ids
}
