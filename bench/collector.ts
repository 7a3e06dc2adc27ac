/**
 * npm run bench -- collector
 *
 * How many events a second does the collector acknowledge as durable (fsync on), with policies, duplicates
 * and rollups, and how does that stand beside one INSERT per request and beside COPY, which does none of it?
 * All write the same events into the same partitioned table, in alternating rounds. Without the network: the
 * collector is called with requests, as the HTTP server calls it.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import tracking from '@espalier/tracking'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrate, readMigrations } from '../packages/core/src/data/migrate.ts'
import type { PrismaClientClass } from '../packages/core/src/data/prismaTypes.ts'
import { appRole, provisionRoles, systemRole, urlAs } from '../packages/core/src/data/roles.ts'
import { prepared } from '../packages/core/src/data/sql.ts'
import { createKernel } from '../packages/core/src/plugin/createKernel.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const sliceMs = Number(process.env.SLICE_MS ?? 2000)

const url = 'https://example.com/spring?utm_source=newsletter&utm_campaign=spring'
const referrer = 'https://news.example.com/'
const properties = { plan: 'team', seats: 12 }
const insertEvent = prepared(
  'bench_insert_event',
  `insert into "TrackingEvent" ("id", "siteId", "visitorId", "name", "at", "url", "referrer", "properties")
   values ($1, $2, $3, 'pageview', $4, $5, $6, $7) on conflict do nothing`,
)

interface Way {
  name: string
  /** Writes some events and resolves when they are durable. @returns how many */
  write: () => Promise<number>
  atOnce: number
}

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: true })
try {
  await run()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function run(): Promise<void> {
  await using peers = await makeWays()
  const { ways } = peers
  const figures = new Map(ways.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    // Another one begins each round; the first round warms up and does not count.
    for (const way of [...ways.slice(round % ways.length), ...ways.slice(0, round % ways.length)]) {
      const perSecond = await measure(way)
      if (round > 0) figures.get(way.name)?.push(perSecond)
    }
  }
  const ratio = (name: string, base: string) => {
    const [own, other] = [figures.get(name) as number[], figures.get(base) as number[]]
    return median(own.map((value, round) => value / (other[round] as number))).toFixed(2)
  }
  console.log(`\nEvents a second, durable: median of ${rounds} rounds of ${sliceMs} ms\n`)
  for (const [name, values] of figures) {
    const ratios = `${ratio(name, 'one INSERT per request').padStart(7)} × INSERT ${ratio(name, 'COPY').padStart(7)} × COPY`
    console.log(`${name.padEnd(44)} ${Math.round(median(values)).toLocaleString('en').padStart(9)} ${ratios}`)
  }
}

async function makeWays(): Promise<{ ways: Way[] } & AsyncDisposable> {
  const owner = new pg.Pool({ connectionString: postgres.url, max: 2 })
  const [migrator] = [await owner.connect()]
  await provisionRoles(migrator, { app: 'app', system: 'system' })
  await migrate(migrator, await readMigrations(join(import.meta.dirname, '../prisma/migrations')))
  migrator.release()
  const kernel = await createKernel({
    plugins: [tracking],
    database: {
      appUrl: urlAs(postgres.url, appRole, 'app'),
      systemUrl: urlAs(postgres.url, systemRole, 'system'),
      prisma: PrismaClient as unknown as PrismaClientClass,
      poolSize: 10,
    },
    datamodel: getDatamodel(),
    secret: 'a secret of the benchmark, long enough',
    publicUrl: 'http://127.0.0.1:4000',
    log: pino({ level: 'silent' }),
  })
  const workspaceId = uuidv7()
  await owner.query('insert into "Workspace" ("id", "name", "slug") values ($1, $2, $2)', [workspaceId, 'bench'])
  const workspace = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'bench' })
  const service = kernel.service(tracking)
  const site = await service.sites.ensure(workspace, 'Shop')
  const visitors = Array.from({ length: 1000 }, () => uuidv7())
  const anyVisitor = () => visitors[Math.floor(Math.random() * visitors.length)] as string

  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const sender = { isBot: false, address: '203.0.113.7', userAgent }
  const collect = async (count: number) => {
    const events = Array.from({ length: count }, () => ({ id: uuidv7(), name: 'pageview', url, referrer, properties }))
    const body = JSON.stringify({ site: site.key, visitorId: anyVisitor(), events })
    const response = await service.collect(new Request('http://127.0.0.1/collect', { method: 'POST', body }), sender)
    const { accepted } = (await response.json()) as { accepted: number }
    if (accepted !== count) throw new Error(`The collector took ${accepted} of ${count} events.`)
    return count
  }
  const insertOne = async () => {
    const at = new Date().toISOString()
    await workspace.db.query(
      insertEvent(uuidv7(), site.id, anyVisitor(), at, url, referrer, JSON.stringify(properties)),
    )
    return 1
  }
  const copy = async () => {
    const client = await owner.connect()
    const at = new Date().toISOString()
    const stream = client.query(
      copyStreams.from(
        'copy "TrackingEvent" ("workspaceId", "id", "siteId", "visitorId", "name", "at", "url", "referrer", "properties") from stdin',
      ),
    )
    const rows = Array.from(
      { length: 2000 },
      () =>
        `${[workspaceId, uuidv7(), site.id, anyVisitor(), 'pageview', at, url, referrer, JSON.stringify(properties)].join('\t')}\n`,
    )
    stream.end(rows.join(''))
    await once(stream, 'finish')
    client.release()
    return 2000
  }
  return {
    ways: [
      { name: 'the collector, requests of 100 events', write: () => collect(100), atOnce: 64 },
      { name: 'the collector, requests of 1 event', write: () => collect(1), atOnce: 500 },
      { name: 'one INSERT per request', write: insertOne, atOnce: 500 },
      { name: 'COPY', write: copy, atOnce: 2 },
    ],
    [Symbol.asyncDispose]: async () => {
      await kernel.stop()
      await owner.end()
    },
  }
}

async function measure({ write, atOnce }: Way): Promise<number> {
  const start = performance.now()
  let written = 0
  const worker = async () => {
    while (performance.now() - start < sliceMs) {
      const count = await write()
      written += count
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (written * 1000) / (performance.now() - start)
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
