import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { sql } from '@espalier/core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasChromium, person, soon, trackedPages } from './trackedPages.ts'

const { shop, service, visit } = await trackedPages()

test('the tracker fits into 2,000 bytes, gzipped', async () => {
  const script = await readFile(new URL('../dist/t.js', import.meta.url))
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(2000)
})

describe.skipIf(!hasChromium)('the tracker in a browser, on a page of another origin', () => {
  test('counts the view, clicks and goals, of one visitor, also when the click leaves the page', async () => {
    const { page, names, logged, context } = await visit(
      '<button data-track="Menu">=</button><a data-track data-goal="checkout" href="/next"> Buy <b>now</b></a><form data-goal="newsletter" action="/thanks"><button>Send</button></form>',
    )
    await page.goto(`${shop.site}/?utm_source=mail`)
    await page.click('button[data-track]')
    await page.click('b')
    await page.waitForURL('**/next')
    await page.click('form button')
    await page.waitForURL('**/thanks?')
    expect(await names(7)).toEqual([
      'pageview',
      'click',
      'click',
      'conversion checkout',
      'pageview',
      'conversion newsletter',
      'pageview',
    ])
    const events = await logged()
    expect(events[0]).toMatchObject({ url: `${shop.site}/?utm_source=mail`, referrer: null })
    expect(events.slice(1, 3).map(({ properties }) => properties)).toEqual([{ label: 'Menu' }, { label: 'Buy now' }])
    expect(events[4]).toMatchObject({ url: `${shop.site}/next`, referrer: `${shop.site}/?utm_source=mail` })
    expect(new Set(events.map(({ visitorId }) => visitorId)).size).toBe(1)
    expect(await context.cookies()).toEqual([])
  })

  test('counts the views of a single-page application, and what its code reports', async () => {
    const { page, names, logged } = await visit('')
    await page.goto(shop.site)
    await page.evaluate(() => {
      history.pushState(null, '', '/list')
      history.replaceState({ scroll: 3 }, '', '/list')
      history.pushState(null, '', '/list#part')
      history.pushState(null, '', '/detail')
      const { espalier } = window as unknown as {
        espalier: { track(name: string, properties?: object): void; goal(name: string): void }
      }
      espalier.track('video-played', { seconds: 12 })
      espalier.goal('watched')
    })
    await page.goBack()
    expect(await names(6)).toEqual([
      'pageview',
      'pageview',
      'pageview',
      'video-played',
      'conversion watched',
      'pageview',
    ])
    const events = await logged()
    expect(events.map(({ url }) => url.slice(shop.site.length))).toEqual([
      '/',
      '/list',
      '/detail',
      '/detail',
      '/detail',
      '/list',
    ])
    expect(events[2]?.referrer).toBe(`${shop.site}/list`)
    expect(events[3]?.properties).toEqual({ seconds: 12 })
  })

  test('keeps what happens offline and sends it once when the line is back', async () => {
    const { page, names, context } = await visit('<button data-track="Menu">=</button>')
    await page.goto(shop.site)
    await names(1)
    await context.setOffline(true)
    await page.click('button')
    await expect.poll(() => waiting(page), soon).toBe(1)
    await context.setOffline(false)
    expect(await names(2)).toEqual(['pageview', 'click'])
    await expect.poll(() => waiting(page), soon).toBe(0)
  })

  test('sends what a page before could not, however it ended, and it counts once', async () => {
    const { page, names, context } = await visit('<button data-track="Menu">=</button>')
    await context.route('**/collect', (route) => route.abort())
    await page.goto(shop.site)
    await page.click('button')
    await expect.poll(() => waiting(page), soon).toBeGreaterThan(0)
    await page.close()
    await context.unroute('**/collect')
    const later = await context.newPage()
    await later.goto(shop.site)
    expect(await names(3)).toEqual(['pageview', 'click', 'pageview'])
    await expect.poll(() => waiting(later), soon).toBe(0)
  })

  test('sends again when the answer is lost: the event counts once', async () => {
    const { page, names, context, workspace } = await visit('')
    let lost = 0
    await context.route('**/collect', async (route) => {
      // The collector gets and commits the events; its answer never arrives.
      await fetch(route.request().url(), {
        method: 'POST',
        body: route.request().postData(),
        headers: { 'user-agent': person },
      })
      lost++
      await route.abort()
    })
    await page.goto(shop.site)
    await expect.poll(() => lost, soon).toBe(1)
    await context.unroute('**/collect')
    await page.reload()
    await expect.poll(() => waiting(page), soon).toBe(0)
    expect(await names(2)).toEqual(['pageview', 'pageview'])
    expect(
      await workspace.db.query(sql`select sum("count")::int as views from "TrackingMinute" where "name" = 'pageview'`),
    ).toEqual([{ views: 2 }])
  })

  test.each([
    ['ahead', 3],
    ['behind', -3],
  ])('a clock three days %s is put right', async (_where, days) => {
    const { page, names, logged } = await visit('<button data-track="Menu">=</button>', {
      prepare: (context) =>
        context.addInitScript(
          (shift) => {
            const now = Date.now
            Date.now = () => now() + shift
          },
          days * 24 * 3600_000,
        ),
    })
    const before = Date.now()
    await page.goto(shop.site)
    await names(1)
    await page.click('button')
    expect(await names(2)).toEqual(['pageview', 'click'])
    for (const { at } of await logged()) {
      expect(at.getTime()).toBeGreaterThan(before - 60_000)
      expect(at.getTime()).toBeLessThanOrEqual(Date.now())
    }
  })

  test('counts where storage is blocked', async () => {
    const { page, names } = await visit('<button data-track="Menu">=</button>', {
      prepare: (context) =>
        context.addInitScript(() => {
          for (const storage of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, storage, {
              get() {
                throw new DOMException('Blocked', 'SecurityError')
              },
            })
        }),
    })
    await page.goto(shop.site)
    await page.click('button')
    expect(await names(2)).toEqual(['pageview', 'click'])
  })

  test('reports under the page, visitor and variant that the server gave', async () => {
    const { page, names, logged, site: made, workspace } = await visit('')
    const [pageId, visitorId, experiment, variant] = Array.from({ length: 4 }, () => crypto.randomUUID()) as [
      string,
      string,
      string,
      string,
    ]
    const experiments = { [experiment]: variant }
    const { html } = await service.trackerTags(workspace, made, {
      workspaceId: workspace.workspaceId,
      siteId: made.id,
      pageId,
      visitorId,
      experiments,
    })
    shop.tag = html.replace('src="', `src="${shop.collector}`)
    await page.goto(shop.site)
    await names(1)
    expect(await logged()).toMatchObject([{ name: 'pageview', pageId, visitorId, experiments }])
  })

  test('leaves those alone who ask not to be tracked, and does not count bots', async () => {
    const requests: string[] = []
    const asked = await visit('', {
      prepare: (context) =>
        context.addInitScript(() => Object.defineProperty(navigator, 'doNotTrack', { get: () => '1' })),
    })
    asked.page.on('request', (request) => requests.push(new URL(request.url()).pathname))
    await asked.page.goto(shop.site)
    await asked.page.evaluate(() =>
      (window as unknown as { espalier: { goal(name: string): void } }).espalier.goal('x'),
    )
    await asked.page.reload()
    expect(requests).not.toContain('/collect')
    expect(await asked.page.evaluate(() => localStorage.length)).toBe(0)

    const bot = await visit('', {
      userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    })
    const [answer] = await Promise.all([bot.page.waitForResponse('**/collect'), bot.page.goto(shop.site)])
    expect(answer.status()).toBe(202)
    expect(await bot.logged()).toEqual([])
  })
})

/** Batches that the page keeps until they are acknowledged. */
function waiting(page: Page): Promise<number> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('espalier.batch.')).length)
}
