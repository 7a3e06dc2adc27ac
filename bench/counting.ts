/**
 * npm run bench -- counting
 *
 * What experiments cost the collector: events a second that are durable and counted, in a workspace without a running
 * experiment, with one, and with ten, each of five metrics; from visitors whom it sees for the first time (each request
 * is an exposure) and from those whom it knows. In alternating rounds; beside each, its share of the rate without any.
 */
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { openWorkbench } from './workbench.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const sliceMs = Number(process.env.SLICE_MS ?? 2000)
const atOnce = 200

interface Way {
  readonly name: string
  /** Records a visit and resolves when it is durable. @returns its events */
  readonly visit: () => Promise<number>
}

await run()

async function run(): Promise<void> {
  await using peers = await makeWays()
  const { ways } = peers
  const figures = new Map(ways.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++)
    // Another one begins each round; the first round warms up and does not count.
    for (const way of [...ways.slice(round % ways.length), ...ways.slice(0, round % ways.length)]) {
      const perSecond = await measure(way)
      if (round > 0) figures.get(way.name)?.push(perSecond)
    }
  console.log(`\nEvents a second, durable and counted: median of ${rounds} rounds of ${sliceMs} ms\n`)
  for (const [name, values] of figures) {
    const base = figures.get(`no experiment, ${name.split(', ')[1]}`) as number[]
    const share = median(values.map((value, round) => value / (base[round] as number)))
    console.log(
      `${name.padEnd(36)} ${Math.round(median(values)).toLocaleString('en').padStart(8)} ${share.toFixed(2).padStart(6)}`,
    )
  }
}

async function makeWays(): Promise<{ ways: Way[] } & AsyncDisposable> {
  const bench = await openWorkbench([tracking, experiments])
  const { kernel } = bench
  const tracker = kernel.service(tracking)
  const service = kernel.service(experiments)

  /** A workspace with so many running experiments, all of them on its page. */
  const waysWith = async (name: string, count: number): Promise<Way[]> => {
    const { context } = await bench.addWorkspace()
    const site = await tracker.sites.ensure(context, 'Shop')
    const metrics = [
      { kind: 'conversion', event: 'order' },
      { kind: 'value', event: 'order', currency: 'EUR', cap: 50_000 },
      { kind: 'count', event: 'click' },
      { kind: 'engagement' },
      { kind: 'retention', retentionFrom: 1, retentionTo: 8 },
    ] as const
    const ids = await Promise.all(
      metrics.map((metric, index) => service.metrics.create(context, { ...metric, key: `m-${index}`, name: 'Metric' })),
    )
    for (let nth = 0; nth < count; nth++) {
      const { id } = await service.create(context, {
        key: `e-${nth}`,
        name: 'Experiment',
        goals: ids.map((metric) => ({ metricId: metric.id })),
        variants: [
          { key: 'control', name: 'Control' },
          { key: 'bold', name: 'Bold' },
        ],
      })
      await service.start(context, id)
    }
    const visit = async (visitorId: string) => {
      const decisions = await service.decideAll(context, { id: visitorId })
      const shown = Object.assign({}, ...decisions.map((decision) => decision.exposures))
      const of = { siteId: site.id, visitorId, device: any(['mobile', 'desktop'] as const), channel: 'direct' as const }
      const events = [
        { ...of, name: 'pageview', experiments: shown },
        { ...of, name: 'click', experiments: shown },
        { ...of, name: 'engagement', experiments: shown, metrics: { engagedMs: 4000 } },
        ...(Math.random() < 0.1 ? [{ ...of, name: 'order', value: { amountMinor: 1999, currency: 'EUR' } }] : []),
      ]
      const outcomes = await tracker.record(context, events)
      if (outcomes.some((outcome) => outcome !== 'recorded')) throw new Error('An event was not recorded.')
      return events.length
    }
    const known = Array.from({ length: 1000 }, () => uuidv7())
    return [
      { name: `${name}, new visitors`, visit: () => visit(uuidv7()) },
      { name: `${name}, known visitors`, visit: () => visit(any(known)) },
    ]
  }
  const ways = [
    ...(await waysWith('no experiment', 0)),
    ...(await waysWith('one experiment', 1)),
    ...(await waysWith('ten experiments', 10)),
  ]
  return {
    ways,
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

async function measure({ visit }: Way): Promise<number> {
  const began = performance.now()
  let events = 0
  const visitor = async () => {
    while (performance.now() - began < sliceMs) {
      const recorded = await visit()
      events += recorded
    }
  }
  await Promise.all(Array.from({ length: atOnce }, visitor))
  return (events / (performance.now() - began)) * 1000
}

function any<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
