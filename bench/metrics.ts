/**
 * npm run bench -- metrics
 *
 * Does what metrics cost grow with the number of events? Two workspaces with a week of the same shape, one with a
 * thousand events and one with a million, taken in through the same recorder (log, sessions and rollups, fsync
 * off); then the numbers that a dashboard asks for.
 */
import tracking from '@espalier/tracking'
import { readLive } from '../packages/plugins/tracking/src/liveMetrics.ts'
import { readDataQuality, readRevenue, readTimings, readTotals } from '../packages/plugins/tracking/src/metrics.ts'
import { readSeries } from '../packages/plugins/tracking/src/series.ts'
import { readSplit } from '../packages/plugins/tracking/src/split.ts'
import { weekMs, weekOfVisits } from './visits.ts'
import { openWorkbench } from './workbench.ts'

const sizes = [1000, Number(process.env.EVENTS ?? 1_000_000)]
const rounds = Number(process.env.ROUNDS ?? 30)

await run()

async function run(): Promise<void> {
  await using bench = await openWorkbench([tracking], { durable: false, poolSize: 4 })
  const { kernel, owner } = bench
  const service = kernel.service(tracking)
  const to = new Date()
  const from = new Date(to.getTime() - weekMs)
  const measured: { name: string; milliseconds: number[] }[] = []
  for (const size of sizes) {
    const { id, context } = await bench.addWorkspace()
    const site = await service.sites.ensure(context, 'Shop')
    const started = performance.now()
    for (const events of weekOfVisits(site.id, size, from)) await service.record(context, events)
    const seconds = (performance.now() - started) / 1000
    console.log(
      `${size.toLocaleString('en')} events in ${seconds.toFixed(1)} s: ${Math.round(size / seconds).toLocaleString('en')} a second`,
    )
    await owner.query('analyze')
    const scope = { from, to }
    const day = { from: new Date(to.getTime() - weekMs / 7), to }
    const questions = {
      'totals of a week, with visitors': () => readTotals(context, scope),
      'series by hour': () => readSeries(context, scope, 'HOUR'),
      'series by day, Europe/Paris': () => readSeries(context, scope, 'DAY', 'Europe/Paris'),
      'split by channel': () => readSplit(context, scope, 'channel', 20),
      'split by path': () => readSplit(context, scope, 'path', 20),
      'series by day, of 5 channels': async () => {
        const [group] = await readSplit(context, scope, 'channel', 5)
        return group?.series(context, { granularity: 'DAY', timeZone: 'UTC', keptIn: 'UTC' })
      },
      'series of a day by minute': () => readSeries(context, day, 'MINUTE'),
      'the same, of 20 paths': async () => {
        const [group] = await readSplit(context, day, 'path', 20)
        return group?.series(context, { granularity: 'MINUTE', timeZone: 'UTC', keptIn: 'UTC' })
      },
      revenue: () => readRevenue(context, scope),
      'web vitals': () => readTimings(context, scope),
      'data quality': () => readDataQuality(context, scope),
      live: () => readLive(context, {}),
    }
    for (const [name, ask] of Object.entries(questions)) {
      const entry = measured.find((one) => one.name === name) ?? { name, milliseconds: [] }
      if (!measured.includes(entry)) measured.push(entry)
      const times = []
      for (let round = 0; round < rounds; round++) {
        const begin = performance.now()
        await ask()
        times.push(performance.now() - begin)
      }
      entry.milliseconds.push(times.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] as number)
    }
    const { rows } = await owner.query(
      `select (select count(*) from "TrackingEvent" where "workspaceId" = $1)::int as log,
        (select count(*) from "TrackingHour" where "workspaceId" = $1)::int as hours,
        (select count(*) from "TrackingVisitors" where "workspaceId" = $1)::int as visitors,
        (select count(*) from "TrackingSession" where "workspaceId" = $1)::int as sessions,
        (select count(distinct "visitorId") from "TrackingEvent" where "workspaceId" = $1 and "name" = 'pageview')::int as exact`,
      [id],
    )
    const { visitors, visitorsError } = await readTotals(context, scope)
    console.log(
      `  rows: ${JSON.stringify(rows[0])}; visitors told: ${visitors} (standard error ${(visitorsError * 100).toFixed(1)} %)`,
    )
  }
  const { rows: sizesOnDisk } = await owner.query(
    `select relname, pg_size_pretty(pg_total_relation_size(oid)) as size from pg_class
     where relname in ('TrackingHour', 'TrackingVisitors', 'TrackingSession', 'TrackingTiming', 'TrackingMinute', 'TrackingRecent') order by 1`,
  )
  console.log(`  on disk: ${sizesOnDisk.map(({ relname, size }) => `${relname} ${size}`).join(', ')}`)
  console.log(
    `\nMedian of ${rounds}, milliseconds: ${sizes.map((size) => size.toLocaleString('en')).join(' and ')} events\n`,
  )
  for (const { name, milliseconds } of measured)
    console.log(name.padEnd(36), milliseconds.map((ms) => ms.toFixed(1).padStart(9)).join(' '))
}
