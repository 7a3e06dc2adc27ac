import { seededRandom, sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { type TrackedEvent, unknownSource } from '../src/event.ts'
import { newEventId } from '../src/eventId.ts'
import type { ServerEvent } from '../src/index.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { inOrder, type SessionEvent, sessionsOf } from '../src/sessions.ts'
import { Tracking } from '../src/tracking.ts'
import { collectorUnderTest } from './collector.ts'
import { countedAsLogged } from './countedAsLogged.ts'

const random = seededRandom(20261121)
const oneOf = <Value>(values: readonly Value[]) => values[Math.floor(random.next() * values.length)] as Value

const { tracking, host, db, makeSite, newVisitor } = await collectorUnderTest({ limits: { maxBatch: 20 } })
/** Another server process, on the same database. */
const other = new Tracking(host, { limits: { maxBatch: 20 } })
let dying = false
for (const process of [tracking, other])
  process.onEvents('test', async (tx, events) => {
    if (events.some(({ name }) => name === 'poison')) throw new Error('It cannot be counted.')
    // By now the batch that follows is being logged.
    if (dying && random.next() < 0.25) await tx.db.query(sql`select pg_terminate_backend(pg_backend_pid())`)
  })

test('two processes whose batches are logged beside one another count what one would, one event at a time', async () => {
  const site = await makeSite()
  const visitors = Array.from({ length: 5 }, newVisitor)
  const [experimentId, variantId] = [newVisitor(), newVisitor()]
  const now = Date.now()
  const names = ['pageview', 'pageview', 'click', 'conversion', 'engagement']
  const events = Array.from({ length: 200 }, (_, index): ServerEvent & Pick<TrackedEvent, 'id' | 'at'> => {
    const at = new Date(now - Math.floor(random.next() * 4 * 3600_000))
    const event = { id: newEventId(at, random), at, siteId: site.id, visitorId: oneOf(visitors) }
    // What happens once in a visitor's life, claimed by some batches and not by others.
    if (index % 20 === 0) return { ...event, name: 'exposure', once: `exposure:${experimentId}` }
    if (index % 100 === 50) return { ...event, name: 'poison' }
    const metrics = { engagedMs: 2_000, scrollDepth: Math.floor(random.next() * 100) }
    return { ...event, name: oneOf(names), experiments: { [experimentId]: variantId }, metrics }
  })

  let failures = 0
  const sendUntilKnown = async (process: Tracking, batch: readonly ServerEvent[]) => {
    for (;;)
      try {
        return await process.record(site.context, batch)
      } catch {
        failures++
      }
  }
  /** The same events come to both, in other batches and in another order, as senders repeat what nobody confirmed. */
  const sendAll = (process: Tracking) => {
    const rest = [...events]
    const batches: ServerEvent[][] = []
    while (rest.length > 0)
      batches.push(Array.from({ length: 7 }, () => rest.splice(Math.floor(random.next() * rest.length), 1)).flat())
    return Promise.all(batches.map((batch) => sendUntilKnown(process, batch)))
  }
  dying = true
  const outcomes = (await Promise.all([sendAll(tracking), sendAll(other)])).flat(2)
  dying = false

  expect(failures).toBeGreaterThan(0)
  const exposed = new Set(events.flatMap(({ once, visitorId }) => (once ? [visitorId] : []))).size
  const counted = events.filter(({ name }) => name !== 'exposure' && name !== 'poison')
  const logged = await site.logged()
  expect(logged.filter(({ name }) => name === 'exposure')).toHaveLength(exposed)
  expect(logged.filter(({ name }) => name !== 'exposure').map(({ id }) => id)).toEqual(
    counted.map(({ id }) => id).toSorted(),
  )
  // Refused by each of the two, and told so both times.
  expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(4)
  await countedAsLogged(site.context)

  const complete = (event: ServerEvent) => ({ ...unknownSource, pageId: null, value: null, ...event }) as SessionEvent
  const told = [...Map.groupBy(inOrder(counted.map(complete)), ({ visitorId }) => visitorId).values()].flatMap(
    (events) => sessionsOf(events).map(({ session }) => session),
  )
  const stored = await site.context.db.query(sql`
    select "id", "startedAt", "endedAt", "events", "pageviews", "conversions", "engagedMs" from "TrackingSession" order by "id"`)
  expect(stored).toEqual(
    told
      .map(({ id, startedAt, endedAt, events, pageviews, conversions, engagedMs }) => {
        return { id, startedAt, endedAt, events, pageviews, conversions, engagedMs }
      })
      .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  )
  const [hours] = await site.context.db.query(sql`
    select sum("pageviews")::int as "pageviews", sum("conversions")::int as "conversions", sum("sessions")::int as "sessions"
    from "TrackingHour" where "dimension" = '' and "pageId" = '00000000-0000-0000-0000-000000000000'`)
  const named = (name: string) => counted.filter((event) => event.name === name).length
  expect(hours).toEqual({ pageviews: named('pageview'), conversions: named('conversion'), sessions: told.length })
})

test('whoever waits for an event that another process has logged keeps nobody from counting meanwhile', async () => {
  const site = await makeSite()
  const [logged, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = new Tracking(host, {
    store: {
      ...postgresEventStore,
      append: async (tx, events) => {
        const fresh = await postgresEventStore.append(tx, events)
        logged.resolve()
        await gate.promise
        return fresh
      },
    },
  })
  const at = new Date()
  const event = (more: Partial<ServerEvent> = {}) => {
    return { id: newEventId(at, random), at, siteId: site.id, visitorId: site.visitorId, name: 'click', ...more }
  }
  const repeated = event()
  const first = held.record(site.context, [repeated])
  await logged.promise
  const waiting = tracking.record(site.context, [event({ name: 'exposure', once: 'exposure:banner' }), repeated])
  const waiters = () =>
    db.system.query(sql`
      select "pid" from pg_locks join pg_stat_activity using ("pid")
      where not granted and locktype = 'transactionid' and datname = current_database()`)
  await expect.poll(waiters).toHaveLength(1)
  // It is none of them that this waits for.
  expect(await other.record(site.context, [event()])).toEqual(['recorded'])
  gate.resolve()
  expect(await first).toEqual(['recorded'])
  expect(await waiting).toEqual(['recorded', 'duplicate'])
  await countedAsLogged(site.context)
})
