import tracking, { type ServerEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { keepDays } from '../../packages/plugins/tracking/src/dayVisitors.ts'
import { weekMs, weekOfVisits } from '../visits.ts'
import { openWorkbench, type Workbench } from '../workbench.ts'
import { startServer } from './installation.ts'
import { compareSizes, type Sized } from './questions.ts'
import { copyWeek } from './weeks.ts'

/** Weeks of the log: the measured week, which goes through the recorder, and copies of it in the weeks before. */
const weeks = 50
const [few, many] = [100_000, Number(process.env.EVENTS ?? 5_000_000)]

/** The same year on one site, told by a log of `few` and of `many` events. */
export async function growEvents(): Promise<void> {
  await using small = await openWorkbench([tracking], { durable: false, poolSize: 4 })
  await using large = await openWorkbench([tracking], { durable: false, poolSize: 4 })
  const [one, two] = [await grown(small, few), await grown(large, many)]
  await compareSizes(
    {
      key: 'growth-events',
      title: `${one.name} → ${two.name}`,
      notes: [
        `One site, ${weeks} weeks of the same shape; the last one was taken in by the recorder, the others are copies of all its rows. The large one has ${many / few} times the visitors.`,
        ...[one, two].map(({ name, note }) => `${name}: ${note}`),
      ],
    },
    one,
    two,
    1.5,
  )
}

async function grown(bench: Workbench, size: number): Promise<Sized & { note: string }> {
  const { kernel, owner } = bench
  const service = kernel.service(tracking)
  const { id: workspaceId, context } = await bench.addWorkspace()
  const site = await service.sites.ensure(context, 'Shop')
  // Whole hours, so that the hours of a copy are none of the week's own.
  const to = new Date(Math.floor(Date.now() / 3600_000) * 3600_000)
  const from = new Date(to.getTime() - weekMs)
  const name = `${(size / 1e6).toLocaleString('en')} million events`
  const began = performance.now()
  for (const batch of weekOfVisits(site.id, size / weeks, from)) await service.record(context, batch)
  const taken = performance.now()
  await copyWeek(owner, { workspaceId, from, copies: weeks - 1 })
  const copied = performance.now()
  const days = await keepDays(kernel.contexts.system('bench', kernel.log))
  await owner.query('vacuum analyze')
  const kept = performance.now()
  const [log, all] = await Promise.all([bytesOf(owner, `'TrackingEvent%'`), bytesOf(owner, `'Tracking%'`)])
  const { rows: counted } = await owner.query<{ events: number; visitor: string; id: string }>(
    `select count(*)::int as events, (array_agg("visitorId"::text))[1] as visitor, (array_agg("id"::text))[1] as id from "TrackingEvent" where "workspaceId" = $1`,
    [workspaceId],
  )
  const { events, visitor, id } = counted[0] as { events: number; visitor: string; id: string }
  if (events !== size) throw new Error(`The log has ${events} events, not ${size}.`)
  const server = await startServer(bench.urls, 3)
  await server.stop()
  const { startedIn, memory } = server.started
  const span = (days: number) => ({ from: new Date(to.getTime() - days * 24 * 3600_000), to })
  const prisma = context.db.prisma
  const orderBy = [{ id: 'desc' }] as const
  return {
    name,
    cpu: bench.cpu,
    note: `${Math.round((taken - began) / 1000)} s to take the week in, ${Math.round((copied - taken) / 1000)} s to copy it, ${Math.round((kept - copied) / 1000)} s to put ${days} days together and clean up; the log has ${(log / events).toFixed(0)} bytes an event with its indexes, with rollups and sessions ${(all / events).toFixed(0)}; ${(all / 2 ** 30).toFixed(1)} GiB. A server on it: ${(startedIn / 1000).toFixed(1)} s from nothing to the first answer, ${Math.round(memory / 2 ** 20)} MiB in memory then.`,
    questions: {
      'totals of 7 days': () => service.totals(context, span(7)),
      'totals of 350 days': () => service.totals(context, span(350)),
      'series of 30 days': () => service.series(context, span(30), 'DAY'),
      'split by channel, 7 days': () => service.split(context, span(7), 'channel', 10),
      'split by path, 7 days': () => service.split(context, span(7), 'path', 10),
      'newest 20 events': () => prisma.trackingEvent.findMany({ orderBy: [...orderBy], take: 20 }),
      'an event by its id': () => prisma.trackingEvent.findUnique({ where: { workspaceId_id: { workspaceId, id } } }),
      'a visitor’s last 20 events': () =>
        prisma.trackingEvent.findMany({ where: { visitorId: visitor }, orderBy: [...orderBy], take: 20 }),
      'newest 20 sessions': () => prisma.trackingSession.findMany({ orderBy: [...orderBy], take: 20 }),
      'conversions of a goal by the hour, a day': () =>
        service.goalCounts(context, { goal: 'order', ...span(1) }, 'HOUR'),
      '10 events taken in': () =>
        service.record(
          context,
          Array.from({ length: 10 }, (): ServerEvent => {
            return { siteId: site.id, visitorId: uuidv7(), name: 'pageview', path: '/1', channel: 'direct' }
          }),
        ),
    },
  }
}

async function bytesOf(owner: Workbench['owner'], like: string): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relname like ${like}`,
  )
  return Number(rows[0]?.bytes)
}
