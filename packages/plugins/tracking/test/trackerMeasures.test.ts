import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasChromium, soon, trackedPages } from './trackedPages.ts'

const { shop, visit } = await trackedPages()
const tall = '<div style="height:5000px">tall</div>'

/** Lets a page be looked at for a while: time is what is measured here. */
const lookAt = (page: Page, ms: number) =>
  page.evaluate((wait) => new Promise((resolve) => setTimeout(resolve, wait)), ms)
/** What a browser does when its tab is left. */
const hide = (page: Page) => setHidden(page, true)
const show = (page: Page) => setHidden(page, false)
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, hidden)
const focus = (page: Page, focused: boolean) =>
  page.evaluate((value) => {
    document.hasFocus = () => value
    window.dispatchEvent(new Event(value ? 'focus' : 'blur'))
  }, focused)

declare global {
  interface Window {
    /** What the browser said of this page, apart from the tracker. */
    seen: { lcpMs: number; cls: number; inpMs: number }
  }
}

/** Runs in the page. One shift and fewer than fifty clicks: their sum and maximum are the vitals. */
function recordEntries() {
  window.seen = { lcpMs: 0, cls: 0, inpMs: 0 }
  const observe = (type: string, see: (entry: PerformanceEntry & { value: number; interactionId: number }) => void) =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) see(entry as never)
    }).observe({
      type,
      buffered: true,
      durationThreshold: 16,
    } as PerformanceObserverInit)
  observe('largest-contentful-paint', ({ startTime }) => {
    window.seen.lcpMs = startTime
  })
  observe('layout-shift', ({ value }) => {
    window.seen.cls += value
  })
  observe('event', ({ interactionId, duration }) => {
    if (interactionId) window.seen.inpMs = Math.max(window.seen.inpMs, duration)
  })
}

describe.skipIf(!hasChromium)('what the tracker measures', () => {
  test('time counts only while the page is both visible and focused, and is reported in parts that add up', async () => {
    const { page, engagements } = await visit('')
    await page.goto(shop.site)
    const start = Date.now()
    await lookAt(page, 300)
    await focus(page, false)
    const looked = Date.now() - start
    await lookAt(page, 1500)
    await hide(page)
    await expect.poll(engagements, soon).toHaveLength(1)
    const first = (await engagements())[0]?.metrics?.engagedMs as number
    expect(first).toBeGreaterThanOrEqual(250)
    expect(first).toBeLessThanOrEqual(looked + 100)

    await lookAt(page, 500)
    await focus(page, true)
    const again = Date.now()
    await show(page)
    await lookAt(page, 300)
    await hide(page)
    const lookedAgain = Date.now() - again
    await expect.poll(engagements, soon).toHaveLength(2)
    const second = (await engagements())[1]?.metrics?.engagedMs as number
    expect(second).toBeGreaterThanOrEqual(250)
    expect(second).toBeLessThanOrEqual(lookedAgain + 100)
  })

  test('how far a page was seen is a share of its height, the furthest', async () => {
    const { page, engagements } = await visit(tall)
    await page.goto(shop.site)
    const { height, seen } = await page.evaluate(() => ({
      height: document.documentElement.scrollHeight,
      seen: innerHeight,
    }))
    await page.evaluate(() => scrollTo(0, 2000))
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await page.evaluate(() => scrollTo(0, 0))
    await hide(page)
    await expect.poll(engagements, soon).toHaveLength(1)
    expect((await engagements())[0]?.metrics?.scrollDepth).toBe(Math.round(((2000 + seen) / height) * 100))
  })

  test('a short page is seen to its end', async () => {
    const { page, engagements } = await visit('<p>short</p>')
    await page.goto(shop.site)
    await hide(page)
    await expect.poll(engagements, soon).toHaveLength(1)
    expect((await engagements())[0]?.metrics?.scrollDepth).toBe(100)
  })

  test('load time and Web Vitals are what the browser says, reported once a load', async () => {
    const { page, engagements } = await visit(
      `<h1 style="font-size:60px">Largest</h1><div id="room"></div><p style="height:400px;background:#eee">moved</p>
       <button onclick="const end = performance.now() + 120; while (performance.now() < end);">slow</button>`,
      { prepare: (context) => context.addInitScript(recordEntries) },
    )
    await page.goto(shop.site, { waitUntil: 'load' })
    const seen = () => page.evaluate(() => window.seen)
    await expect.poll(async () => (await seen()).lcpMs, soon).toBeGreaterThan(0)
    // A shift that no input explains, then a slow answer to a click.
    await page.evaluate(() => {
      ;(document.getElementById('room') as HTMLElement).style.height = '120px'
    })
    await expect.poll(async () => (await seen()).cls, soon).toBeGreaterThan(0)
    // Headless, a browser does not always say how long it took: then there is nothing to agree with.
    for (let click = 0; click < 4 && (await seen()).inpMs === 0; click++) {
      await page.click('button')
      await lookAt(page, 300)
    }
    await lookAt(page, 500)
    await hide(page)
    const { lcpMs, cls, inpMs } = await seen()
    const loadMs = await page.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).loadEventEnd,
    )
    await expect.poll(engagements, soon).toHaveLength(1)
    const metrics = (await engagements())[0]?.metrics
    expect(metrics).toMatchObject({ loadMs: Math.round(loadMs), lcpMs: Math.round(lcpMs) })
    expect(metrics?.inpMs ?? 0).toBe(Math.round(inpMs))
    expect(metrics?.cls).toBeCloseTo(cls, 3)

    await show(page)
    await lookAt(page, 300)
    await hide(page)
    await expect.poll(engagements, soon).toHaveLength(2)
    expect(Object.keys((await engagements())[1]?.metrics ?? {}).sort()).toEqual(['engagedMs', 'scrollDepth'])
  })

  test('the report arrives when the page is left by a link, and belongs to the page that was left', async () => {
    const { page, engagements } = await visit('<a href="/next">next</a>')
    await page.goto(`${shop.site}/first`)
    await lookAt(page, 200)
    await page.click('a')
    await page.waitForURL('**/next')
    await expect.poll(engagements, soon).toHaveLength(1)
    expect(await engagements()).toMatchObject([{ path: '/first', metrics: { scrollDepth: 100 } }])
  })

  test('views of a single-page application are left one by one', async () => {
    const { page, engagements } = await visit(tall)
    await page.goto(`${shop.site}/one`)
    await lookAt(page, 100)
    await page.evaluate(() => {
      scrollTo(0, document.documentElement.scrollHeight)
      history.pushState(null, '', '/two')
      scrollTo(0, 0)
    })
    await lookAt(page, 100)
    await hide(page)
    await expect.poll(engagements, soon).toHaveLength(2)
    const [one, two] = await engagements()
    expect(one).toMatchObject({ path: '/one', metrics: { scrollDepth: 100 } })
    expect(two?.path).toBe('/two')
    expect(two?.metrics?.scrollDepth).toBeLessThan(50)
  })

  test('what a conversion is worth', async () => {
    const { page, names, logged } = await visit(
      '<button data-goal="order" data-value="1999 EUR">Buy</button><button data-goal>Any</button>',
    )
    await page.goto(shop.site)
    await page.click('button')
    await page.click('text=Any')
    await page.evaluate(() => {
      window.espalier.goal('upgrade', { plan: 'team' }, { amountMinor: 4900, currency: 'USD' })
    })
    expect(await names(4)).toEqual(['pageview', 'conversion order', 'conversion', 'conversion upgrade'])
    expect((await logged()).map(({ amountMinor, currency }) => [amountMinor && Number(amountMinor), currency])).toEqual(
      [
        [null, null],
        [1999, 'EUR'],
        [null, null],
        [4900, 'USD'],
      ],
    )
  })

  test('from where and with what the visitor came', async () => {
    const { page, names, logged } = await visit('')
    await page.goto(`${shop.site}/spring?utm_source=news&utm_medium=email&utm_campaign=sale`, {
      referer: 'https://mail.example.org/inbox',
    })
    await names(1)
    expect(await logged()).toMatchObject([
      {
        path: '/spring',
        channel: 'email',
        utmSource: 'news',
        utmCampaign: 'sale',
        device: 'desktop',
        browser: 'Chrome',
        os: 'Linux',
      },
    ])
  })
})
