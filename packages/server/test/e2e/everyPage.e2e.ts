import { everything } from '@espalier/admin/plugins'
import { seededRandom } from '@espalier/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { openAdmin, phone, settled, violations, visit } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { type Examples, makeExamples } from './examples.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/**
 * Every page that the app has, on the running product with its demo data: axe in both themes, both languages, a phone,
 * nothing on the console. A page that is added is visited without anybody saying so.
 */
const pages = everything.flatMap((plugin) => plugin.pages ?? []).map(({ path }) => path)

describe.skipIf(!hasChromium)('every page of the admin', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let examples: Examples
  const tabs: Partial<Record<'en' | 'fr' | 'phone', Page>> = {}

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    const random = seededRandom(6)
    const page = new URL('/p/demo/welcome', product.url)
    await Promise.all(Array.from({ length: 40 }, () => simulateVisitor(page, random)))
    const client = await signIn(product)
    examples = await makeExamples(client)
    // The server writes in the language of the account: whoever reads French is somebody else.
    const french = await joinWorkspace(product, client, { name: 'Camille', role: 'ADMIN', locale: 'fr' })
    tabs.en = await openAdmin(browser, product, { cookie: client.cookie, language: 'en' })
    tabs.fr = await openAdmin(browser, product, { cookie: french.cookie, language: 'fr' })
    tabs.phone = await openAdmin(browser, product, { cookie: french.cookie, language: 'fr', viewport: phone })
    await Promise.all(Object.values(tabs).map(settled))
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  test.each(pages)('“/%s” is for everybody: both themes, both languages, a phone', async (path) => {
    const address = path.replace(/\$(\w+)/g, (_, name) => examples.parameterOf(path, name))
    const found: string[] = []
    for (const [kind, tab] of Object.entries(tabs)) {
      const listen = (message: string) => found.push(`${kind}: ${message}`)
      const onError = (error: Error) => listen(String(error))
      tab.on('pageerror', onError)
      await visit(tab, path, address)
      for (const colorScheme of kind === 'phone' ? (['light'] as const) : (['light', 'dark'] as const)) {
        await tab.emulateMedia({ colorScheme })
        // Words take up different room in French: axe looks at colors in one language, at names in both.
        if (kind !== 'fr' || colorScheme === 'light')
          found.push(...(await violations(tab)).map((violation) => `${kind}, ${colorScheme}: ${violation}`))
      }
      await tab.emulateMedia({ colorScheme: 'light' })
      if (kind === 'phone') {
        const width = await tab.evaluate<number>('document.documentElement.scrollWidth')
        if (width > 390) listen(`it is ${width} pixels wide`)
      }
      if ((await tab.locator('h1').count()) !== 1) listen('it has not one heading of the first level')
      tab.off('pageerror', onError)
    }
    expect(found).toEqual([])
  })
})
