/**
 * npm run bench -- collector
 *
 * How many events a second does the collector acknowledge as durable (fsync on), with policies, duplicates, sessions and rollups, and
 * how long does an acknowledgement take? Beside it, in turns on one PostgreSQL: COPY into the same partitioned table, the same full
 * rows, by the owner, whom no policy binds; INSERTs into it, with policies, one statement a request; and the rows of Umami
 * (`collector/umami.ts`) and of Plausible (`collector/publishedShapes.ts`), one request an event. None of these checks, enriches or counts anything.
 *
 * Without the network on all sides: the collector is called with what the HTTP server hands to a plain route.
 *
 * WAYS is a pattern of the names of those to measure, for profiles.
 */
import { once } from 'node:events'
import tracking from '@espalier/tracking'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import { v7 as uuidv7 } from 'uuid'
import { readEvents } from '../packages/plugins/tracking/src/collectRequest.ts'
import type { TrackedEvent } from '../packages/plugins/tracking/src/event.ts'
import { logColumns } from '../packages/plugins/tracking/src/logColumns.ts'
import { plausible, type WriteShaped } from './collector/publishedShapes.ts'
import { umami, umamiByPrisma } from './collector/umami.ts'
import { type Aim, compare } from './compare.ts'
import { openWorkbench } from './workbench.ts'

const collector = (size: number) => `the collector, requests of ${size}`
const inserts = (size: number) => `one INSERT of ${size}`

const perCopy = 2000
/** The same for all: what a commit costs is shared by as many. */
const inFlight = 2 * perCopy
const sizes = [1, 10, 100]

const pages = Array.from({ length: 40 }, (_, index) => `https://example.com/products/pear-tree-${index}`)
const arrivals = [
  { campaign: '?utm_source=newsletter&utm_medium=email&utm_campaign=spring', referrer: null },
  { campaign: '?utm_source=bing&utm_medium=cpc', referrer: 'https://www.bing.com/' },
  { campaign: '', referrer: 'https://news.example.org/' },
  { campaign: '', referrer: null },
]
const userAgents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
]
const properties = { plan: 'team', seats: 12 }
/** As the server hands them to a plain route: looked up in what Node has read, without fetch's `Headers`. */
const noHeaders = { get: () => null }
const columnNames = ['workspaceId', ...logColumns.map(({ name }) => name), 'receivedAt'].map((name) => `"${name}"`)

interface Way {
  name: string
  /** Where its rows are. */
  table: string
  /** Writes some events and resolves when they are durable. @returns how many */
  write: () => Promise<number>
  atOnce: number
}

await run()

async function run(): Promise<void> {
  await using peers = await makeWays()
  const ways = peers.ways.filter(({ name }) => new RegExp(process.env.WAYS ?? '').test(name))
  const names = new Set(ways.map(({ name }) => name))
  const shapes = ["Umami's rows, by its Prisma", "Umami's rows", "Plausible's rows"]
  const aims: Aim[] = [
    ...sizes.map((size) => ({ of: collector(size), beside: 'COPY', figure: 'rate' as const, atLeast: 0.25 })),
    ...shapes.map((beside) => ({ of: collector(10), beside, figure: 'rate' as const, atLeast: 10 })),
    ...shapes.map((beside) => ({ of: collector(1), beside, figure: 'rate' as const, atLeast: 10 })),
    ...shapes.map((beside) => ({ of: collector(1), beside, figure: 'p99' as const, atMost: 1 })),
  ]
  const written = new Map<string, number>()
  await compare({
    key: 'collector',
    title: 'Collector',
    unit: 'events',
    contestants: ways.map((way) => ({
      name: way.name,
      cpu: peers.cpu,
      slice: async (milliseconds) => {
        const slice = await writeFor(milliseconds, way)
        written.set(way.table, (written.get(way.table) ?? 0) + slice.done)
        return slice
      },
    })),
    aims: aims.filter(({ of, beside }) => names.has(of) && names.has(beside)),
    notes: [
      `${inFlight.toLocaleString('en')} events under way at a time on all sides, in two batches for COPY; p50 and p99 are of a request, from the call to its acknowledgement. A commit waits for the disk.`,
      'CPU is that of Node, which also makes the events, and PostgreSQL together; the collector gets headers as the HTTP server hands them, not as `Headers`.',
      "Umami's rows by its Prisma are written with the calls of Umami 3.1, without its server; Umami's and Plausible's rows by prepared statements, without their servers, and without Plausible's buffer in memory, which answers before anything is written. All over ten connections.",
    ],
  })
  for (const [table, count] of written) await peers.check(table, count)
}

async function makeWays() {
  const bench = await openWorkbench([tracking])
  const { kernel, owner } = bench
  const pool = new pg.Pool({ ...owner.options, max: 10 })
  const { id: workspaceId, context: workspace } = await bench.addWorkspace()
  const service = kernel.service(tracking)
  const site = await service.sites.ensure(workspace, 'Shop')
  const visitors = Array.from({ length: 1000 }, () => ({
    visitorId: uuidv7(),
    userAgent: any(userAgents),
    ...any(arrivals),
  }))
  const eventOf = ({ campaign, referrer }: Omit<(typeof visitors)[number], 'visitorId' | 'userAgent'>) => ({
    id: uuidv7(),
    name: 'pageview',
    url: `${any(pages)}${campaign}`,
    referrer,
    properties,
  })

  const collect = async (count: number) => {
    const { visitorId, userAgent, ...arrival } = any(visitors)
    const events = Array.from({ length: count }, () => eventOf(arrival))
    const body = JSON.stringify({ site: site.key, visitorId, events })
    const sender = { isBot: false, address: '203.0.113.7', userAgent }
    const request = { method: 'POST', url: 'http://127.0.0.1/collect', headers: noHeaders, body }
    const answer = await service.collect(request, sender)
    if (!answer.body.startsWith(`{"accepted":${count},`)) throw new Error(`Of ${count} events: ${answer.body}`)
    return count
  }

  // What the collector makes of such requests, made beforehand: the others have nothing to check or to find out.
  const templates = Array.from({ length: 500 }, () => {
    const { visitorId, userAgent, ...arrival } = any(visitors)
    const of = { siteId: site.id, pageId: null, experiments: {}, sessionId: null, country: null }
    const candidate = eventOf(arrival)
    const { events } = readEvents([candidate], { ...of, visitorId, userAgent }, new Date())
    const { event } = events[0] as { event: TrackedEvent }
    const fixed = new Map(logColumns.map((column) => [column.name, column.of(event)]))
    return (): unknown[] => {
      const own: Record<string, unknown> = {
        id: uuidv7(),
        visitorId: any(visitors).visitorId,
        at: new Date().toISOString(),
      }
      return [workspaceId, ...logColumns.map(({ name }) => own[name] ?? fixed.get(name)), new Date().toISOString()]
    }
  })
  const rows = (count: number) => Array.from({ length: count }, () => any(templates)())

  const insert = async (count: number) => {
    const values = rows(count).flat()
    const places = Array.from({ length: count }, (_, row) => {
      return `(${columnNames.map((_, column) => `$${row * columnNames.length + column + 1}`).join(', ')})`
    })
    const text = `insert into "TrackingEvent" (${columnNames.join(', ')}) values ${places.join(', ')} on conflict do nothing`
    await workspace.db.query({ name: `bench_insert_${count}`, text, values })
    return count
  }
  const copy = async () => {
    const client = await owner.connect()
    const stream = client.query(copyStreams.from(`copy "TrackingEvent" (${columnNames.join(', ')}) from stdin`))
    const lines = rows(perCopy).map((row) => `${row.map((value) => value ?? '\\N').join('\t')}\n`)
    stream.end(lines.join(''))
    await once(stream, 'finish')
    client.release()
    return perCopy
  }
  const shaped = (write: WriteShaped) => async () => {
    const { visitorId, ...arrival } = any(visitors)
    await write({ ...eventOf(arrival), visitorId })
    return 1
  }
  const requests = (size: number) => Math.max(16, inFlight / size)
  const log = '"TrackingEvent"'
  const byPrisma = await umamiByPrisma(pool)
  const ways: Way[] = [
    ...sizes.map((size) => ({ name: collector(size), table: log, write: () => collect(size), atOnce: requests(size) })),
    ...sizes.map((size) => ({ name: inserts(size), table: log, write: () => insert(size), atOnce: requests(size) })),
    { name: 'COPY', table: log, write: copy, atOnce: 2 },
    {
      name: "Umami's rows, by its Prisma",
      table: 'umami_prisma.website_event',
      write: shaped(byPrisma.write),
      atOnce: requests(1),
    },
    { name: "Umami's rows", table: 'umami.website_event', write: shaped(await umami(pool)), atOnce: requests(1) },
    {
      name: "Plausible's rows",
      table: 'plausible.events_v2',
      write: shaped(await plausible(pool)),
      atOnce: requests(1),
    },
  ]
  return {
    ways,
    cpu: bench.cpu,
    /** @throws where other rows are there than were acknowledged */
    check: async (table: string, acknowledged: number) => {
      const { rows } = await owner.query(`select count(*)::int as "count" from ${table}`)
      if (rows[0].count !== acknowledged)
        throw new Error(`${table} has ${rows[0].count} rows, and ${acknowledged} were acknowledged.`)
    },
    [Symbol.asyncDispose]: async () => {
      await byPrisma.close()
      await pool.end()
      await bench[Symbol.asyncDispose]()
    },
  }
}

async function writeFor(milliseconds: number, { write, atOnce }: Way): Promise<{ done: number; latencies: number[] }> {
  const until = performance.now() + milliseconds
  const latencies: number[] = []
  let done = 0
  const worker = async () => {
    while (performance.now() < until) {
      const asked = performance.now()
      const count = await write()
      latencies.push(performance.now() - asked)
      done += count
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { done, latencies }
}

function any<Value>(values: readonly Value[]): Value {
  return values[Math.floor(Math.random() * values.length)] as Value
}
