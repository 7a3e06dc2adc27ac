import { type SqlContext, sql } from '@espalier/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HourRow } from '../src/changedRows.ts'
import { unknownSource } from '../src/event.ts'
import { newEventId } from '../src/eventId.ts'
import { HourChanges } from '../src/hourChanges.ts'
import { inOrder, isBounce, type SessionEvent, sessionsOf, type ToldSession } from '../src/sessions.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, makeSite, host, newVisitor } = await collectorUnderTest()
const start = Math.floor((Date.now() - 40 * 3600_000) / 3600_000) * 3600_000
const minutes = (count: number) => new Date(start + count * 60_000)
const [siteId, pageId, otherPage] = [newVisitor(), newVisitor(), newVisitor()]
const [experimentId, ...variants] = [newVisitor(), newVisitor(), newVisitor()] as [string, string, string]

function event(at: Date, more: Partial<SessionEvent> = {}): SessionEvent {
  const visitorId = more.visitorId ?? '00000000-0000-4000-8000-000000000001'
  const base = { siteId, pageId: null, name: 'pageview', experiments: null, value: null, metrics: null }
  return { ...unknownSource, ...base, id: newEventId(at, host.random), at, ...more, visitorId }
}

describe('a session', () => {
  test('ends with 30 minutes of silence, not sooner', () => {
    const told = sessionsOf([event(minutes(0)), event(minutes(29.99)), event(minutes(59.99))])
    expect(told.map(({ session }) => session.pageviews)).toEqual([2, 1])
  })

  test('begins with a new campaign, and goes on without one', () => {
    const campaign = (name: string) => ({ utmSource: 'news', utmMedium: 'email', utmCampaign: name })
    const told = sessionsOf([
      event(minutes(0)),
      event(minutes(1), campaign('spring')),
      event(minutes(2), campaign('spring')),
      event(minutes(3)),
      event(minutes(4), campaign('summer')),
    ])
    expect(told.map(({ session }) => [session.utmCampaign, session.pageviews])).toEqual([
      [null, 1],
      ['spring', 3],
      ['summer', 1],
    ])
  })

  test('has the pages by which it was entered and left', () => {
    const [told] = sessionsOf([
      event(minutes(0), { name: 'click' }),
      event(minutes(1), { path: '/a' }),
      event(minutes(2), { path: '/b', pageId }),
      event(minutes(3), { name: 'engagement', path: '/b', metrics: { engagedMs: 4000 } }),
    ])
    expect(told?.session).toMatchObject({ entryPath: '/a', entryPageId: null, exitPath: '/b', exitPageId: pageId })
  })

  test('is a bounce without engagement, however many pages it has; and is none with it, on one page', () => {
    const only = (...events: SessionEvent[]) => isBounce((sessionsOf(events)[0] as ToldSession).session)
    const looked = (engagedMs: number) => event(minutes(1), { name: 'engagement', metrics: { engagedMs } })
    expect(only(event(minutes(0)))).toBe(true)
    expect(only(event(minutes(0)), event(minutes(1)), event(minutes(2)))).toBe(true)
    expect(only(event(minutes(0)), looked(9999))).toBe(true)
    expect(only(event(minutes(0)), looked(6000), looked(4000))).toBe(false)
    for (const name of ['click', 'scroll', 'conversion'])
      expect(only(event(minutes(0)), event(minutes(1), { name }))).toBe(false)
  })

  test('counts how far each page was seen, once a view', () => {
    const report = (at: number, scrollDepth: number) =>
      event(minutes(at), { name: 'engagement', metrics: { scrollDepth } })
    const [told] = sessionsOf([
      event(minutes(0)),
      report(1, 30),
      report(2, 80),
      report(3, 50),
      event(minutes(4)),
      report(5, 20),
    ])
    const scrolls = (told as ToldSession).steps.flatMap(({ scroll }) => scroll ?? [])
    expect(scrolls.reduce((sum, { added }) => sum + added, 0)).toBe(100)
    expect(scrolls.filter(({ first }) => first)).toHaveLength(2)
  })
})

const campaigns = [{}, {}, {}, { utmSource: 'a', channel: 'email' }, { utmSource: 'b', channel: 'social' }] as const

/** An event of one of a few visitors, near enough to others to join and part their sessions. */
const anEvent = fc.record({
  minute: fc.integer({ min: 0, max: 150 }).map((quarter) => quarter * 4.5),
  visitor: fc.nat(2),
  name: fc.constantFrom('pageview', 'pageview', 'click', 'conversion', 'engagement', 'video'),
  campaign: fc.constantFrom(...campaigns),
  path: fc.constantFrom('/a', '/b', null),
  page: fc.constantFrom(pageId, otherPage, null),
  variant: fc.option(fc.constantFrom(...variants)),
  worth: fc.option(fc.integer({ min: 1, max: 900 })),
  metrics: fc.option(fc.record({ engagedMs: fc.nat(9000), scrollDepth: fc.nat(100) })),
})

test('the same events give the same sessions and the same numbers, in whatever order and batches they arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anEvent, { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fc.nat(1000)),
      async (made, choices) => {
        const site = await makeSite()
        const visitors = [newVisitor(), newVisitor(), newVisitor()]
        const events = made.map(({ minute, visitor, name, campaign, path, page, variant, worth, metrics }) =>
          event(minutes(minute), {
            siteId: site.id,
            visitorId: visitors[visitor] as string,
            name,
            path,
            pageId: page,
            experiments: variant ? { [experimentId]: variant } : null,
            value: name === 'conversion' && worth ? { amountMinor: worth, currency: 'EUR' } : null,
            metrics,
            ...campaign,
          }),
        )
        const choose = (bound: number) => (choices.next().value as number) % bound
        const rest = [...events]
        while (rest.length > 0) {
          const batch = Array.from(
            { length: Math.min(rest.length, 1 + choose(5)) },
            () => rest.splice(choose(rest.length), 1)[0] as SessionEvent,
          )
          await tracking.record(site.context, batch)
        }
        const told = Map.groupBy(inOrder(events), ({ visitorId }) => visitorId)
        const expected = [...told.values()].flatMap((events) =>
          naiveSessions(events).map((session) => sessionsOf(session)),
        )
        // Each naive session is one session by itself as well.
        for (const sessions of expected) expect(sessions).toHaveLength(1)
        const after = expected.flat()
        const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
        expect((await storedSessions(site.context)).sort(byId)).toEqual(after.map(({ session }) => session).sort(byId))

        const changes = new HourChanges('UTC')
        changes.addSessions({ before: [], after })
        changes.addGoals(events.map((event) => ({ ...event, goal: null })))
        expect(await storedHours(site.context)).toEqual(hoursOf(changes))
        const [worth] = await site.context.db.query(sql`
          select coalesce(sum("amountMinor"), 0)::int as sum from "TrackingRevenue" where "dimension" = '' and "pageId" = '00000000-0000-0000-0000-000000000000'`)
        expect(worth).toEqual({ sum: events.reduce((sum, { value }) => sum + (value?.amountMinor ?? 0), 0) })
      },
    ),
    { numRuns: 60 },
  )
})

test('an event of a session that goes on writes none of its indexes: what it changes is in none', async () => {
  const { context, id } = await makeSite()
  const visitorId = newVisitor()
  const at = (count: number) => new Date(Math.floor(Date.now() / 300_000) * 300_000 - 300_000 + count * 1000)
  const asked = sql`select to_jsonb(session) as "row" from "TrackingSession" session`
  const rowAfter = async (event: object) => {
    await tracking.record(context, [{ siteId: id, visitorId, name: 'pageview', ...event }])
    const [session, ...others] = await context.db.query<{ row: Record<string, unknown> }>(asked)
    expect(others).toEqual([])
    return session?.row as Record<string, unknown>
  }
  const before = await rowAfter({ path: '/', at: at(1) })
  const after = await rowAfter({ path: '/shop', at: at(2) })
  const changed = Object.keys(after).filter(
    (column) => JSON.stringify(after[column]) !== JSON.stringify(before[column]),
  )
  expect(changed).toContain('endedAt')
  const indexed = await context.db.query<{ column: string }>(sql`
    select distinct attname as "column" from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
    where indrelid = '"TrackingSession"'::regclass`)
  expect(changed.filter((name) => indexed.some(({ column }) => column === name))).toEqual([])
})

test('batches of one workspace that arrive at the same time never stand in each other’s way', async () => {
  const site = await makeSite()
  const visitorId = newVisitor()
  const batches = Array.from({ length: 24 }, (_, index) =>
    Array.from({ length: 10 }, (_, place) =>
      event(minutes(((index * 7 + place * 11) % 40) * 5), { siteId: site.id, visitorId, path: `/${place}` }),
    ),
  )
  // Transactions of their own, four at a time: as several servers write.
  await Promise.all(batches.map((batch) => site.context.sqlTransaction((tx) => tracking.record(tx, batch))))
  const expected = sessionsOf(inOrder(batches.flat()))
  expect(await storedSessions(site.context)).toEqual(expected.map(({ session }) => session))
})

/** Sessions as one would say it: look back at what came before. */
function naiveSessions(events: readonly SessionEvent[]): SessionEvent[][] {
  const sessions: SessionEvent[][] = []
  for (const event of events) {
    const session = sessions.at(-1)
    const silent = session && event.at.getTime() - (session.at(-1) as SessionEvent).at.getTime() >= 30 * 60_000
    const campaign = session?.[0]?.utmSource ?? null
    if (!session || silent || (event.utmSource !== null && event.utmSource !== campaign)) sessions.push([event])
    else session.push(event)
  }
  return sessions
}

async function storedSessions(context: SqlContext) {
  const rows = await context.db.query<{ workspaceId: string; activeIn: Date }>(
    sql`select * from "TrackingSession" order by "startedAt", "id"`,
  )
  return rows.map(
    ({ workspaceId: _, activeIn: _found, ...session }) =>
      session as unknown as ReturnType<typeof sessionsOf>[0]['session'],
  )
}

const measures = [
  'pageviews',
  'clicks',
  'conversions',
  'sessions',
  'bounces',
  'engagedMs',
  'scrollSum',
  'scrollCount',
] as const

function lineOf(row: HourRow): string {
  const key = [row.pageId, row.dimension, row.value, new Date(row.hour).toISOString()]
  return [...key, ...measures.map((measure) => `${measure} ${Number(row[measure])}`)].join(' | ')
}

async function storedHours(context: SqlContext): Promise<string[]> {
  const rows = await context.db.query<HourRow>(sql`select * from "TrackingHour"`)
  return rows
    .filter((row) => measures.some((measure) => Number(row[measure]) !== 0))
    .map(lineOf)
    .sort()
}

function hoursOf(changes: HourChanges): string[] {
  return [...changes.hours.values()]
    .filter((row) => measures.some((measure) => row[measure] !== 0))
    .map(lineOf)
    .sort()
}
