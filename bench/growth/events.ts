import tracking, { type ServerEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { keepDays } from '../../packages/plugins/tracking/src/keptDays.ts'
import { newestEvents } from '../../packages/plugins/tracking/src/newestEvents.ts'
import { weekMs, weekOfVisits } from '../visits.ts'
import { openWorkbench, type Workbench } from '../workbench.ts'
import { startServer } from './installation.ts'
import { compareSizes, type Sized } from './questions.ts'
import { copyWeek } from './weeks.ts'

/** Weeks of the log: the measured week, which goes through the recorder, and copies of it in the weeks before. */
const weeks = 50
const [few, many] = [100_000, Number(process.env.EVENTS ?? 5_000_000)]

/** Of the Unix epoch: 5 January 1970. */
const firstMonday = 4 * 24 * 3600_000

/** The same year on one site, told by a log of `few` and of `many` events. */
export async function growEvents(): Promise<void> {
  await using small = await openWorkbench([tracking], { durable: false, poolSize: 4 })
  await using large = await openWorkbench([tracking], { durable: false, poolSize: 4 })
  const [one, two] = [asked(small, await grow(small, few)), asked(large, await grow(large, many))]
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

/** A log of some size, and what it is asked about. */
interface Grown {
  readonly name: string
  readonly note: string
  readonly workspaceId: string
  readonly siteId: string
  /** One of the visitors, and one of the events. */
  readonly visitor: string
  readonly id: string
  /** The end of the spans that are asked for. */
  readonly to: Date
}

/** Fills a workspace with a year of so many events. */
async function grow(bench: Workbench, size: number): Promise<Grown> {
  const { kernel, owner } = bench
  const service = kernel.service(tracking)
  const { id: workspaceId, context } = await bench.addWorkspace()
  const site = await service.sites.ensure(context, 'Shop')
  // A week from Monday on, as the log is parted: each copy is a partition.
  const monday = new Date(Math.floor((Date.now() - firstMonday) / weekMs) * weekMs + firstMonday)
  const from = new Date(monday.getTime() - weekMs)
  // As if it were the evening of its last day: two of the days that are asked for are not whole.
  const to = new Date(monday.getTime() - 5 * 3600_000)
  const name = `${(size / 1e6).toLocaleString('en')} million events`
  const began = performance.now()
  for (const batch of weekOfVisits(site.id, size / weeks, from)) await service.record(context, batch)
  const taken = performance.now()
  await keepDays(kernel.contexts.system('bench', kernel.log))
  const kept = performance.now()
  await copyWeek(owner, { workspaceId, from, copies: weeks - 1 })
  const copied = performance.now()
  await owner.query('vacuum analyze')
  const cleaned = performance.now()
  const [log, all] = await Promise.all([bytesOf(owner, `'TrackingEvent%'`), bytesOf(owner, `'Tracking%'`)])
  const { rows: counted } = await owner.query<{ events: number; visitor: string; id: string }>(
    `select count(*)::int as events, min("visitorId"::text) as visitor, min("id"::text) as id from "TrackingEvent" where "workspaceId" = $1`,
    [workspaceId],
  )
  const { events, visitor, id } = counted[0] as { events: number; visitor: string; id: string }
  if (events !== size) throw new Error(`The log has ${events} events, not ${size}.`)
  await agree(owner, workspaceId)
  const server = await startServer(bench.urls, 3)
  await server.stop()
  const { startedIn, memory } = server.started
  return {
    ...{ name, workspaceId, siteId: site.id, visitor, id, to },
    note: `${Math.round((taken - began) / 1000)} s to take the week in, ${Math.round((kept - taken) / 1000)} s to put its days together, ${Math.round((copied - kept) / 1000)} s to copy it, ${Math.round((cleaned - copied) / 1000)} s to clean up; the log has ${(log / events).toFixed(0)} bytes an event with its indexes, with rollups and sessions ${(all / events).toFixed(0)}; ${(all / 2 ** 30).toFixed(1)} GiB. A server on it: ${(startedIn / 1000).toFixed(1)} s from nothing to the first answer, ${Math.round(memory / 2 ** 20)} MiB in memory then.`,
  }
}

/** What is asked of it. */
function asked({ kernel, cpu }: Pick<Workbench, 'kernel' | 'cpu'>, grown: Grown): Grown & Sized {
  const { workspaceId, siteId, visitor, id, to } = grown
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'bench' })
  const service = kernel.service(tracking)
  const span = (days: number) => ({ from: new Date(to.getTime() - days * 24 * 3600_000), to })
  const prisma = context.db.prisma
  const orderBy = [{ id: 'desc' }] as const
  return {
    ...grown,
    cpu,
    questions: {
      'totals of 7 days': () => service.totals(context, span(7)),
      'totals of 350 days': () => service.totals(context, span(350)),
      'series of 30 days': () => service.series(context, span(30), 'DAY'),
      'split by channel, 7 days': () => service.split(context, span(7), 'channel', 10),
      'split by path, 7 days': () => service.split(context, span(7), 'path', 10),
      'newest 20 events': () =>
        newestEvents(prisma.trackingEvent as never, to).findMany({ orderBy: [...orderBy], take: 20 }),
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
            return { siteId, visitorId: uuidv7(), name: 'pageview', path: '/1', channel: 'direct' }
          }),
        ),
    },
  }
}

/** @throws where rollups or sessions say something else than the log, in any week */
async function agree(owner: Workbench['owner'], workspaceId: string): Promise<void> {
  const { rows } = await owner.query(
    `with logged as (select date_trunc('week', "at", 'UTC') as week, count(*) as events, count(*) filter (where "name" = 'pageview') as pageviews
        from "TrackingEvent" where "workspaceId" = $1 group by 1),
      sessions as (select date_trunc('week', "startedAt", 'UTC') as week, sum("events") as events from "TrackingSession"
        where "workspaceId" = $1 group by 1),
      hours as (select date_trunc('week', "hour", 'UTC') as week, sum("pageviews") as pageviews from "TrackingHour"
        where "workspaceId" = $1 and "dimension" = '' and "pageId" = '00000000-0000-0000-0000-000000000000' group by 1)
    select week from logged full join sessions using (week) full join hours using (week)
    where logged.events is distinct from sessions.events or logged.pageviews is distinct from hours.pageviews`,
    [workspaceId],
  )
  if (rows.length > 0) throw new Error(`In ${rows.length} weeks sessions or rollups do not say what the log says.`)
}

async function bytesOf(owner: Workbench['owner'], like: string): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relname like ${like}`,
  )
  return Number(rows[0]?.bytes)
}
