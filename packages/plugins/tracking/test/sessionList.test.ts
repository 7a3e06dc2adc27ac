import { testDatabase, testKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import tracking, { type ServerEvent } from '../src/index.ts'

const database = await testDatabase()
const { kernel, as } = await testKernel(database, [tracking])
const service = kernel.service(tracking)
const newId = () => newVisitorId({ next: Math.random })
/** A few hours ago. */
const start = Date.now() - 5 * 3600_000
/** So many minutes later. */
const after = (minutes: number) => new Date(start + minutes * 60_000)

async function newWorkspace() {
  const workspaceId = await database.createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const shop = await service.sites.ensure(context, 'Shop')
  const visitorId = newId()
  return {
    shop,
    context,
    visitorId,
    nobody: as(workspaceId).ask,
    ask: as(workspaceId, 'tracking:read').ask,
    record: (...events: Partial<ServerEvent>[]) =>
      service.record(
        context,
        events.map((event) => ({ siteId: shop.id, visitorId, name: 'pageview', ...event })),
      ),
  }
}

test('sessions are listed newest first, each with where it came from, what came of it, and its journey', async () => {
  const { ask, record, visitorId, shop } = await newWorkspace()
  const pageId = newId()
  const spring = { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring', channel: 'email' } as const
  await record(
    { at: after(0), path: '/', pageId, country: 'FR', device: 'mobile', ...spring },
    { at: after(1), path: '/prices' },
    { at: after(2), name: 'conversion', goal: 'signup' },
    { at: after(2), visitorId: newId(), path: '/elsewhere' },
    // Half an hour of silence, then again.
    { at: after(40), path: '/prices', channel: 'direct' },
  )
  const { data, errors } = await ask(
    `query ($visitor: UUID!) { trackingSessions(filter: { visitorId: $visitor }) { totalCount nodes {
      siteId visitorId startedAt endedAt channel utmCampaign country device entryPageId entryPath exitPath
      pageviews conversions engagementSeconds bounced
      events(orderBy: { field: ID, direction: ASC }) { totalCount nodes { name path goal at } } } } }`,
    { visitor: visitorId },
  )
  expect(errors).toBeUndefined()
  const [again, first] = data?.trackingSessions.nodes ?? []
  expect(data?.trackingSessions.totalCount).toBe(2)
  expect(again).toMatchObject({
    startedAt: after(40).toISOString(),
    channel: 'direct',
    entryPageId: null,
    entryPath: '/prices',
    pageviews: 1,
    conversions: 0,
    bounced: true,
    events: { totalCount: 1 },
  })
  expect(first).toEqual({
    siteId: shop.id,
    visitorId,
    startedAt: after(0).toISOString(),
    endedAt: after(2).toISOString(),
    channel: 'email',
    utmCampaign: 'spring',
    country: 'FR',
    device: 'mobile',
    entryPageId: pageId,
    entryPath: '/',
    exitPath: '/prices',
    pageviews: 2,
    conversions: 1,
    engagementSeconds: 0,
    bounced: false,
    events: {
      totalCount: 3,
      nodes: [
        { name: 'pageview', path: '/', goal: null, at: after(0).toISOString() },
        { name: 'pageview', path: '/prices', goal: null, at: after(1).toISOString() },
        { name: 'conversion', path: null, goal: 'signup', at: after(2).toISOString() },
      ],
    },
  })
})

test('a journey is whole where a clock ran ahead and was put right, and ends where the next begins in the same instant', async () => {
  const { ask, record } = await newWorkspace()
  const idOf = (minutes: number) => newEventId(after(minutes), { next: Math.random })
  await record({ id: idOf(9), at: after(0), path: '/ahead' }, { id: idOf(1), at: after(1), path: '/right' })
  // A campaign begins the next session, at once.
  const [last, next] = [idOf(2), idOf(2)].toSorted()
  const news = { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring' }
  await record({ id: last as string, at: after(2), path: '/last' })
  await record({ id: next as string, at: after(2), path: '/campaign', ...news })
  const { data, errors } = await ask(`{ trackingSessions(orderBy: { field: ID, direction: ASC }) { nodes {
    startedAt pageviews events { totalCount nodes { path } } } } }`)
  expect(errors).toBeUndefined()
  const journeys = (data?.trackingSessions.nodes ?? []).map(
    ({ pageviews, events }: { pageviews: number; events: { totalCount: number; nodes: { path: string }[] } }) => [
      pageviews,
      events.totalCount,
      ...events.nodes.map(({ path }) => path).toSorted(),
    ],
  )
  expect(journeys).toHaveLength(2)
  expect(journeys).toContainEqual([3, 3, '/ahead', '/last', '/right'])
  expect(journeys).toContainEqual([1, 1, '/campaign'])
})

test('they are found by site, span of their beginning, channel, campaign, entry and conversions', async () => {
  const { ask, record, context } = await newWorkspace()
  const other = await service.sites.ensure(context, 'Blog')
  const pageId = newId()
  const spring = { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring' }
  const one = (event: Partial<ServerEvent>) => ({ visitorId: newId(), ...event })
  const buyer = newId()
  await record(
    one({ at: after(0), path: '/a', channel: 'direct' }),
    one({ at: after(1), path: '/b', pageId, channel: 'email', ...spring }),
    one({ at: after(2), path: '/c', channel: 'social', siteId: other.id }),
    { visitorId: buyer, at: after(3), path: '/d', channel: 'other' },
    { visitorId: buyer, at: after(4), name: 'conversion' },
  )
  const entries = async (filter: object) =>
    (
      await ask(
        `query ($filter: TrackingSessionFilter!) { trackingSessions(filter: $filter) { nodes { entryPath } } }`,
        { filter },
      )
    ).data?.trackingSessions.nodes.map(({ entryPath }: { entryPath: string }) => entryPath)
  expect(await entries({})).toEqual(['/d', '/c', '/b', '/a'])
  expect(await entries({ siteId: other.id })).toEqual(['/c'])
  expect(await entries({ from: after(1).toISOString(), until: after(3).toISOString() })).toEqual(['/c', '/b'])
  expect(await entries({ channel: { in: ['direct', 'email'] } })).toEqual(['/b', '/a'])
  expect(await entries({ utmCampaign: { equals: 'spring' } })).toEqual(['/b'])
  expect(await entries({ entryPageId: pageId })).toEqual(['/b'])
  expect(await entries({ entryPath: { startsWith: '/d' } })).toEqual(['/d'])
  expect(await entries({ conversions: { min: 1 } })).toEqual(['/d'])
})

test('a page goes on where the one before ended, also when sessions came in between and events joined two', async () => {
  const { ask, record } = await newWorkspace()
  const joined = newId()
  const visit = (minutes: number, visitorId = newId()) => ({ visitorId, at: after(minutes), path: `/${minutes}` })
  await record(visit(0), visit(10, joined), visit(20), visit(45, joined))
  const page = async (after?: string) => {
    const { data } = await ask(
      `query ($after: String) { trackingSessions(first: 2, after: $after) { pageInfo { hasNextPage endCursor } nodes { entryPath } } }`,
      { after },
    )
    const { nodes, pageInfo } = data?.trackingSessions ?? {}
    return { paths: nodes.map(({ entryPath }: { entryPath: string }) => entryPath), ...pageInfo }
  }
  const first = await page()
  expect(first).toMatchObject({ paths: ['/45', '/20'], hasNextPage: true })
  // One that is newer than the whole list, and an event that makes one session of 10 and 45.
  await record(visit(50), visit(30, joined))
  expect(await page(first.endCursor)).toMatchObject({ paths: ['/10', '/0'], hasNextPage: false })
  expect((await page()).paths).toEqual(['/50', '/20'])
})

test('they are of their workspace, and need the permission', async () => {
  const [own, foreign] = [await newWorkspace(), await newWorkspace()]
  await foreign.record({ at: after(0) })
  const all = await foreign.ask(`{ trackingSessions { nodes { id } } }`)
  const id = all.data?.trackingSessions.nodes[0].id
  const read = `query ($id: ID!) { node(id: $id) { ... on TrackingSession { visitorId } } trackingSessions { totalCount } }`
  expect((await own.ask(read, { id })).data).toEqual({ node: null, trackingSessions: { totalCount: 0 } })
  expect((await foreign.ask(read, { id })).data?.node).toEqual({ visitorId: foreign.visitorId })
  expect((await own.nobody(`{ trackingSessions { totalCount } }`)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})
