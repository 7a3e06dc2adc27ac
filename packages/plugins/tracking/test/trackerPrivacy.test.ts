import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasChromium, soon, trackedPages } from './trackedPages.ts'

const { shop, visit } = await trackedPages()

const consent = (page: Page, given: boolean) => page.evaluate((yes) => window.espalier.consent(yes), given)
const kept = (page: Page) => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort())
const requests = (page: Page) => {
  const paths: string[] = []
  page.on('request', (request) => paths.push(new URL(request.url()).pathname))
  return paths
}

describe.skipIf(!hasChromium)('consent', () => {
  test('where it is required, nothing is sent or kept before it is given, and it is remembered', async () => {
    const { page, names } = await visit('<button data-track="Menu">=</button>', {
      attributes: 'data-consent="required"',
    })
    const sent = requests(page)
    await page.goto(shop.site)
    await page.click('button')
    await page.evaluate(() => window.espalier.track('early'))
    await page.reload()
    expect(sent).not.toContain('/collect')
    expect(await kept(page)).toEqual([])

    await consent(page, true)
    await page.click('button')
    expect(await names(2)).toEqual(['pageview', 'click'])
    await page.reload()
    expect((await names(3))[2]).toBe('pageview')
  })

  test('that is withdrawn ends it at once, and what was kept is gone', async () => {
    const { page, names, context } = await visit('<button data-track="Menu">=</button>')
    await page.goto(shop.site)
    await names(1)
    await context.setOffline(true)
    await page.click('button')
    await expect.poll(async () => (await kept(page)).length, soon).toBe(2)
    await consent(page, false)
    expect(await kept(page)).toEqual(['espalier.consent'])
    await context.setOffline(false)
    const sent = requests(page)
    await page.click('button')
    await page.reload()
    await page.evaluate(() => window.espalier.goal('x'))
    expect(sent).not.toContain('/collect')
    expect(await names(1)).toEqual(['pageview'])
  })

  test('does not overrule Do Not Track', async () => {
    const { page } = await visit('', {
      attributes: 'data-consent="required"',
      prepare: (context) =>
        context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })),
    })
    const sent = requests(page)
    await page.goto(shop.site)
    await consent(page, true)
    await page.reload()
    expect(sent).not.toContain('/collect')
  })
})

describe.skipIf(!hasChromium)('without storage', () => {
  test('nothing is kept in the browser, and views of a day are one visitor’s', async () => {
    const { page, names, logged, context } = await visit('<button data-track="Menu">=</button>', {
      attributes: 'data-cookieless',
    })
    await page.goto(shop.site)
    await page.click('button')
    await names(2)
    await page.reload()
    await names(3)
    expect(await kept(page)).toEqual([])
    expect(await context.cookies()).toEqual([])
    const visitors = new Set((await logged()).map(({ visitorId }) => visitorId))
    expect(visitors.size).toBe(1)
    expect([...visitors][0]?.charAt(14)).toBe('8')
  })
})

describe.skipIf(!hasChromium)('where a list blocks trackers', () => {
  const blockKnownNames = (page: Page) => page.route(/\/(?:t\.js|collect)$/, (route) => route.abort('blockedbyclient'))

  test('the usual names are blocked', async () => {
    const { page, logged } = await visit('')
    await blockKnownNames(page)
    await page.goto(shop.site, { waitUntil: 'networkidle' })
    expect(await logged()).toEqual([])
  })

  test('names of one’s own count: script and collector under one path', async () => {
    const { page, names } = await visit('<button data-track="Menu">=</button>', { script: '/a/menu.js' })
    const sent = requests(page)
    await blockKnownNames(page)
    await page.goto(shop.site)
    await page.click('button')
    expect(await names(2)).toEqual(['pageview', 'click'])
    expect(sent).toContain('/a/menu')
    expect(sent).not.toContain('/collect')
  })

  test('so does a path of the page’s own site that is passed on', async () => {
    const { page, names } = await visit('')
    const { collector, site } = shop
    await blockKnownNames(page)
    // The site's own proxy: /assets/… is served by the collector's /a/….
    const proxied: string[] = []
    await page.route(`${site}/assets/**`, async (route) => {
      proxied.push(new URL(route.request().url()).pathname)
      const response = await route.fetch({ url: route.request().url().replace(`${site}/assets`, `${collector}/a`) })
      await route.fulfill({ response })
    })
    shop.tag = shop.tag.replace(`${collector}/t.js`, '/assets/menu.js')
    await page.goto(site)
    expect(await names(1)).toEqual(['pageview'])
    expect(proxied).toEqual(['/assets/menu.js', '/assets/menu'])
  })

  test('the collector can be named apart', async () => {
    const { page, names } = await visit('', { attributes: `data-collect="${shop.collector}/a/elsewhere"` })
    const sent = requests(page)
    await page.goto(shop.site)
    await names(1)
    expect(sent).toContain('/a/elsewhere')
  })
})

describe.skipIf(!hasChromium)('who the site says that this is', () => {
  const user = '0a1b2c3d-0000-8000-8000-00000000abcd'
  const identify = (page: Page) => page.evaluate((id) => window.espalier.identify(id), user)

  test('is whom events are of from then on, not before, and also in the next page', async () => {
    const { page, names, logged } = await visit('<button data-track="Menu">=</button>')
    await page.goto(shop.site)
    await page.click('button')
    await identify(page)
    await page.click('button')
    await names(3)
    await page.reload()
    await names(4)
    const visitors = (await logged()).map(({ visitorId }) => visitorId)
    expect(visitors.slice(2)).toEqual([user, user])
    expect(new Set(visitors.slice(0, 2)).size).toBe(1)
    expect(visitors[0]).not.toBe(user)
  })

  test('can stand in the tag of a page that its server rendered', async () => {
    const { page, names, logged } = await visit('', { attributes: `data-visitor="${user}"` })
    await page.goto(shop.site)
    await names(1)
    expect((await logged())[0]?.visitorId).toBe(user)
  })

  test('is ignored where it is no UUID, also where a browser has kept such a one', async () => {
    const { page, names, logged } = await visit('<button data-track="Menu">=</button>', {
      prepare: (context) =>
        context.addInitScript(() => localStorage.setItem('espalier.visitor', '0a1b2c3d000080008000-00000000abcd')),
    })
    await page.goto(shop.site)
    await names(1)
    for (const id of ['user-4711', user.toUpperCase(), `${user}-4711`]) {
      await page.evaluate((id) => window.espalier.identify(id), id)
      await page.click('button')
    }
    await names(4)
    const [unknown, first, ...identified] = (await logged()).map(({ visitorId }) => visitorId)
    expect(first).toBe(unknown)
    expect(identified).toEqual([user, user])
  })

  test('is neither kept nor told without consent, nor where nothing is to be kept', async () => {
    const waiting = await visit('', { attributes: 'data-consent="required"' })
    const sent = requests(waiting.page)
    await waiting.page.goto(shop.site)
    await identify(waiting.page)
    expect(await kept(waiting.page)).toEqual([])
    expect(sent).not.toContain('/collect')
    await consent(waiting.page, true)
    await waiting.names(1)
    expect((await waiting.logged())[0]?.visitorId).toBe(user)

    const cookieless = await visit('', { attributes: 'data-cookieless' })
    await cookieless.page.goto(shop.site)
    await identify(cookieless.page)
    await cookieless.names(1)
    expect(await kept(cookieless.page)).toEqual([])
    expect((await cookieless.logged())[0]?.visitorId).not.toBe(user)
  })
})
