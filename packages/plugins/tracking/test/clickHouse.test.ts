import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { ClickHouseEventStore } from '../src/clickHouse/clickHouseEventStore.ts'
import { type TrackedEvent, unknownSource } from '../src/event.ts'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import tracking from '../src/index.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { hasClickHouse, TestClickHouse } from './clickHouseServer.ts'
import { collectorUnderTest } from './collector.ts'

afterAll(() => TestClickHouse.stopAll())

const random = { next: Math.random }
const sender = { isBot: false, address: '203.0.113.7', userAgent: '' }

describe.skipIf(!hasClickHouse())('the log in ClickHouse', async () => {
  if (!hasClickHouse()) return
  const server = await TestClickHouse.start()

  test('is what the API lists, page by page, filtered, by id, of one workspace; numbers are as ever', async () => {
    const api = await openApi('api')
    const [one, two] = [await api.newSite(), await api.newSite()]
    const at = Date.now() - 60_000
    const ids = Array.from({ length: 5 }, (_, index) => newEventId(new Date(at + index), random))
    await one.collect([
      { id: ids[0], name: 'pageview', url: 'https://example.com/Été' },
      { id: ids[1], name: 'click', properties: { label: 'Buy' } },
      { id: ids[2], name: 'conversion', goal: 'signup', value: '1999 EUR' },
    ])
    await one.collect([{ id: ids[3], name: 'pageview' }], newVisitorId(random))
    await two.collect([{ id: ids[4], name: 'pageview' }])
    const list = `query ($after: String, $filter: TrackingEventFilter) {
      trackingEvents(first: 2, after: $after, filter: $filter) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id name goal properties value { amountMinor currency } receivedAt } } }`
    const first = (await one.caller.ask(list)).data?.trackingEvents
    expect(first).toMatchObject({
      totalCount: 4,
      pageInfo: { hasNextPage: true },
      nodes: [
        { name: 'pageview' },
        { name: 'conversion', goal: 'signup', value: { amountMinor: 1999, currency: 'EUR' } },
      ],
    })
    const rest = (await one.caller.ask(list, { after: first.pageInfo.endCursor })).data?.trackingEvents
    expect(rest).toMatchObject({
      pageInfo: { hasNextPage: false },
      nodes: [{ name: 'click', properties: { label: 'Buy' } }, { name: 'pageview' }],
    })
    const found = await one.caller.ask(list, { filter: { search: 'éTÉ example', from: new Date(at).toISOString() } })
    expect(found.data?.trackingEvents).toMatchObject({ totalCount: 1, nodes: [{ id: rest.nodes[1].id }] })
    const node = `query ($id: ID!) { node(id: $id) { ... on TrackingEvent { name } } }`
    expect((await one.caller.ask(node, { id: first.nodes[1].id })).data?.node).toEqual({ name: 'conversion' })
    expect((await two.caller.ask(node, { id: first.nodes[1].id })).data?.node).toBeNull()
    expect((await two.caller.ask(list)).data?.trackingEvents.totalCount).toBe(1)
    const sessions = await one.caller.ask(
      `{ trackingSessions { nodes { events { totalCount nodes { name } } } } metrics { pageviews visitors conversions } }`,
    )
    expect(sessions.errors).toBeUndefined()
    expect(
      sessions.data?.trackingSessions.nodes.map(({ events }: { events: { totalCount: number } }) => events.totalCount),
    ).toEqual([1, 3])
    expect(sessions.data?.metrics).toEqual({ pageviews: 2, visitors: 2, conversions: 1 })
    expect(await one.inPostgres()).toBe(0)
  })

  test('says of every filter and order what PostgreSQL says', async () => {
    const { host, makeSite } = await collectorUnderTest()
    const store = await prepared('compared', host)
    const site = await makeSite()
    const visitors = Array.from({ length: 3 }, () => newVisitorId(random))
    const now = Date.now()
    const some = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)] as T
    const events = Array.from({ length: 120 }, (): TrackedEvent => {
      const at = new Date(now - Math.floor(Math.random() ** 3 * 40 * 24 * 3600_000))
      return {
        ...unknownSource,
        ...{
          id: newEventId(at, random),
          siteId: site.id,
          pageId: some([null, ...visitors]),
          visitorId: some(visitors),
        },
        ...{ sessionId: null, at, experiments: null, properties: null, metrics: null, referrer: null, value: null },
        name: some(['pageview', 'click', 'Conversion']),
        goal: some([null, 'Sign_up', "it's", '100%', 'été']),
        url: some([null, 'https://example.com/A_b', 'https://example.com/a%b', 'HTTPS://ÉTÉ.example']),
      }
    })
    await site.context.sqlTransaction(async (tx) => {
      await store.append(tx, events)
      await postgresEventStore.append(tx, events)
    })
    const ids = events.map(({ id }) => id).sort()
    const middle = ids[60] as string
    const wheres: object[] = [
      {},
      { AND: [] },
      { name: { equals: 'click' } },
      { name: { in: ['click', 'pageview'] }, goal: null },
      { goal: { in: [] } },
      { goal: { contains: 'SIGN\\_', mode: 'insensitive' } },
      { goal: { contains: '0\\%', mode: 'insensitive' } },
      { goal: { startsWith: "it'", mode: 'insensitive' } },
      { goal: { equals: 'Sign_up' } },
      { NOT: { goal: null } },
      { NOT: { goal: { equals: 'été' } } },
      { url: { contains: 'été', mode: 'insensitive' } },
      { OR: [{ url: { contains: 'a\\_b', mode: 'insensitive' } }, { name: { equals: 'click' } }] },
      { visitorId: visitors[0], pageId: visitors[1] },
      { id: { gte: middle } },
      { AND: [{ id: { lt: middle } }, { name: { equals: 'click' } }] },
      { AND: [{ OR: [{ at: { gt: new Date(now - 86_400_000) } }, { at: events[0]?.at, id: { gte: middle } }] }] },
      { siteId: visitors[2] },
    ]
    const delegate = site.context.db.prisma.trackingEvent
    const told = (rows: readonly object[]) =>
      rows.map((row) => {
        const { id, name, goal, url, visitorId, pageId, at } = row as TrackedEvent
        return { id, name, goal, url, visitorId, pageId, at }
      })
    for (const where of wheres) {
      for (const direction of ['asc', 'desc'] as const) {
        const query = { where, orderBy: [{ id: direction }], take: some([3, 21, 200]) }
        expect(told(await store.rows(site.context).findMany(query)), JSON.stringify(query)).toEqual(
          told(await delegate.findMany(query)),
        )
      }
      expect(await store.rows(site.context).count({ where })).toBe(await delegate.count({ where }))
    }
  })

  test('keeps workspaces apart whatever a caller says: what could end a text early is part of the text', async () => {
    let now = Date.now()
    const { host, makeSite } = await collectorUnderTest({ clock: { now: () => new Date(now) } })
    const store = await prepared('attacked', host)
    const [mine, theirs] = [await makeSite(), await makeSite()]
    await theirs.context.sqlTransaction((tx) =>
      store.append(tx, [eventOf(theirs, { goal: 'secret', name: 'conversion' })]),
    )
    // Settled, so that PostgreSQL is not asked whose the batches are.
    now += 2 * 3600_000
    await store.settle(host.system)
    expect(await store.rows(theirs.context).count({})).toBe(1)
    const attacks = [
      `' OR 1 = 1 --`,
      `\\' OR '1' = '1`,
      `x') OR 1 = 1 OR ('`,
      '\0',
      '"; DROP TABLE tracking_event',
      '`',
      '\\',
      '%',
      '_',
    ]
    for (const text of attacks) {
      for (const where of [
        { name: { equals: text } },
        { goal: { contains: text, mode: 'insensitive' } },
        { OR: [{ url: { in: [text] } }] },
        { NOT: { name: { equals: text } } },
      ])
        expect(await store.rows(mine.context).findMany({ where })).toEqual([])
      const span = { from: new Date(0), to: new Date(Date.now() + 1000) }
      expect(await store.goalCounts(mine.context, { goal: text, ...span }, 'channel')).toEqual(new Map())
      // Ids are text of a caller's, too: what is no UUID reaches no question.
      await expect(store.rows(mine.context).findMany({ where: { visitorId: text } })).rejects.toThrow('is no UUID')
    }
    await expect(store.rows(mine.context).findMany({ where: { 'name" OR "1': 'x' } })).rejects.toThrow('no column')
    expect(
      await store.rows(mine.context).findUnique({
        where: { workspaceId_id: { id: (await store.rows(theirs.context).findMany({}))[0]?.id as string } },
      }),
    ).toBeNull()
  })

  test('of a server that went away: events are refused, and taken and counted once when it is back', async () => {
    const own = await TestClickHouse.start()
    const api = await openApi('away', own)
    const site = await api.newSite()
    const event = { id: newEventId(new Date(), random), name: 'pageview' }
    await own.kill()
    expect(await site.collect([event])).toMatchObject({ error: { code: 'NOT_WRITTEN' } })
    expect((await site.caller.ask(`{ trackingEvents { totalCount } }`)).errors?.[0]?.originalError?.name).toBe(
      'UnavailableError',
    )
    expect((await site.caller.ask(`{ metrics { pageviews } }`)).data?.metrics).toEqual({ pageviews: 0 })
    await own.restart()
    expect(await site.collect([event])).toMatchObject({ accepted: 1 })
    expect(await site.collect([event])).toMatchObject({ duplicates: 1 })
    expect((await site.caller.ask(`{ trackingEvents { totalCount } metrics { pageviews } }`)).data).toEqual({
      trackingEvents: { totalCount: 1 },
      metrics: { pageviews: 1 },
    })
  })

  test('of a server that hangs, or answers by half: nothing is certain, nothing is counted, and the same events count once later', async () => {
    const wire = await cutter(server.port)
    const { host, makeSite } = await collectorUnderTest()
    const store = new ClickHouseEventStore({ url: `http://default:@127.0.0.1:${wire.port}/cut`, timeoutMs: 1_500 })
    await store.prepare(host.system)
    const site = await makeSite()
    const event = eventOf(site)
    const append = () => site.context.sqlTransaction((tx) => store.append(tx, [event]))
    // The rows arrive, the answer does not: an orphan.
    wire.mode = 'silent'
    await expect(append()).rejects.toMatchObject({ name: 'UnavailableError' })
    wire.mode = 'through'
    expect(await server.ask('SELECT count() FROM cut.tracking_event')).toBe('1')
    expect(await store.rows(site.context).findMany({})).toEqual([])
    expect(await store.rows(site.context).count({})).toBe(0)
    expect(await append()).toEqual([event])
    expect(await store.rows(site.context).findMany({})).toHaveLength(1)
    expect(await store.rows(site.context).count({})).toBe(1)
    wire.mode = 'half'
    await expect(store.rows(site.context).findMany({})).rejects.toMatchObject({ name: 'UnavailableError' })
    wire.mode = 'through'
    expect(await store.rows(site.context).findMany({})).toHaveLength(1)
  })

  test('is settled by the hour: what crashes left is deleted, what runs is not, and readers see the same before and after', async () => {
    let now = Date.now()
    const { host, makeSite } = await collectorUnderTest({ clock: { now: () => new Date(now) } })
    const store = await prepared('settled', host)
    const site = await makeSite()
    const [kept, lost, running] = [eventOf(site), eventOf(site), eventOf(site)]
    const appended = (event: TrackedEvent, then: () => Promise<void>) =>
      site.context.sqlTransaction(async (tx) => {
        await store.append(tx, [event])
        await then()
      })
    await appended(kept, async () => {})
    await expect(appended(lost, () => Promise.reject(new Error('crashed')))).rejects.toThrow('crashed')
    const gate = Promise.withResolvers<void>()
    const open = Promise.withResolvers<void>()
    const late = appended(running, () => {
      open.resolve()
      return gate.promise
    })
    await open.promise
    await appended(eventOf(site), async () => {})
    const seen = async () => [
      (await store.rows(site.context).findMany({})).map(({ id }) => id),
      await store.rows(site.context).count({}),
    ]
    const before = await seen()
    expect(before[1]).toBe(2)
    now += 2 * 3600_000
    const rows = () => server.ask('SELECT count() FROM settled.tracking_event')
    // A transaction that runs for two hours is not taken for dead.
    await store.settle(host.system)
    expect(await rows()).toBe('4')
    gate.resolve()
    await late
    const after = await seen()
    expect(after[1]).toBe(3)
    await store.settle(host.system)
    expect(await rows()).toBe('3')
    expect(await server.ask('SELECT count() FROM settled.tracking_settled')).toBe('1')
    expect(await seen()).toEqual(after)
    // From now on the log's word stands, also for a process that has just started.
    expect(await store.settle(host.system)).toBe(3)
    expect(await batches(host)).toBe(0)
    expect(await seen()).toEqual(after)
    const fresh = new ClickHouseEventStore({ url: server.url('settled') })
    expect(await fresh.rows(site.context).count({})).toBe(3)
    expect(await store.settle(host.system)).toBe(0)
  })

  test('forgets a workspace, and weeks that are over, and nothing else', async () => {
    const { host, makeSite } = await collectorUnderTest()
    const store = await prepared('forgotten', host)
    const [one, two] = [await makeSite(), await makeSite()]
    const old = new Date(Date.now() - 60 * 24 * 3600_000)
    for (const site of [one, two])
      await site.context.sqlTransaction((tx) =>
        store.append(tx, [eventOf(site), eventOf(site, { at: old, id: newEventId(old, random) })]),
      )
    await store.forgetWorkspace(one.context)
    await expect.poll(() => store.rows(one.context).count({})).toBe(0)
    expect(await store.rows(two.context).count({})).toBe(2)
    expect(await store.dropBefore(host.system, new Date(Date.now() - 30 * 24 * 3600_000))).toBe(1)
    expect((await store.rows(two.context).findMany({})).map(({ at }) => at)).not.toContainEqual(old)
    expect(await store.rows(two.context).count({})).toBe(1)
  })

  test('spread over two nodes holds a visitor on one of them, and loses nothing of what it took when one goes away', async () => {
    const [first, second] = (await TestClickHouse.startCluster(2)) as [TestClickHouse, TestClickHouse]
    const { host, makeSite } = await collectorUnderTest()
    const store = new ClickHouseEventStore({
      url: `${first.url('spread')}?nodes=127.0.0.1:${second.port}&cluster=events`,
    })
    await store.prepare(host.system)
    const site = await makeSite()
    const visitors = Array.from({ length: 40 }, () => newVisitorId(random))
    const events = visitors.flatMap((visitorId) => [eventOf(site, { visitorId }), eventOf(site, { visitorId })])
    await site.context.sqlTransaction((tx) => store.append(tx, events))
    const held = await Promise.all(
      [first, second].map(async (node) =>
        Number(await node.ask('SELECT uniqExact("visitorId") FROM spread.tracking_event')),
      ),
    )
    expect(held.reduce((sum, count) => sum + count)).toBe(40)
    expect(Math.min(...held)).toBeGreaterThan(5)
    expect(await store.rows(site.context).count({})).toBe(80)
    await first.kill()
    const more = visitors.map((visitorId) => eventOf(site, { visitorId }))
    const append = () => site.context.sqlTransaction((tx) => store.append(tx, more))
    // The other one answers, and refuses what belongs to the one that is away.
    await expect(append()).rejects.toMatchObject({ name: 'UnavailableError' })
    await expect(store.rows(site.context).count({})).rejects.toMatchObject({ name: 'UnavailableError' })
    await first.restart()
    await expect
      .poll(() =>
        store
          .rows(site.context)
          .count({})
          .catch(() => -1),
      )
      .toBe(80)
    expect(await append()).toHaveLength(40)
    expect(await store.rows(site.context).count({})).toBe(120)
  })

  async function prepared(database: string, host: { system: Parameters<ClickHouseEventStore['prepare']>[0] }) {
    const store = new ClickHouseEventStore({ url: server.url(database) })
    await store.prepare(host.system)
    return store
  }

  async function openApi(database: string, engine = server) {
    const postgres = await testDatabase()
    const { kernel, as } = await testKernel(postgres, [tracking], { resources: { eventStore: engine.url(database) } })
    const service = kernel.service(tracking)
    await service.prepare(kernel.contexts.system('test'))
    return {
      newSite: async () => {
        const workspaceId = await postgres.createWorkspace()
        const caller = as(workspaceId, 'tracking:read', 'tracking:write')
        const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
        const site = await service.sites.ensure(context, 'Shop')
        const visitorId = newVisitorId(random)
        return {
          caller,
          collect: async (events: object[], visitor = visitorId) => {
            const body = JSON.stringify({ site: site.key, visitorId: visitor, events })
            const request = { method: 'POST', url: 'http://127.0.0.1/collect', headers: new Headers(), body }
            return JSON.parse((await service.collect(request, sender)).body)
          },
          inPostgres: () => context.db.prisma.trackingEvent.count(),
        }
      },
    }
  }
})

async function batches(host: Awaited<ReturnType<typeof collectorUnderTest>>['host']): Promise<number> {
  const [row] = await host.system.system.query<{ count: number }>(
    sql`select count(*)::int as count from "TrackingBatch"`,
  )
  return row?.count ?? -1
}

function eventOf(site: { id: string; visitorId: string }, more: Partial<TrackedEvent> = {}): TrackedEvent {
  const at = new Date()
  return {
    ...unknownSource,
    ...{ id: newEventId(at, random), siteId: site.id, visitorId: site.visitorId, name: 'pageview', at },
    ...{ pageId: null, sessionId: null, goal: null, url: null, referrer: null, experiments: null, properties: null },
    ...{ value: null, metrics: null },
    ...more,
  }
}

/** A wire to a server that can lose its answers, or the second half of them. */
async function cutter(port: number) {
  const wire = { port: 0, mode: 'through' as 'through' | 'silent' | 'half' }
  const sockets = new Set<Socket>()
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    near.pipe(far)
    far.on('data', (data) => {
      if (wire.mode === 'through') near.write(data)
      if (wire.mode !== 'half') return
      near.write(data.subarray(0, data.length / 2))
      near.destroySoon()
    })
    far.on('close', () => near.destroy())
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  wire.port = (listener.address() as AddressInfo).port
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return wire
}
