import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seededRandom } from '@espalier/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { enter, openAdmin, settled } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

describe.skipIf(!hasChromium)('the dashboard', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let context: BrowserContext
  let site: string

  beforeAll(async () => {
    folder = await newDataFolder()
    let userAgent: string
    ;[product, { browser, userAgent }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    const random = seededRandom(11)
    await Promise.all(
      Array.from({ length: 20 }, () => simulateVisitor(new URL('/p/demo/welcome', product.url), random)),
    )
    const { cookie, ask } = await signIn(product)
    const { trackingSites } = await ask<{ trackingSites: { nodes: { key: string }[] } }>(
      '{ trackingSites(first: 1) { nodes { key } } }',
    )
    site = trackingSites.nodes[0]?.key ?? ''
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', userAgent })
    await enter(context, product.url, cookie)
    // Before anything is drawn, so that every shift is counted.
    await context.addInitScript(() => {
      const shifts: Shift[] = []
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as LayoutShift[])
          shifts.push({
            value: entry.value,
            what: entry.sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 200) ?? ''),
          })
      }).observe({ type: 'layout-shift', buffered: true })
    })
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  test('is drawn without jumps', async () => {
    const tab = await openDashboard()
    await expect.poll(() => figure(tab, 'Page views').innerText()).toBe('20')
    const sum = (await shifts(tab)).reduce((total, { value }) => total + value, 0)
    expect(sum, JSON.stringify(await shifts(tab))).toBeLessThan(0.05)
    await tab.close()
  })

  test('asks by the hashes of operations that the server knows from the build', async () => {
    const tab = await context.newPage()
    const asked: { documentId?: string; query?: string }[] = []
    tab.on('request', (request) => {
      if (request.url().endsWith('/graphql') && request.method() === 'POST') asked.push(request.postDataJSON())
    })
    await tab.goto(`${product.url}/admin/`)
    await figure(tab, 'Page views').waitFor()
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter(({ documentId, query }) => documentId === undefined || query !== undefined)).toEqual([])
    await tab.close()
  })

  test('takes a burst of traffic live, and nothing on it moves', async () => {
    const tab = await openDashboard()
    await tab.evaluate(() => {
      Object.assign(window, { changes: 0 })
      new MutationObserver((changes) => {
        ;(window as unknown as { changes: number }).changes += changes.length
      }).observe(document.querySelector('main') as Element, { subtree: true, childList: true, characterData: true })
      ;(window as unknown as { shifts: Shift[] }).shifts.length = 0
    })
    const before = Number(await figure(tab, 'Page views').innerText())
    const burst = 60
    for (let visit = 0; visit < burst; visit++) await view(`/${'long-'.repeat(visit % 7)}page-${visit % 9}`)

    await expect.poll(async () => Number(await figure(tab, 'Page views').innerText())).toBe(before + burst)
    // It was drawn many times on the way, and no element was pushed aside by any of them.
    expect(await tab.evaluate(() => (window as unknown as { changes: number }).changes)).toBeGreaterThan(20)
    expect(await shifts(tab)).toEqual([])
    await tab.close()
  })

  test('takes ten views a second for ten seconds: nothing is made anew, pushed aside or takes the focus', async () => {
    // What is looked at stands on it already, so that only numbers change.
    const path = '/a-page-that-people-know'
    await view(path)
    const tab = await openDashboard()
    await expect.poll(() => tab.locator('main').getByText(path).count()).toBeGreaterThan(0)
    const focused = tab.locator('main .e-stat a').first()
    await focused.focus()
    await tab.evaluate(() => {
      const gone: string[] = []
      Object.assign(window, { gone })
      new MutationObserver((changes) => {
        // Lines of a scale come and go with what it spans.
        for (const { removedNodes } of changes)
          for (const node of removedNodes) if (node instanceof HTMLElement) gone.push(node.outerHTML.slice(0, 200))
      }).observe(document.querySelector('main') as Element, { subtree: true, childList: true })
      ;(window as unknown as { shifts: Shift[] }).shifts.length = 0
    })
    const before = Number(await figure(tab, 'Page views').innerText())
    const views = 100
    const began = performance.now()
    for (let sent = 0; sent < views; sent++) {
      await new Promise((next) => setTimeout(next, Math.max(0, began + sent * 100 - performance.now())))
      await view(path)
    }
    await expect.poll(async () => Number(await figure(tab, 'Page views').innerText())).toBe(before + views)
    expect(await tab.evaluate(() => (window as unknown as { gone: readonly string[] }).gone)).toEqual([])
    // A number that gets another digit begins further left; nothing else may move.
    const moved = await shifts(tab)
    expect(
      moved.reduce((total, { value }) => total + value, 0),
      JSON.stringify(moved),
    ).toBeLessThan(0.001)
    expect(await focused.evaluate((element) => element === document.activeElement)).toBe(true)
    await tab.close()
  })

  test.each([
    ['en', 'Conversions'],
    ['fr', 'Conversions'],
  ] as const)(
    'leads from a number to where it comes from and back, with the same range, in %s',
    async (language, goals) => {
      // The account remembers the language: whoever reads French is somebody else.
      const { cookie } = await joinWorkspace(product, await signIn(product), {
        name: { en: 'Ada', fr: 'Camille' }[language],
        role: 'EDITOR',
        locale: language,
      })
      const tab = await openAdmin(browser, product, { cookie, language, path: '?preset=7d&compare=none' })
      await settled(tab)
      await figure(tab, goals).click()
      await tab.waitForURL(/\/admin\/traffic\?/)
      const range = () => {
        const { preset, compare } = Object.fromEntries(new URL(tab.url()).searchParams)
        return { preset, compare }
      }
      expect(range()).toEqual({ preset: '7d', compare: 'none' })
      expect(new URL(tab.url()).searchParams.get('metric')).toBe('conversions')
      await tab.getByRole('heading', { level: 2, name: goals }).waitFor()
      const sum = await figure(tab, goals).innerText()
      await tab.goBack()
      await tab.getByRole('heading', { level: 1, name: language === 'en' ? 'Dashboard' : 'Tableau de bord' }).waitFor()
      expect(range()).toEqual({ preset: '7d', compare: 'none' })
      // The same number in both places.
      await expect.poll(() => figure(tab, goals).innerText()).toBe(sum)
      await tab.context().close()
    },
  )

  test('says that nothing waits only after everything was asked', async () => {
    const tab = await context.newPage()
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await tab.route('**/graphql', async (route) => {
      if (/experiment/i.test(await operationText(route.request().postData()))) await held
      await route.continue()
    })
    await tab.goto(`${product.url}/admin/`)
    await tab.getByRole('heading', { name: 'Right now' }).waitFor()
    expect(await tab.getByText('Nothing waits for you.').count()).toBe(0)
    letGo()
    await expect
      .poll(
        async () =>
          (await tab.locator('.e-decision').count()) + (await tab.getByText('Nothing waits for you.').count()),
        { timeout: 60_000 },
      )
      .toBeGreaterThan(0)
    await tab.close()
  })

  async function openDashboard(search = ''): Promise<Page> {
    const tab = await context.newPage()
    await tab.goto(`${product.url}/admin/${search}`)
    await tab.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await expect.poll(() => tab.locator('main [aria-busy="true"]').count()).toBe(0)
    await expect.poll(() => tab.getByText('Live', { exact: true }).count()).toBe(1)
    return tab
  }

  /** A visitor of their own, by the collector. */
  async function view(path: string): Promise<void> {
    const visitorId = randomUUID()
    const response = await fetch(new URL('/collect', product.url), {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        'user-agent':
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      },
      body: JSON.stringify({
        site,
        visitorId,
        events: [{ id: uuidv7(), name: 'pageview', url: `https://shop.example${path}` }],
      }),
    })
    const text = await response.text()
    expect(response.ok, text).toBe(true)
    expect(text).not.toMatch(/rejected":\[\{/)
  }
})

/** The number below a label. */
function figure(tab: Page, label: string) {
  return tab
    .locator('.e-stat', { has: tab.getByText(label, { exact: true }) })
    .locator('.e-stat-value')
    .first()
}

interface Shift {
  readonly value: number
  /** The elements that moved. */
  readonly what: readonly string[]
}

/** An entry of the Layout Instability API, which TypeScript does not know. */
interface LayoutShift {
  readonly value: number
  readonly sources: readonly { readonly node?: Node }[]
}

/** What has moved since the page was opened, or since the list was emptied. */
function shifts(tab: Page): Promise<readonly Shift[]> {
  return tab.evaluate(() => (window as unknown as { shifts: readonly Shift[] }).shifts)
}

const operations = join(import.meta.dirname, '../../../admin/dist/operations.json')

/** The app sends hashes: the text stands in what the build wrote. */
async function operationText(body: string | null): Promise<string> {
  const { documentId, query } = JSON.parse(body ?? '{}') as { documentId?: string; query?: string }
  if (query !== undefined || documentId === undefined) return query ?? ''
  const { createHash } = await import('node:crypto')
  const texts = JSON.parse(await readFile(operations, 'utf8')) as string[]
  return texts.find((text) => `sha256:${createHash('sha256').update(text).digest('hex')}` === documentId) ?? ''
}
