/**
 * npm run bench -- isolation
 *
 * What does it cost that PostgreSQL keeps the workspaces apart? The same questions about one workspace among 200, through its
 * door (the app's role, policies, the workspace set beside each statement) and by a role that no policy binds, with the
 * workspace in the statement. What counts is CPU: this process's and that of every process of its PostgreSQL.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrismaClient } from '@espalier/prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { appPool, Database } from '../packages/core/src/data/database.ts'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../packages/core/src/data/migrate.ts'
import type { PrismaClientClass } from '../packages/core/src/data/prismaTypes.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../packages/core/src/data/roles.ts'
import { prepared, type Statement, sql } from '../packages/core/src/data/sql.ts'
import { type Aim, type Contestant, compare } from './compare.ts'
import { cpuWith } from './postgresCpu.ts'

const connections = 8
const rowsEach = 20

/** A question about a workspace. @returns how many rows it saw */
type Question = (workspaceId: string) => Promise<number>

/** The same question both ways. */
interface Pair {
  readonly name: string
  readonly free: Question
  readonly isolated: Question
}

/** Each question as SQL that is prepared by its name, as a template that is asked often, and as Prisma. */
const questions = {
  'list of 20': {
    columns: `select "handler", "eventId", "at" from "HandledEvent" where true`,
    tail: '',
  },
  'row by its id': {
    columns: `select "id", "name", "key", "createdAt", "updatedAt" from "TrackingSite" where "name" = 'Site 7'`,
    tail: '',
  },
  'join and count': {
    columns: `select site."id", site."name", count(minute."minute")::int as "minutes"
      from "TrackingSite" site join "TrackingMinute" minute on minute."siteId" = site."id" and minute."workspaceId" = site."workspaceId" where true`,
    tail: ' group by 1, 2',
  },
} as const

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
const owner = new pg.Pool({ connectionString: postgres.url, max: 1 })
try {
  await measure(await seed())
} finally {
  await owner.end()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(workspaces: readonly string[]): Promise<void> {
  const { pairs, close } = openPairs()
  for (const { name, free, isolated } of pairs)
    for (const id of workspaces.slice(0, 30)) {
      const [one, other] = [await free(id), await isolated(id)]
      if (one === 0 || one !== other)
        throw new Error(`"${name}" sees ${one} rows without policies and ${other} with them.`)
    }
  const cpu = await cpuWith(owner)
  const contestants = pairs.flatMap(({ name, free, isolated }): Contestant[] => [
    { name: `${name}, without policies`, slice: asking(free, workspaces), cpu },
    { name: `${name}, isolated`, slice: asking(isolated, workspaces), cpu },
  ])
  const aims = pairs.map(({ name }): Aim => {
    return { of: `${name}, isolated`, beside: `${name}, without policies`, figure: 'cpu', atMost: 1.15 }
  })
  await compare({
    key: 'isolation',
    title: 'Cost of isolation',
    unit: 'questions',
    contestants,
    aims,
    notes: [
      `${connections} at a time over ${connections} connections; ${workspaces.length} workspaces with ${rowsEach} rows each of what is listed.`,
      'CPU is that of Node and of all of PostgreSQL. Both ways see the same rows.',
    ],
    sliceMs: 500,
  })
  await close()
}

function asking(question: Question, workspaces: readonly string[]): Contestant['slice'] {
  return async (milliseconds) => {
    const latencies: number[] = []
    const end = performance.now() + milliseconds
    const worker = async (first: number) => {
      for (let n = first; performance.now() < end; n += 7) {
        const begun = performance.now()
        await question(workspaces[n % workspaces.length] as string)
        latencies.push(performance.now() - begun)
      }
    }
    await Promise.all(Array.from({ length: connections }, (_, index) => worker(index * 13)))
    return { done: latencies.length, latencies }
  }
}

/** A template as it stands in code. */
function templateOf(text: string): () => Statement {
  const parts = Object.assign([text], { raw: [text] })
  return () => sql(parts)
}

function openPairs(): { pairs: Pair[]; close: () => Promise<void> } {
  const app = urlAs(postgres.url, appRole, 'app')
  // With the settings of the product's own connections: a limit on how long statements may take costs something by itself.
  const settings = { appUrl: postgres.url, poolSize: connections }
  const plain = appPool(settings)
  const plainPrisma = new PrismaClient({ adapter: new PrismaPg(appPool(settings), { disposeExternalPool: true }) })
  const db = new Database({
    ...{ appUrl: app, systemUrl: urlAs(postgres.url, systemRole, 'system'), poolSize: connections },
    prisma: PrismaClient as unknown as PrismaClientClass,
  })
  const asSql = Object.entries(questions).flatMap(([name, { columns, tail }]): Pair[] => {
    const column = name === 'join and count' ? 'site."workspaceId"' : '"workspaceId"'
    const text = `${columns} and ${column} = $1${tail}`
    const statement = prepared(`bench ${name}`, columns + tail)
    const template = templateOf(columns + tail)
    return [
      {
        name: `${name}, prepared`,
        free: async (id) => (await plain.query({ name: `bench ${name}`, text, values: [id] })).rows.length,
        isolated: async (id) => (await db.workspace(id).query(statement())).length,
      },
      {
        name: `${name}, a template`,
        free: async (id) => (await plain.query({ name: `bench template ${name}`, text, values: [id] })).rows.length,
        isolated: async (id) => (await db.workspace(id).query(template())).length,
      },
    ]
  })
  const select = { handler: true, eventId: true, at: true } as const
  const read = prepared('bench in transaction', questions['row by its id'].columns)
  const readFree = `${questions['row by its id'].columns} and "workspaceId" = $1`
  const write = `update "TrackingSite" set "updatedAt" = now() where "name" = 'Site 3'`
  const written = prepared('bench write', write)
  return {
    pairs: [
      ...asSql,
      {
        name: 'list of 20, Prisma',
        free: async (workspaceId) =>
          (await plainPrisma.handledEvent.findMany({ where: { workspaceId }, select })).length,
        isolated: async (id) => (await db.workspace(id).prisma.handledEvent.findMany({ select })).length,
      },
      {
        name: 'transaction that reads and writes',
        free: async (id) => {
          const client = await plain.connect()
          try {
            await client.query('begin')
            const { rows } = await client.query({ name: 'bench in transaction', text: readFree, values: [id] })
            await client.query({ name: 'bench write', text: `${write} and "workspaceId" = $1`, values: [id] })
            await client.query('commit')
            return rows.length
          } finally {
            client.release()
          }
        },
        isolated: (id) =>
          db.workspace(id).sqlTransaction(async (tx) => {
            const rows = await tx.query(read())
            await tx.query(written())
            return rows.length
          }),
      },
    ],
    close: async () => {
      await Promise.all([plain.end(), plainPrisma.$disconnect(), db.close()])
    },
  }
}

async function seed(): Promise<string[]> {
  const client = await owner.connect()
  await provisionRoles(client, { app: 'app', system: 'system' })
  await migrate(client, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
  const ids = Array.from({ length: 200 }, () => uuidv7())
  const values = [ids, rowsEach]
  await client.query(
    `insert into "HandledEvent" ("workspaceId", "handler", "eventId")
     select id, 'handler ' || n, gen_random_uuid() from unnest($1::uuid[]) as id, generate_series(1, $2::int) as n`,
    values,
  )
  await client.query(
    `insert into "TrackingSite" ("workspaceId", "id", "name", "key", "updatedAt")
     select id, gen_random_uuid(), 'Site ' || n, gen_random_uuid(), now() from unnest($1::uuid[]) as id, generate_series(1, $2::int) as n`,
    values,
  )
  await client.query(
    `insert into "TrackingMinute" ("workspaceId", "pageId", "siteId", "name", "experimentId", "variantId", "minute", "count")
     select "workspaceId", "id", "id", 'pageview', "id", "id", now() - n * interval '1 minute', n from "TrackingSite", generate_series(1, 5) as n`,
  )
  await client.query('vacuum analyze')
  client.release()
  return ids
}
