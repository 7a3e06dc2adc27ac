import { type Clock, sql } from '@espalier/core'
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { forgetSalts } from '../src/dailyVisitors.ts'
import { collectorUnderTest } from './collector.ts'

let now = new Date()
const clock = { now: () => now } as Clock
const { urls, host, makeSite, newId, newVisitor, tracking } = await collectorUnderTest({
  clock,
  settings: { cookieless: true },
})
const phone = '198.51.100.23'
const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const pageview = () => ({ id: newId(), name: 'pageview', url: 'https://example.com/' })
const tomorrow = () => new Date(now.getTime() + 24 * 3600_000)

beforeEach(() => {
  now = new Date()
})

type TestSite = Awaited<ReturnType<typeof makeSite>>

/** The visitor as whom an event of this address and browser is counted. */
async function visitorOf(
  site: TestSite,
  address = phone,
  headers: Record<string, string> = browser,
  extra: object = {},
) {
  const event = pageview()
  expect(await site.send([event], extra, headers, false, address)).toMatchObject({ status: 200, accepted: 1 })
  return (await site.logged()).find(({ id }) => id === event.id)?.visitorId as string
}

describe('a visitor without storage', () => {
  test('is the same one all day, by address and browser, whatever id a browser sends', async () => {
    const site = await makeSite()
    const visitor = await visitorOf(site)
    expect(visitor).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await visitorOf(site, phone, browser, { visitorId: newVisitor() })).toBe(visitor)
    expect(await visitorOf(site, phone, browser, { visitorId: undefined, sessionId: newVisitor() })).toBe(visitor)
    expect((await site.logged()).map(({ sessionId }) => sessionId)).toEqual([null, null, null])
  })

  test('is another one at another address, with another browser, on another site, in another workspace', async () => {
    const site = await makeSite()
    const other = await tracking.sites.ensure(site.context, 'Other site')
    const ids = [
      await visitorOf(site),
      await visitorOf(site, '198.51.100.24'),
      await visitorOf(site, phone, { 'user-agent': 'Another' }),
      await visitorOf(site, phone, browser, { site: other.key }),
      await visitorOf(await makeSite()),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('cannot be followed into the next day: the salt is another one, and the old one is gone', async () => {
    const site = await makeSite()
    const today = await visitorOf(site)
    const salts = () => site.context.db.query<{ salt: Buffer }>(sql`select "salt" from "TrackingSalt"`)
    const [before] = await salts()
    now = tomorrow()
    expect(await visitorOf(site)).not.toBe(today)
    const [after, ...more] = await salts()
    expect(more).toEqual([])
    expect(after?.salt.equals(before?.salt as Buffer)).toBe(false)
  })

  test('nor where nobody came on the next day: a job drops what is left', async () => {
    const site = await makeSite()
    await visitorOf(site)
    now = tomorrow()
    expect(await forgetSalts({ ...host.system, clock })).toBeGreaterThan(0)
    expect(await site.context.db.query(sql`select 1 from "TrackingSalt"`)).toEqual([])
  })

  test('is the same one to every process of an installation', async () => {
    const site = await makeSite()
    const { DailyVisitors } = await import('../src/dailyVisitors.ts')
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => new DailyVisitors(clock).idOf(site.context, site.id, phone, 'x')),
    )
    expect(new Set(ids).size).toBe(1)
  })

  test('leaves no address anywhere in the database', async () => {
    const site = await makeSite()
    const address = '192.0.2.177'
    await visitorOf(site, address)
    // As the owner of the database, who sees everything.
    const owner = new pg.Client({ connectionString: urls.owner })
    await owner.connect()
    const { rows: tables } = await owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const { name } of tables) {
      const { rows } = await owner.query(
        `select count(*)::int as found from "${name}" t where t::text like '%${address}%'`,
      )
      expect(rows, name).toEqual([{ found: 0 }])
    }
    await owner.end()
  })
})

describe('a page that this server rendered', () => {
  const pageFor = async (site: TestSite, headers: Record<string, string> = {}) => {
    const request = new Request('http://127.0.0.1/p', { headers: { ...browser, ...headers } })
    const visitor = await tracking.visitorOf(request, site.context, {
      isBot: false,
      address: phone,
      userAgent: browser['user-agent'],
    })
    const { token } = tracking.pageContext({
      workspaceId: site.workspaceId,
      siteId: site.id,
      pageId: newVisitor(),
      visitorId: visitor.visitorId,
      experiments: {},
    })
    return { visitor, token }
  }

  test('sets no cookie, drops one of before, and its visitor is the one who is counted', async () => {
    const site = await makeSite()
    const { visitor, token } = await pageFor(site)
    expect(visitor.setCookie).toBeUndefined()
    expect(await visitorOf(site, '198.51.100.99', browser, { context: token })).toBe(visitor.visitorId)
    const { visitor: again } = await pageFor(site, { cookie: `espalier_visitor=${newVisitor()}` })
    expect(again.visitorId).toBe(visitor.visitorId)
    expect(again.setCookie).toContain('Max-Age=0')
  })

  test('that stays open over midnight tells nobody who it was', async () => {
    const site = await makeSite()
    const { visitor, token } = await pageFor(site)
    now = tomorrow()
    expect(await visitorOf(site, phone, browser, { context: token })).not.toBe(visitor.visitorId)
  })

  test('tells its tracker to keep nothing', async () => {
    const site = await makeSite()
    const { html } = await tracking.trackerTags(site.context, site, {
      workspaceId: site.workspaceId,
      siteId: site.id,
      pageId: null,
      visitorId: newVisitor(),
      experiments: {},
    })
    expect(html).toContain(' data-cookieless>')
    expect(await tracking.scriptTag(site.context, site)).toContain(' data-cookieless>')
  })
})
