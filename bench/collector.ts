/**
 * npm run bench -- collector
 *
 * How many events a second does the collector acknowledge as durable (fsync on), with policies, duplicates
 * and rollups, and how does that stand beside INSERTs (with policies, one statement a request) and beside COPY
 * (by the owner, whom no policy binds), which count nothing? All write the same full rows into the same
 * partitioned table, in alternating rounds. Without the network: the collector is called with what the HTTP server
 * hands to a plain route.
 *
 * ROUNDS (5), SLICE_MS (2000), and WAYS, a part of the names of those to measure.
 */
import { once } from 'node:events'
import tracking from '@espalier/tracking'
import copyStreams from 'pg-copy-streams'
import { v7 as uuidv7 } from 'uuid'
import { readEvents } from '../packages/plugins/tracking/src/collectRequest.ts'
import type { TrackedEvent } from '../packages/plugins/tracking/src/event.ts'
import { logColumns } from '../packages/plugins/tracking/src/logColumns.ts'
import { openWorkbench } from './workbench.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const sliceMs = Number(process.env.SLICE_MS ?? 2000)

const collector = (size: number) => `the collector, requests of ${size}`
const inserts = (size: number) => `one INSERT of ${size}`

const only = process.env.WAYS ?? ''
const perCopy = 2000
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
const columnNames = ['workspaceId', ...logColumns.map(({ name }) => name), 'receivedAt'].map((name) => `"${name}"`)

interface Way {
  name: string
  /** Writes some events and resolves when they are durable. @returns how many */
  write: () => Promise<number>
  atOnce: number
}

await run()

async function run(): Promise<void> {
  await using peers = await makeWays()
  const { ways } = peers
  const figures = new Map(ways.map(({ name }) => [name, [] as number[]]))
  const cpu = new Map(ways.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    // Another one begins each round; the first round warms up and does not count.
    for (const way of [...ways.slice(round % ways.length), ...ways.slice(0, round % ways.length)]) {
      const { perSecond, cpuMicros } = await measure(way)
      if (round === 0) continue
      figures.get(way.name)?.push(perSecond)
      cpu.get(way.name)?.push(cpuMicros)
    }
  }
  const ratio = (name: string, base: string): string => {
    const [own, other] = [figures.get(name), figures.get(base)]
    return own && other ? median(own.map((value, round) => value / (other[round] as number))).toFixed(2) : '-'
  }
  console.log(`\nEvents a second, durable: median of ${rounds} rounds of ${sliceMs} ms\n`)
  for (const [name, values] of figures)
    console.log(
      `${name.padEnd(32)} ${Math.round(median(values)).toLocaleString('en').padStart(9)}  ${median(cpu.get(name) ?? [])
        .toFixed(1)
        .padStart(6)} µs of this process's CPU`,
    )
  console.log('\nThe collector, times …              of its size   one per event        COPY')
  for (const size of sizes) {
    const bases = [inserts(size), inserts(1), 'COPY'].map((base) => ratio(collector(size), base).padStart(14))
    console.log(`  ${`requests of ${size}`.padEnd(20)} INSERTs ${bases.join('  ')}`)
  }
  // The aims: a quarter of COPY, and ten times one INSERT per event. Whether the second is within reach depends on the machine.
  const copied = Number(ratio('COPY', inserts(1)))
  console.log(
    `\nCOPY is ${copied} times one INSERT per event, so ten times that would be ${(10 / copied).toFixed(2)} of COPY.`,
  )
}

async function makeWays(): Promise<{ ways: Way[] } & AsyncDisposable> {
  const bench = await openWorkbench([tracking])
  const { kernel, owner } = bench
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
    const request = { method: 'POST', url: 'http://127.0.0.1/collect', headers: new Headers(), body }
    const { accepted } = JSON.parse((await service.collect(request, sender)).body) as { accepted: number }
    if (accepted !== count) throw new Error(`The collector took ${accepted} of ${count} events.`)
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
  const ways: Way[] = [
    ...sizes.map((size) => ({ name: collector(size), write: () => collect(size), atOnce: Math.max(64, 1000 / size) })),
    ...sizes.map((size) => ({ name: inserts(size), write: () => insert(size), atOnce: Math.max(64, 1000 / size) })),
    { name: 'COPY', write: copy, atOnce: 2 },
  ]
  return {
    ways: ways.filter(({ name }) => name.includes(only)),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

/** Events a second, and microseconds of CPU an event in this process, which also makes them. */
async function measure({ write, atOnce }: Way): Promise<{ perSecond: number; cpuMicros: number }> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let written = 0
  const worker = async () => {
    while (performance.now() - start < sliceMs) {
      const count = await write()
      written += count
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (written * 1000) / (performance.now() - start), cpuMicros: (user + system) / written }
}

function any<Value>(values: readonly Value[]): Value {
  return values[Math.floor(Math.random() * values.length)] as Value
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
