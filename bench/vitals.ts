/**
 * npm run bench -- vitals; with screenshots: node bench/vitals.ts docs/images
 *
 * What visitors feel of the demo's page, in Chromium on the product as it is started: Largest Contentful Paint, Cumulative
 * Layout Shift and total blocking time (of each task above 50 ms, what is above 50 ms, until two seconds after the load),
 * each visit in a context without a cache. Once as the machine is, and once as Lighthouse's phones are: four times slower,
 * over 1.6 Mbit/s with 150 ms round trips.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, devices, type Page } from 'playwright-core'
import { launchBrowser, startProduct } from '../packages/server/test/e2e/product.ts'

const visits = Number(process.env.VISITS ?? 5)
const path = '/p/demo/welcome'

interface Vitals {
  lcp: number
  cls: number
  tbt: number
  bytes: number
}

const folder = await mkdtemp(join(tmpdir(), 'espalier-vitals-'))
const product = await startProduct({ dataFolder: folder, env: { NODE_ENV: 'production' } })
const { browser, userAgent } = await launchBrowser()
try {
  const html = await (await fetch(product.url + path, { headers: { 'user-agent': userAgent } })).text()
  console.log(
    `The demo's page: ${Buffer.byteLength(html).toLocaleString('en')} bytes of HTML and CSS, ${gzipSync(html).byteLength.toLocaleString('en')} gzipped\n`,
  )
  await print('desktop', () => visit(browser, { viewport: { width: 1280, height: 900 } }, false))
  await print('phone, slowed', () => visit(browser, phone(), true))
  if (process.argv[2]) await takePictures(browser, process.argv[2])
} finally {
  await browser.close()
  await product.stop()
  await rm(folder, { recursive: true, force: true })
}

async function print(name: string, once: () => Promise<Vitals>): Promise<void> {
  const all: Vitals[] = []
  for (let index = 0; index < visits; index++) all.push(await once())
  const of = (key: keyof Vitals) => median(all.map((vitals) => vitals[key]))
  console.log(
    `${name.padEnd(14)} LCP ${of('lcp').toFixed(0)} ms   CLS ${of('cls').toFixed(3)}   total blocking time ${of('tbt').toFixed(0)} ms   ${of('bytes').toLocaleString('en')} bytes over the network   median of ${visits} visits`,
  )
}

async function visit(on: Browser, options: Parameters<Browser['newContext']>[0], slowed: boolean): Promise<Vitals> {
  const context = await on.newContext({ userAgent, ...options })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  if (slowed) {
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 150,
      downloadThroughput: (1.6 * 1024 * 1024) / 8,
      uploadThroughput: (750 * 1024) / 8,
    })
  }
  await observe(page)
  await page.goto(product.url + path, { waitUntil: 'load' })
  await page.waitForTimeout(2_000)
  const vitals = await page.evaluate(() => (globalThis as unknown as { vitals: Omit<Vitals, 'bytes'> }).vitals)
  await context.close()
  return { ...vitals, bytes }
}

async function observe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const vitals = { lcp: 0, cls: 0, tbt: 0 }
    Object.assign(globalThis, { vitals })
    const watch = (
      type: string,
      take: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void,
    ) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
    watch('largest-contentful-paint', ({ startTime }) => {
      vitals.lcp = startTime
    })
    watch('layout-shift', ({ value = 0, hadRecentInput }) => {
      if (!hadRecentInput) vitals.cls += value
    })
    watch('longtask', ({ duration }) => {
      vitals.tbt += duration - 50
    })
  })
}

async function takePictures(on: Browser, into: string): Promise<void> {
  for (const [name, options] of [
    ['demo-page-desktop', { viewport: { width: 1280, height: 900 } }],
    ['demo-page-phone', phone()],
  ] as const) {
    const context = await on.newContext({ userAgent, colorScheme: 'light', ...options })
    const page = await context.newPage()
    await page.goto(product.url + path)
    // One pixel for each of the page's, not three as on a phone: small enough for a README.
    await page.screenshot({ path: join(into, `${name}.png`), scale: 'css' })
    await context.close()
  }
}

function phone() {
  const { viewport, deviceScaleFactor, isMobile, hasTouch } = devices['iPhone 13'] as (typeof devices)[string]
  return { viewport, deviceScaleFactor, isMobile, hasTouch }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
