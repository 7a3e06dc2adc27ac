import { everything } from '@espalier/admin/plugins'
import { seededRandom } from '@espalier/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { openAdmin, settled, violations, visit } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { type Examples, makeExamples, nothing } from './examples.ts'
import { act } from './improvingPage.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const languages = ['en', 'fr'] as const

/** What a page says of what is not there, and of what may not be seen. */
const saysSo = {
  en: /no such|not here|is gone|was deleted|no longer/i,
  fr: /n’existe pas|n’est plus là|n’existe plus|supprimé/i,
}

/** Parts of the product itself, of the same name in every workspace. */
const ofEverybody = ['mail/templates/$name', 'settings/plugins/$name']
const pages = everything
  .flatMap((plugin) => plugin.pages ?? [])
  .map(({ path }) => path)
  .filter((path) => path.includes('$') && !ofEverybody.includes(path))

/**
 * Every page that is about one thing, at the address of something that another workspace has: opened by an administrator of
 * the neighbours. A page that is added is opened without anybody saying so.
 */
describe.skipIf(!hasChromium)('the address of something in another workspace', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let examples: Examples
  const tabs = {} as Record<(typeof languages)[number], Page>

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    const owner = await signIn(product)
    await act(owner, 'createPrompt', {
      input: ['CreatePromptInput!', { name: 'orchard.secret', variant: { language: 'EN', template: 'Say it.' } }],
    })
    await simulateVisitor(new URL('/p/demo/welcome', product.url), seededRandom(3))
    examples = await makeExamples(owner, { prompt: 'orchard.secret' })
    // A second session of theirs makes the other workspace, and goes there to let somebody in.
    const founder = await signIn(product)
    const { id } = await act(founder, 'createWorkspace', {
      input: ['CreateWorkspaceInput!', { name: 'Neighbours', slug: 'neighbours' }],
    })
    await act(founder, 'switchWorkspace', { id: ['ID!', id] }, '__typename')
    for (const language of languages) {
      const name = { en: 'Nora', fr: 'Nicolas' }[language]
      const { cookie } = await joinWorkspace(product, founder, { name, role: 'ADMIN', locale: language })
      tabs[language] = await openAdmin(browser, product, { cookie, language })
      await settled(tabs[language])
    }
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  /** What the server has said while they were visited. */
  let answers = 0

  test('most of them are addresses of something', () => {
    const empty = pages.filter((path) =>
      [...path.matchAll(/\$(\w+)/g)].some(([, name = '']) => examples.parameterOf(path, name) === nothing),
    )
    expect(empty.length, empty.join(', ')).toBeLessThan(pages.length / 3)
  })

  test.each(pages.map((path) => [path]))('“/%s” says that there is nothing, and tells nothing', async (path) => {
    const values: string[] = []
    const address = path.replace(/\$(\w+)/g, (_, name) => {
      const value = examples.parameterOf(path, name)
      values.push(value)
      return value
    })
    for (const language of languages) {
      const tab = tabs[language]
      const heard: Promise<string>[] = []
      const broken: string[] = []
      const onResponse = (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
        if (response.url().endsWith('/graphql')) heard.push(response.text().catch(() => ''))
      }
      const onError = (error: Error) => broken.push(String(error))
      tab.on('response', onResponse).on('pageerror', onError)
      await visit(tab, path, address)
      const said = await tab.locator('main').innerText()
      expect(said).toMatch(saysSo[language])
      // The way out.
      expect(await tab.locator('main a[href^="/admin/"]').count(), said).toBeGreaterThan(0)
      expect(await violations(tab)).toEqual([])
      tab.off('response', onResponse).off('pageerror', onError)
      expect(broken).toEqual([])
      const told = (await Promise.all(heard)).map(dataOf)
      answers += told.length
      for (const value of values.filter((value) => value !== nothing))
        expect(told.filter((data) => data.includes(value))).toEqual([])
    }
  })

  // What the page before has just asked is not asked again: not every one of them hears from the server.
  test('the server was asked about them', () => {
    expect(answers).toBeGreaterThan(pages.length)
  })
})

/** What an answer tells, with its ids as they are and as they stand in addresses. Its errors may repeat what was asked for. */
function dataOf(answer: string): string {
  const { data } = JSON.parse(answer || '{}') as { data?: unknown }
  return JSON.stringify(data ?? null).replace(
    /"id":"([^"]+)"/g,
    (_, id) => `"id":"${id} ${Buffer.from(id, 'base64').toString('latin1')}"`,
  )
}
