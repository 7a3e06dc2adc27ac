import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Catalog } from '../src/blocks/catalog.ts'
import { pageContent } from '../src/content.ts'
import { renderPage } from '../src/document.ts'
import { fullPage } from './leastProps.ts'

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const catalog = new Catalog()

/** A picture that needs no network. */
const picture = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"/>'

async function page(): Promise<string> {
  const content = pageContent(catalog).parse(fullPage('Words that people write'))
  const { beforeTracker, afterTracker } = await renderPage(content, {
    catalog,
    language: 'en',
    address: 'https://example.com/p/a/b',
    answers: new Map([
      [
        'form Words that people write',
        { message: 'Please check', errors: { 'a-email': 'No address', one: 'Choose' }, values: { 'a-email': 'x' } },
      ],
    ]),
  })
  return (beforeTracker + afterTracker).replaceAll('https://example.com/i.png', picture.replaceAll('"', '&quot;'))
}

describe.skipIf(!existsSync(chromiumPath))('a page of every kind of block', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  const cases = (['light', 'dark'] as const).flatMap((colors) =>
    [
      { name: 'a small phone', width: 320, height: 640 },
      { name: 'a desktop', width: 1440, height: 900 },
    ].map((size) => ({ colors, ...size })),
  )

  test.each(cases)('is clean by axe and fits, $colors, on $name', async ({ colors, width, height }) => {
    const context = await browser.newContext({ colorScheme: colors, viewport: { width, height } })
    const tab = await context.newPage()
    await tab.setContent(await page())
    for (const details of await tab.locator('summary').all()) await details.click()
    await tab.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
    const violations = await tab.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run(): Promise<{
            passes: unknown[]
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
          }>
        }
      }
      const found = (await axe.run()).violations
      return found.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
      }))
    })
    expect(violations).toEqual([])
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await context.close()
  })

  test('weighs little', async () => {
    expect(Buffer.byteLength(await page())).toBeLessThan(24 * 1024)
  })
})
