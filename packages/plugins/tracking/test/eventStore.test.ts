import type { SqlContext } from '@espalier/core'
import { afterAll, describe, expect, test } from 'vitest'
import { ClickHouseEventStore } from '../src/clickHouse/clickHouseEventStore.ts'
import { type TrackedEvent, unknownSource } from '../src/event.ts'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import type { EventStore } from '../src/eventStore.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { hasClickHouse, TestClickHouse } from './clickHouseServer.ts'
import { collectorUnderTest } from './collector.ts'

afterAll(() => TestClickHouse.stopAll())

/** What every engine of the log gives, whichever it is: the contract of `EventStore`, asked of each. */
const engines: readonly { name: string; missing: boolean; open: () => Promise<EventStore> }[] = [
  { name: 'PostgreSQL', missing: false, open: async () => postgresEventStore },
  {
    name: 'ClickHouse',
    missing: !hasClickHouse(),
    open: async () => {
      const server = await TestClickHouse.start()
      return new ClickHouseEventStore({ url: server.url('one') })
    },
  },
  {
    name: 'ClickHouse, two nodes',
    missing: !hasClickHouse(),
    open: async () => {
      const nodes = await TestClickHouse.startCluster(2)
      const [one, two] = nodes as [TestClickHouse, TestClickHouse]
      return new ClickHouseEventStore({ url: `${one.url('both')}?nodes=127.0.0.1:${two.port}&cluster=events` })
    },
  },
]

for (const { name, missing, open } of engines)
  describe.skipIf(missing)(name, async () => {
    let now = Date.parse('2031-03-04T12:00:00.000Z')
    const { host, makeSite } = await collectorUnderTest({ clock: { now: () => new Date(now) } })
    const opened = missing ? undefined : open()

    const start = async () => {
      const store = (await opened) as EventStore
      await store.prepare(host.system)
      const site = await makeSite()
      const other = await makeSite()
      const random = host.random
      const event = (more: Partial<TrackedEvent> = {}): TrackedEvent => {
        const at = more.at ?? new Date(now)
        return {
          ...unknownSource,
          id: newEventId(at, random),
          siteId: site.id,
          pageId: null,
          visitorId: site.visitorId,
          sessionId: null,
          name: 'pageview',
          goal: null,
          at,
          url: null,
          referrer: null,
          experiments: null,
          properties: null,
          value: null,
          metrics: null,
          ...more,
        }
      }
      const append = (context: SqlContext, events: readonly TrackedEvent[]) =>
        context.sqlTransaction((tx) => store.append(tx, events))
      const around = { from: new Date(now - 3600_000), to: new Date(now + 3600_000) }
      const logged = (context: SqlContext, visitorId = site.visitorId) =>
        store.ofVisitorsAnywhere(context, [{ visitorId, ...around }])
      return { store, host, site, other, event, append, logged, around }
    }

    test('an event comes back as it was given, whatever it holds', async () => {
      const { store, site, event, append, around } = await start()
      const full = event({
        name: 'conversion',
        goal: `it's "quoted" \\ and 100 % \t\n`,
        pageId: newVisitorId(host.random),
        url: 'https://example.com/é?q=日本&x=🌳',
        referrer: 'https://example.org/',
        path: '/é',
        channel: 'email',
        country: 'FR',
        device: 'mobile',
        utmCampaign: "'); DROP TABLE tracking_event; --",
        experiments: { a: 'b' },
        properties: { deep: { list: [1, null, 'x'] }, text: 'é' },
        value: { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'EUR' },
        metrics: { engagedMs: 8200, cls: 0.01 },
      })
      const empty = event({ name: '', at: new Date(now + 1) })
      expect(await append(site.context, [full, empty])).toEqual([full, empty])
      const back = await store.ofVisitors(site.context, [{ siteId: site.id, visitorId: site.visitorId, ...around }])
      const byId = new Map(back.map((event) => [event.id, event]))
      const { sessionId: _s, url: _u, referrer: _r, properties: _p, goal: _g, ...told } = full
      expect(byId.get(full.id)).toMatchObject(told)
      expect(byId.get(empty.id)).toMatchObject({ name: '', value: null, metrics: null, pageId: null, path: null })
      const [anywhere] = (
        await store.ofVisitorsAnywhere(site.context, [{ visitorId: site.visitorId, ...around }])
      ).filter(({ id }) => id === full.id)
      expect(anywhere).toMatchObject({ goal: full.goal, url: full.url, properties: full.properties })
    })

    test('an id is taken once: in a batch again, in another, in two at once', async () => {
      const { site, event, append, logged } = await start()
      const [one, two, three] = [event(), event(), event()]
      expect(await append(site.context, [one, two])).toEqual([one, two])
      expect(await append(site.context, [two, three])).toEqual([three])
      const many = Array.from({ length: 20 }, () => event())
      const taken = await Promise.all(Array.from({ length: 4 }, () => append(site.context, many)))
      expect(taken.flat()).toHaveLength(20)
      expect(await logged(site.context)).toHaveLength(23)
    })

    test('what counts once in a visitor’s life is logged once, whatever its id', async () => {
      const { site, event, append, logged } = await start()
      const first = event({ name: 'exposure', once: 'exposure:x' })
      expect(await append(site.context, [first])).toEqual([first])
      expect(await append(site.context, [event({ name: 'exposure', once: 'exposure:x' })])).toEqual([])
      expect(await logged(site.context)).toHaveLength(1)
    })

    test('what a transaction has logged it finds, nobody else before it is committed, and nobody at all when it is aborted', async () => {
      const { store, site, event, logged } = await start()
      const lost = event()
      await expect(
        site.context.sqlTransaction(async (tx) => {
          await store.append(tx, [lost])
          expect(
            await store.ofVisitorsAnywhere(tx, [
              { visitorId: site.visitorId, from: new Date(now - 1), to: new Date(now + 1) },
            ]),
          ).toHaveLength(1)
          expect(await logged(site.context)).toEqual([])
          throw new Error('aborted')
        }),
      ).rejects.toThrow('aborted')
      expect(await logged(site.context)).toEqual([])
      // Sent again, it is new.
      expect(await site.context.sqlTransaction((tx) => store.append(tx, [lost]))).toEqual([lost])
      expect(await logged(site.context)).toHaveLength(1)
    })

    test('a visitor is found on the site and in the span that were asked for, both ends of it told apart', async () => {
      const { store, site, event, append } = await start()
      const second = newVisitorId(host.random)
      const at = (ms: number, more: Partial<TrackedEvent> = {}) => event({ at: new Date(now + ms), ...more })
      const events = [at(-1000), at(0), at(1000), at(2000), at(0, { visitorId: second }), at(500, { siteId: second })]
      await append(site.context, events)
      const span = { from: new Date(now), to: new Date(now + 1000) }
      const instants = (found: readonly { at: Date }[]) =>
        found.map(({ at }) => at.getTime() - now).sort((a, b) => a - b)
      expect(
        instants(await store.ofVisitors(site.context, [{ siteId: site.id, visitorId: site.visitorId, ...span }])),
      ).toEqual([0, 1000])
      expect(instants(await store.ofVisitorsAnywhere(site.context, [{ visitorId: site.visitorId, ...span }]))).toEqual([
        0, 500,
      ])
      expect(
        await store.ofVisitors(site.context, [
          { siteId: site.id, visitorId: site.visitorId, ...span },
          { siteId: site.id, visitorId: second, ...span },
        ]),
      ).toHaveLength(3)
    })

    test('goals are counted by steps of time and by where their visitors came from', async () => {
      const { store, site, event, append } = await start()
      const conversion = (ms: number, more: Partial<TrackedEvent> = {}) =>
        event({ name: 'conversion', goal: 'signup', at: new Date(now + ms), ...more })
      await append(site.context, [
        conversion(0, { channel: 'email', path: '/a' }),
        conversion(59_999, { channel: 'email', path: '/b' }),
        conversion(60_000, { channel: null }),
        conversion(0, { goal: 'other' }),
        event({ goal: 'signup' }),
        conversion(3600_000, { channel: 'social', country: 'FR' }),
      ])
      const scope = { goal: 'signup', from: new Date(now), to: new Date(now + 7200_000) }
      const counts = async (by: Parameters<EventStore['goalCounts']>[2], more = {}) =>
        Object.fromEntries(await store.goalCounts(site.context, { ...scope, ...more }, by))
      expect(await counts('MINUTE')).toEqual({ [now]: 2, [now + 60_000]: 1, [now + 3600_000]: 1 })
      expect(await counts('HOUR')).toEqual({ [now]: 3, [now + 3600_000]: 1 })
      expect(await counts('channel')).toEqual({ email: 2, null: 1, social: 1 })
      expect(await counts('HOUR', { to: new Date(now + 60_000) })).toEqual({ [now]: 2 })
      expect(await counts('HOUR', { siteId: site.visitorId })).toEqual({})
      expect(await counts('HOUR', { goal: "x' or '1'='1" })).toEqual({})
    })

    test('a workspace sees nothing of another: not by visitor, not by goal, not by the ids it knows', async () => {
      const { store, host, site, other, event, append, around } = await start()
      const secret = event({ name: 'conversion', goal: 'signup' })
      await append(site.context, [secret])
      await append(other.context, [event({ visitorId: other.visitorId })])
      // Where PostgreSQL is asked for each batch, it keeps them apart as well. Settled, the log stands alone.
      now += 2 * 3600_000
      await store.settle?.(host.system)
      const spans = [{ siteId: site.id, visitorId: site.visitorId, ...around }]
      expect(await store.ofVisitors(other.context, spans)).toEqual([])
      expect(await store.ofVisitorsAnywhere(other.context, spans)).toEqual([])
      expect(await store.goalCounts(other.context, { goal: 'signup', ...around }, 'HOUR')).toEqual(new Map())
      // The same id is another event there, and stays apart.
      const own = { ...secret, goal: 'mine' }
      expect(await append(other.context, [own])).toEqual([own])
      expect(await store.ofVisitorsAnywhere(other.context, spans)).toMatchObject([{ goal: 'mine' }])
      expect(await store.ofVisitorsAnywhere(site.context, spans)).toMatchObject([{ goal: 'signup' }])
    })

    test('the installation’s events of the last minutes are counted over all workspaces', async () => {
      const { store, site, other, event, append } = await start()
      now += 24 * 3600_000
      await append(site.context, [event({ at: new Date(now) }), event({ at: new Date(now - 120_000) })])
      await append(other.context, [event({ at: new Date(now) })])
      expect(await store.countSince(host.system, new Date(now - 60_000))).toBe(2)
    })
  })
