import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enter } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const dist = join(import.meta.dirname, '../../../admin/dist')

/** What the first load of the dashboard may weigh, in bytes of gzipped script. */
const scriptBudget = 200_000

describe.skipIf(!hasChromium)('the first load of the dashboard', () => {
  let folder: string
  let product: Product
  let browser: Browser

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  test('brings no more script than it may, all of it from here', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
    const { cookie } = await signIn(product)
    await enter(context, product.url, cookie)
    const page = await context.newPage()
    const scripts: string[] = []
    const foreign: string[] = []
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.origin !== product.url && url.protocol.startsWith('http')) foreign.push(request.url())
      if (request.resourceType() === 'script') scripts.push(url.pathname.replace('/admin/', ''))
    })
    await page.addInitScript(`
      window.longTasks = []
      new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ startTime, duration }) => startTime + duration)))
        .observe({ type: 'longtask', buffered: true })
      window.shifts = 0
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shifts += value })
        .observe({ type: 'layout-shift', buffered: true })
    `)
    await page.goto(`${product.url}/admin/`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const shown = await page.evaluate<number>('performance.now()')
    await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null)
    const whole = await page.evaluate<number>('performance.now()')
    const { longTasks, shifts } = await page.evaluate<{ longTasks: number[]; shifts: number }>(
      '({ longTasks, shifts })',
    )
    const sizes = await Promise.all(
      [...new Set(scripts)].map(async (name) => ({ name, bytes: gzipSync(await readFile(join(dist, name))).length })),
    )
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
    const largest = sizes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 60)
    // Interactive: shown, and no task of more than 50 ms after that.
    const interactive = Math.max(shown, ...longTasks)
    console.log(
      [
        `  first load of the dashboard: ${(total / 1000).toFixed(1)} kB of gzipped script in ${sizes.length} files,`,
        `shown after ${Math.round(shown)} ms, interactive after ${Math.round(interactive)} ms, whole after ${Math.round(whole)} ms,`,
        `layout shift ${shifts.toFixed(4)}`,
      ].join(' '),
    )
    expect(total, largest.map(({ name, bytes }) => `${name} ${bytes}`).join('\n')).toBeLessThanOrEqual(scriptBudget)
    expect(foreign).toEqual([])
    expect(shifts).toBeLessThan(0.1)
  })
})
