import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { everything } from '@espalier/admin/plugins'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { desktop, openAdmin, phone, settled, visit } from './adminTab.ts'
import type { ApiClient } from './apiClient.ts'
import { type Examples, makeExamples } from './examples.ts'
import { type FurnishedDemo, furnishedDemo } from './furnishedDemo.ts'
import { hasChromium, launchBrowser } from './product.ts'

/**
 * Pictures of every page, for people to look at: `npm run screenshots`. A page that is added is taken without anybody saying so.
 *
 * `SCREENSHOTS=<folder>` is where they come; without it there is nothing to do.
 */
const folder = process.env.SCREENSHOTS

const pages = everything.flatMap((plugin) => plugin.pages ?? []).map(({ path }) => path)
/** What stands behind tabs of pages. */
const tabs: Readonly<Record<string, readonly string[]>> = {
  'improvement/$id': ['story', 'proposals', 'rules'],
  'model-service': ['limits', 'prices'],
  'prompts/$name': ['try', 'tests', 'cases', 'evolution', 'executions'],
  'experiments/$id': ['health', 'setup', 'history'],
}
const addresses = pages.flatMap((path) => [path, ...(tabs[path] ?? []).map((tab) => `${path}?tab=${tab}`)])

const kinds = [
  ['en', 'light'],
  ['en', 'dark'],
  ['fr', 'light'],
  ['fr', 'dark'],
  ['phone', 'light'],
] as const

describe.skipIf(!hasChromium || !folder)('pictures', () => {
  let demo: FurnishedDemo
  let browser: Browser
  let examples: Examples
  const open = {} as Record<'en' | 'fr' | 'phone', Page>

  beforeAll(async () => {
    if (folder) mkdirSync(folder, { recursive: true })
    ;[demo, { browser }] = await Promise.all([furnishedDemo(), launchBrowser()])
    examples = await chosen(demo.owner)
    const { product, owner, french } = demo
    const options = { reducedMotion: 'reduce', timezoneId: 'Europe/Paris' } as const
    open.en = await openAdmin(browser, product, { ...options, cookie: owner.cookie, language: 'en' })
    open.fr = await openAdmin(browser, product, { ...options, cookie: french.cookie, language: 'fr' })
    open.phone = await openAdmin(browser, product, {
      ...{ ...options, cookie: french.cookie, language: 'fr', viewport: phone },
    })
    await Promise.all(Object.values(open).map(settled))
  }, 600_000)

  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })

  test.each(addresses)('of “/%s”', async (address) => {
    const [path = '', search] = address.split('?')
    const filled = path.replace(/\$(\w+)/g, (_, name) => examples.parameterOf(path, name))
    for (const [kind, colorScheme] of kinds) {
      const tab = open[kind]
      await tab.setViewportSize(kind === 'phone' ? phone : desktop)
      await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await visit(tab, path, search ? `${filled}?${search}` : filled)
      await grow(tab)
      const name = address === '' ? 'dashboard' : address.replace('?tab=', '~').replaceAll('/', '-').replaceAll('$', '')
      await tab.screenshot({ path: join(folder ?? '', `${name}.${kind}.${colorScheme}.png`) })
    }
  })
})

/** Makes the window as tall as the page: what loads when somebody comes near is near then, and nothing is cut. */
async function grow(tab: Page): Promise<void> {
  for (let times = 0; times < 5; times++) {
    const size = tab.viewportSize() ?? desktop
    const height = await tab.evaluate<number>('document.documentElement.scrollHeight')
    if (height <= size.height) return
    await tab.setViewportSize({ width: size.width, height })
    await settled(tab)
  }
}

/** What the team works with, rather than whatever comes first. */
async function chosen(owner: ApiClient): Promise<Examples> {
  const examples = await makeExamples(owner)
  const found = await owner.ask<{
    experiments: { nodes: { id: string; key: string }[] }
    welcome: { id: string }
    shop: { id: string }
    prompt: { evolutions: { nodes: { id: string }[] } }
    promptExecutions: { nodes: { id: string }[] }
  }>(`{
    experiments(first: 20) { nodes { id key } }
    welcome: page(slug: "welcome") { id }
    shop: page(slug: "pears") { id }
    prompt(name: "shop.describe-product") { evolutions(first: 1) { nodes { id } } }
    promptExecutions(first: 1, filter: { search: "shop.describe" }) { nodes { id } }
  }`)
  const headline = plain(found.experiments.nodes.find(({ key }) => key === 'headline')?.id)
  const better: Record<string, string | undefined> = {
    'experiments/$id': headline,
    'experiments/$id/edit': headline,
    'pages/$id': plain(found.welcome.id),
    'pages/$id/edit': plain(found.welcome.id),
    'improvement/$id': plain(found.shop.id),
    'prompt-executions/$id': plain(found.promptExecutions.nodes[0]?.id),
    'prompts/$name/evolutions/$id': plain(found.prompt.evolutions.nodes[0]?.id),
  }
  return {
    parameterOf: (path, name) => {
      if (path.startsWith('prompts/') && name === 'name') return 'shop.describe-product'
      return better[path] ?? examples.parameterOf(path, name)
    },
  }
}

function plain(id: string | undefined): string | undefined {
  return id && Buffer.from(id, 'base64').toString().replace(/^\w+:/, '')
}
