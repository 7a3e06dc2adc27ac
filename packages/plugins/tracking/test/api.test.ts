import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { newEventId, newVisitorId } from '../src/eventId.ts'
import tracking from '../src/index.ts'

const database = await testDatabase()
const { kernel, as } = await testKernel(database, [tracking])
const service = kernel.service(tracking)
const random = { next: Math.random }
let instant = Date.now() - 60_000
/** Ascending, so that the log has an order to expect. */
const nextInstant = () => new Date(++instant)

const newWorkspace = async () => {
  const workspaceId = await database.createWorkspace()
  const caller = as(workspaceId, 'tracking:read', 'tracking:write')
  const make = await caller.ask(
    `mutation { createTrackingSite(input: { name: "Shop" }) { ... on CreateTrackingSiteSuccess { data { id key script } } } }`,
  )
  const site = make.data?.createTrackingSite.data as { id: string; key: string; script: string }
  const visitorId = newVisitorId(random)
  const collect = async (events: object[], as = visitorId) => {
    const body = JSON.stringify({
      site: site.key,
      visitorId: as,
      events: events.map((event) => ({ id: newEventId(nextInstant(), random), ...event })),
    })
    const request = { method: 'POST', url: 'http://127.0.0.1/collect', headers: new Headers(), body }
    return JSON.parse((await service.collect(request, sender)).body)
  }
  return { workspaceId, caller, site, visitorId, collect }
}

const sender = { isBot: false, address: '203.0.113.7', userAgent: '' }

const totals = `pageviews visitors clicks conversions`

describe('sites', () => {
  test('are made, listed, renamed and deleted, and each change is on record', async () => {
    const { caller, site, workspaceId, collect } = await newWorkspace()
    expect(site.script).toBe(`<script defer src="http://127.0.0.1:4000/t.js" data-site="${site.key}"></script>`)
    await caller.ask(`mutation ($id: ID!) { updateTrackingSite(input: { id: $id, name: "Store" }) { __typename } }`, {
      id: site.id,
    })
    const list = await caller.ask(
      `{ trackingSites(filter: { name: { startsWith: "st" } }) { totalCount nodes { id name } } }`,
    )
    expect(list.data?.trackingSites).toEqual({ totalCount: 1, nodes: [{ id: site.id, name: 'Store' }] })
    await collect([{ name: 'pageview' }])
    const gone = await caller.ask(`mutation ($id: ID!) { deleteTrackingSite(id: $id) { __typename } }`, { id: site.id })
    expect(gone.data?.deleteTrackingSite.__typename).toBe('DeleteTrackingSiteSuccess')
    expect(await collect([{ name: 'pageview' }])).toMatchObject({ error: { code: 'UNKNOWN_SITE' } })
    expect((await caller.ask(`{ metrics { ${totals} } }`)).data?.metrics.pageviews).toBe(0)
    const trail = await kernel.contexts
      .workspace(workspaceId, { type: 'system', name: 'test' })
      .db.query(sql`select "action" from "AuditEntry" order by "id"`)
    expect(trail.map(({ action }) => action)).toEqual([
      'createTrackingSite',
      'updateTrackingSite',
      'deleteTrackingSite',
    ])
  })

  test('with a taken name, or of another workspace, are refused with a typed error', async () => {
    const [one, two] = [await newWorkspace(), await newWorkspace()]
    const again = await one.caller.ask(`mutation { createTrackingSite(input: { name: "Shop" }) { __typename } }`)
    expect(again.data?.createTrackingSite.__typename).toBe('ConflictError')
    const foreign = await one.caller.ask(`mutation ($id: ID!) { deleteTrackingSite(id: $id) { __typename } }`, {
      id: two.site.id,
    })
    expect(foreign.data?.deleteTrackingSite.__typename).toBe('NotFoundError')
    const empty = await one.caller.ask(`mutation { createTrackingSite(input: { name: "  " }) { __typename } }`)
    expect(empty.data?.createTrackingSite.__typename).toBe('InvalidInputError')
  })

  test('need the permission', async () => {
    const { workspaceId } = await newWorkspace()
    const viewer = as(workspaceId, 'tracking:read')
    const made = await viewer.ask(`mutation { createTrackingSite(input: { name: "Mine" }) { __typename } }`)
    expect(made.data?.createTrackingSite.__typename).toBe('ForbiddenError')
    expect((await as(workspaceId).ask(`{ trackingEvents { totalCount } }`)).errors?.[0]?.extensions.code).toBe(
      'FORBIDDEN',
    )
  })
})

test('the log is listed newest first, page by page, filtered', async () => {
  const { caller, collect, visitorId } = await newWorkspace()
  await collect([{ name: 'pageview', url: 'https://example.com/a' }])
  await collect([{ name: 'click', properties: { label: 'Buy' } }])
  await collect([{ name: 'conversion', goal: 'signup' }], newVisitorId(random))
  const query = `query ($after: String, $filter: TrackingEventFilter) {
    trackingEvents(first: 2, after: $after, filter: $filter) { totalCount pageInfo { hasNextPage endCursor } nodes { name goal url properties visitorId } } }`
  const first = (await caller.ask(query)).data?.trackingEvents
  expect(first).toMatchObject({
    totalCount: 3,
    pageInfo: { hasNextPage: true },
    nodes: [
      { name: 'conversion', goal: 'signup' },
      { name: 'click', properties: { label: 'Buy' } },
    ],
  })
  const rest = (await caller.ask(query, { after: first.pageInfo.endCursor })).data?.trackingEvents
  expect(rest).toMatchObject({
    pageInfo: { hasNextPage: false },
    nodes: [{ name: 'pageview', url: 'https://example.com/a' }],
  })
  const filtered = await caller.ask(query, {
    filter: { visitorId, from: new Date(Date.now() - 3600_000).toISOString(), name: { in: ['click', 'conversion'] } },
  })
  expect(filtered.data?.trackingEvents).toMatchObject({ totalCount: 1, nodes: [{ name: 'click' }] })
})

test('metrics of a site and a page, with their series', async () => {
  const { caller, collect, site } = await newWorkspace()
  await collect([{ name: 'pageview' }, { name: 'pageview' }, { name: 'click' }])
  await collect([{ name: 'pageview' }, { name: 'conversion' }], newVisitorId(random))
  const { data, errors } = await caller.ask(
    `query ($site: ID!, $page: ID!, $from: DateTime!) {
      all: metrics { ${totals} }
      site: metrics(siteId: $site, from: $from) { ${totals} series(granularity: HOUR) { ${totals} } }
      page: metrics(pageId: $page) { ${totals} }
    }`,
    {
      site: site.id,
      page: Buffer.from(`Page:${newVisitorId(random)}`).toString('base64'),
      from: new Date(Date.now() - 3600_000).toISOString(),
    },
  )
  expect(errors).toBeUndefined()
  const counted = { pageviews: 3, visitors: 2, clicks: 1, conversions: 1 }
  expect(data).toMatchObject({
    all: counted,
    site: counted,
    page: { pageviews: 0, visitors: 0, clicks: 0, conversions: 0 },
  })
  expect(data?.site.series.reduce((sum: number, { pageviews }: { pageviews: number }) => sum + pageviews, 0)).toBe(3)
})

test('an instant long ago or far ahead is a span like any other', async () => {
  const { caller, collect } = await newWorkspace()
  await collect([{ name: 'pageview' }])
  const { data, errors } = await caller.ask(
    `{
      since: trackingEvents(filter: { from: "0001-01-01T00:00:00Z" }) { totalCount }
      before: trackingEvents(filter: { until: "1969-01-01T00:00:00Z" }) { totalCount }
      ever: metrics(from: "0001-01-01T00:00:00Z", to: "9999-12-31T23:59:59.999Z") { pageviews visitors }
      antiquity: metrics(from: "0001-01-01T00:00:00Z", to: "0001-01-01T01:00:00Z") { series(granularity: HOUR) { at } }
    }`,
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    since: { totalCount: 1 },
    before: { totalCount: 0 },
    ever: { pageviews: 1, visitors: 1 },
    antiquity: { series: [] },
  })
})

test('a live watcher sees the totals at once and after every change, as the log has them, and nothing of other workspaces', async () => {
  const [one, two] = [await newWorkspace(), await newWorkspace()]
  const updates = await one.caller.watch(`subscription { metricsUpdated { ${totals} } }`)
  expect((await updates.next()).value.data.metricsUpdated).toEqual({
    pageviews: 0,
    visitors: 0,
    clicks: 0,
    conversions: 0,
  })
  await two.collect([{ name: 'pageview' }])
  for (let round = 1; round <= 20; round++) await one.collect([{ name: 'pageview' }, { name: 'click' }])
  let latest = { pageviews: 0, clicks: 0 }
  let updatesSeen = 0
  while (latest.pageviews < 20) {
    const update = (await updates.next()).value.data.metricsUpdated
    expect(update.pageviews).toBeGreaterThanOrEqual(latest.pageviews)
    expect(update.clicks).toBe(update.pageviews)
    latest = update
    updatesSeen++
  }
  expect(latest).toEqual({ pageviews: 20, visitors: 1, clicks: 20, conversions: 0 })
  // Coalesced: far fewer than the twenty commits.
  expect(updatesSeen).toBeLessThan(20)
  await updates.return(undefined)
})
