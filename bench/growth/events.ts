import tracking, { type ServerEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { newestEvents } from '../../packages/plugins/tracking/src/newestEvents.ts'
import type { Workbench } from '../workbench.ts'
import { startServer } from './installation.ts'
import { compareSizes, type Sized } from './questions.ts'
import { bringUpToDate, growYear, keepYear, openYear, readYear, weeks, type Year } from './year.ts'

const [few, many] = [100_000, Number(process.env.EVENTS ?? 5_000_000)]

/**
 * The same year on one site, told by a log of `few` and of `many` events. KEEP names a folder for the large one: the first run makes it
 * there and asks nothing, those after it ask it. Migrations that came meanwhile are applied before.
 */
export async function growEvents(): Promise<void> {
  const folder = process.env.KEEP
  const known = folder === undefined ? undefined : await readYear(folder)
  if (folder !== undefined && !known) {
    await keepYear(folder, many)
    console.log(`\n${nameOf(many)} are in ${folder}: the same command asks them now.\n`)
    return
  }
  await using small = await openYear()
  await using large = await openYear(folder)
  if (known) await bringUpToDate(large)
  const [one, two] = [
    await asked(small, await growYear(small, few)),
    await asked(large, known ?? (await growYear(large, many))),
  ]
  await compareSizes(
    {
      key: 'growth-events',
      title: `${one.name} → ${two.name}`,
      preliminary:
        (known?.events ?? many) < 50_000_000
          ? 'the aim is for 50 million events (EVENTS=50000000, KEEP=folder).'
          : undefined,
      notes: [
        `One site, ${weeks} weeks of the same shape; the last one was taken in by the recorder, the others are copies of all its rows. The large one has ${(known?.events ?? many) / few} times the visitors.`,
        ...[one, two].map(({ name, note }) => `${name}: ${note}`),
      ],
    },
    one,
    two,
    { atMost: 1.5 },
  )
}

function nameOf(events: number): string {
  return `${(events / 1e6).toLocaleString('en')} million events`
}

/** What is asked of a year, and what it weighs. */
async function asked(
  { kernel, cpu, owner, urls }: Workbench,
  { events, workspaceId, siteId, visitor, id, made, ...year }: Year,
): Promise<Sized & { note: string }> {
  const to = new Date(year.to)
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'bench' })
  const service = kernel.service(tracking)
  const span = (days: number) => ({ from: new Date(to.getTime() - days * 24 * 3600_000), to })
  const prisma = context.db.prisma
  const orderBy = [{ id: 'desc' }] as const
  return {
    name: nameOf(events),
    note: `${made}; ${await weightOf(owner, events)} ${await startOn(urls)}`,
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

async function weightOf(owner: Workbench['owner'], events: number): Promise<string> {
  const [log, all] = [await bytesOf(owner, `'TrackingEvent%'`), await bytesOf(owner, `'Tracking%'`)]
  return `the log has ${(log / events).toFixed(0)} bytes an event with its indexes, with rollups and sessions ${(all / events).toFixed(0)}; ${(all / 2 ** 30).toFixed(1)} GiB.`
}

async function startOn(urls: Workbench['urls']): Promise<string> {
  const server = await startServer(urls, 3)
  await server.stop()
  const { startedIn, memory } = server.started
  return `A server on it: ${(startedIn / 1000).toFixed(1)} s from nothing to the first answer, ${Math.round(memory / 2 ** 20)} MiB in memory then.`
}

async function bytesOf(owner: Workbench['owner'], like: string): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relname like ${like}`,
  )
  return Number(rows[0]?.bytes)
}
