import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { seededRandom } from '@espalier/core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { openAdmin, phone, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { act, rewritten, takeTurn } from './improvingPage.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    list: 'Improvement',
    off: /^Off/,
    approveMode: 'With my approval',
    analyze: 'Analyze now',
    propose: 'Propose variants now',
    toDecide: 'For you to decide',
    approve: 'Approve',
    reject: 'Reject',
    compare: 'Compare side by side',
    dialog: 'Before and after',
    variants: 'Variants',
    evidence: 'Evidence',
    story: 'What it did',
    proposals: 'Proposals',
    rules: 'Rules',
    isNew: /“auto-\d” is new/,
    accepted: 'accepted',
    share: 'Share of the visitors',
    undo: 'Undo',
    undoQuestion: 'Undo this step?',
    undoIt: 'Undo the step',
    undone: 'undone',
    days: /^Days to find it in/,
    save: 'Save rules',
    saved: 'Saved. The next turn keeps to it.',
    viewer: 'You may look, and editors may decide.',
    panel: 'Improvement',
    experiment: 'Experiment',
    gone: 'There is no such page. It may have been deleted.',
  },
  fr: {
    list: 'Amélioration',
    off: /^Arrêtée/,
    approveMode: 'Avec mon accord',
    analyze: 'Analyser maintenant',
    propose: 'Proposer des variantes',
    toDecide: 'À vous de décider',
    approve: 'Approuver',
    reject: 'Refuser',
    compare: 'Comparer côte à côte',
    dialog: 'Avant et après',
    variants: 'Variantes',
    evidence: 'Preuves',
    story: 'Ce qu’elle a fait',
    proposals: 'Propositions',
    rules: 'Règles',
    isNew: /« auto-\d » est nouvelle/,
    accepted: 'acceptée',
    share: 'Part des visiteurs',
    undo: 'Annuler',
    undoQuestion: 'Annuler cette étape ?',
    undoIt: 'Annuler l’étape',
    undone: 'annulé',
    days: /^Jours pour le trouver/,
    save: 'Enregistrer les règles',
    saved: 'Enregistré. Le prochain tour s’y tiendra.',
    viewer: 'Vous pouvez regarder ; les éditeurs décident.',
    panel: 'Amélioration',
    experiment: 'Expérience',
    gone: 'Cette page n’existe pas. Elle a peut-être été supprimée.',
  },
} as const
type Language = keyof typeof inWords

const apiKey = 'sk-of-the-test'
const headlines = ['Ripe pears, picked this morning', 'Pears that taste of summer', 'Our pears are ready to eat']
const pictures = process.env.SCREENSHOTS

describe.skipIf(!hasChromium)('the pages of improvement', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let stub: StubModelServer
  let api: ApiClient
  let pageId: string
  let address: string
  const tabs = {} as Record<Language, Page>
  const random = seededRandom(5)

  beforeAll(async () => {
    ;[folder, stub] = await Promise.all([newDataFolder(), stubModelServer({ apiKey })])
    ;[product, { browser }] = await Promise.all([
      // Visitors come from addresses of their own, through a proxy.
      startProduct({ dataFolder: folder, env: { TRUSTED_PROXIES: '1' } }),
      launchBrowser(),
    ])
    api = await signIn(product)
    await act(api, 'setAiKey', { input: ['SetAiKeyInput!', { baseUrl: stub.baseUrl, key: apiKey }] }, '__typename')
    stub.script((request) => ({ json: rewritten(request, headlines[stub.paid.length % headlines.length]) }))
    const { page } = await api.ask<{ page: { id: string } }>('{ page(slug: "pears") { id } }')
    pageId = page.id
    address = `improvement/${plain(pageId)}`
    tabs.en = await openAdmin(browser, product, { cookie: api.cookie, language: 'en' })
    // Of two people: what the server says comes in the language of the account.
    tabs.fr = await openAdmin(browser, product, {
      cookie: (await joinWorkspace(product, api, { name: 'Benoit', role: 'EDITOR', locale: 'fr' })).cookie,
      language: 'fr',
    })
    for (const tab of Object.values(tabs)) tab.setDefaultTimeout(30_000)
  })

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    for (const [language, tab] of Object.entries(tabs))
      await picture(tab, `failed ${task.name.slice(0, 40)} ${language}`)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await stub?.close()
    if (folder) await removeDataFolder(folder)
  })

  test('a page is told to improve itself with the keyboard alone', async () => {
    const { en: words } = inWords
    const page = tabs.en
    await goTo(page, 'improvement')
    await press(page.getByRole('link', { name: 'Pear shop' }).first(), 'Enter')
    await page.getByRole('heading', { name: 'Pear shop', level: 1 }).waitFor()
    // Who comes from another page is where the new one begins.
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1')
    expect(await page.getByRole('radio', { name: words.off }).isChecked()).toBe(true)
    await press(page.getByRole('radio', { name: words.off }), 'ArrowDown')
    await soon(() => page.getByRole('radio', { name: words.approveMode }).isChecked()).toBe(true)
    await page.getByText('A language model writes new versions').waitFor()
    // Few visitors suffice for a test.
    await act(api, 'setPageImprovement', {
      pageId: ['ID!', pageId],
      mode: ['PageLoopMode!', 'APPROVE'],
      limits: ['PageLoopLimitsInput', { variantsPerRun: 2, minDetectableLift: 0.5, horizonDays: 180 }],
    })
  })

  test('what a model wrote waits for a yes, beside what visitors see now, in both languages', async () => {
    await goTo(tabs.fr, address)
    await visit(400)
    await press(tabs.en.getByRole('button', { name: inWords.en.analyze }), 'Enter')
    await table(tabs.en, 'en').getByRole('rowheader', { name: 'question' }).waitFor()
    // Whoever else has it open sees it without a reload.
    await table(tabs.fr, 'fr').getByRole('rowheader', { name: 'question' }).waitFor()
    await press(tabs.en.getByRole('button', { name: inWords.en.propose }), 'Enter')
    for (const language of ['en', 'fr'] as const) {
      await expect.poll(() => waiting(language).count(), { timeout: 90_000 }).toBe(2)
      const words = inWords[language]
      const page = tabs[language]
      await picture(page, `improvement-waiting-${language}`)
      await press(waiting(language).first().getByRole('button', { name: words.compare }), 'Enter')
      const dialog = page.getByRole('dialog', { name: words.dialog })
      const frames = dialog.locator('iframe')
      await soon(() => frames.count()).toBe(2)
      const now = await dialog.frameLocator('iframe').nth(0).getByRole('heading', { level: 1 }).innerText()
      const then = await dialog.frameLocator('iframe').nth(1).getByRole('heading', { level: 1 }).innerText()
      expect(headlines).toContain(then)
      expect(headlines).not.toContain(now)
      await picture(page, `improvement-compared-${language}`)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
  })

  test.each(['en', 'fr'] as const)('a yes makes it a variant that visitors get (%s)', async (language) => {
    const words = inWords[language]
    const page = tabs[language]
    const before = await waiting(language).count()
    await press(waiting(language).first().getByRole('button', { name: words.approve }), 'Enter')
    await soon(() => waiting(language).count()).toBe(before - 1)
    const other = language === 'en' ? 'fr' : 'en'
    await soon(() => waiting(other).count()).toBe(before - 1)
    await tab(page, words.story)
    const step = page.getByRole('listitem').filter({ hasText: words.isNew }).first()
    await step.waitFor()
    await press(step.getByText(words.evidence), 'Enter')
    await step.getByText(words.share).first().waitFor()
    await picture(page, `improvement-story-${language}`)
    await tab(page, words.proposals)
    await page.getByRole('article').getByText(words.accepted, { exact: true }).first().waitFor()
    const { node } = await api.ask<{ node: { variants: { key: string }[] } }>(
      'query ($id: ID!) { node(id: $id) { ... on Page { variants { key } } } }',
      { id: pageId },
    )
    expect(node.variants.map(({ key }) => key)).toContain(language === 'en' ? 'auto-1' : 'auto-2')
  })

  test.each(['en', 'fr'] as const)(
    'the page of the page tells of it in short, beside its experiment (%s)',
    async (language) => {
      const words = inWords[language]
      const page = tabs[language]
      await goTo(page, `pages/${plain(pageId)}`)
      const [loop, experiment] = [words.panel, words.experiment].map((name) => page.getByRole('region', { name }))
      await loop?.scrollIntoViewIfNeeded()
      await soon(() => page.locator('main [aria-busy=true]').count()).toBe(0)
      await experiment?.getByRole('link').first().waitFor()
      expect(await violations(page)).toEqual([])
      await loop?.locator(`a[href^="/admin/${address}"]`).first().click()
      await page.getByRole('heading', { name: 'Pear shop', level: 1 }).waitFor()
      expect(new URL(page.url()).pathname).toBe(`/admin/${address}`)
    },
  )

  test('a step is taken back after a question, and whoever has it open elsewhere sees that', async () => {
    const { fr: words } = inWords
    await tab(tabs.en, inWords.en.story)
    await tab(tabs.fr, words.story)
    const step = (language: Language) =>
      tabs[language]
        .getByRole('listitem')
        .filter({ hasText: /auto-1/ })
        .filter({
          has: tabs[language].getByRole('button', { name: inWords[language].undo, exact: true }),
        })
    await soon(() => step('en').count()).toBe(1)
    await press(step('fr').getByRole('button', { name: words.undo, exact: true }), 'Enter')
    const question = tabs.fr.getByRole('alertdialog', { name: words.undoQuestion })
    await press(question.getByRole('button', { name: words.undoIt }), 'Enter')
    await tabs.fr.getByText(words.undone, { exact: true }).first().waitFor()
    await tabs.en.getByText(inWords.en.undone, { exact: true }).first().waitFor()
  })

  test('two people who change the rules lose nothing', async () => {
    for (const language of ['en', 'fr'] as const) {
      await goTo(tabs[language], `${address}?tab=rules`)
      await tabs[language].getByRole('textbox', { name: inWords[language].days }).waitFor()
    }
    const fill = async (language: Language, value: string) => {
      await tabs[language].getByRole('textbox', { name: inWords[language].days }).fill(value)
      await tabs[language].keyboard.press('Tab')
    }
    await fill('fr', '90')
    await fill('en', '60')
    await press(tabs.en.getByRole('button', { name: inWords.en.save }), 'Enter')
    await tabs.en.getByText(inWords.en.saved).waitFor()
    await press(tabs.fr.getByRole('button', { name: inWords.fr.save }), 'Enter')
    const dialog = tabs.fr.getByRole('dialog')
    await dialog.waitFor()
    await soon(() => dialog.innerText()).toContain('60')
    expect(await dialog.innerText()).toContain('90')
    await picture(tabs.fr, 'improvement-conflict')
    await press(dialog.getByRole('button').last(), 'Enter')
    await tabs.fr.getByText(inWords.fr.saved).waitFor()
    const { node } = await api.ask<{ node: { loop: { limits: { horizonDays: number }; version: number } } }>(
      'query ($id: ID!) { node(id: $id) { ... on Page { loop { limits version } } } }',
      { id: pageId },
    )
    expect(node.loop.limits.horizonDays).toBe(90)
  })

  test('what is further back comes when it is asked for', async () => {
    for (let turn = 0; turn < 9; turn++) await takeTurn(api, pageId, 'ANALYSIS')
    const page = tabs.en
    await goTo(page, `${address}?tab=story`)
    const turns = page.getByRole('tabpanel').getByRole('article')
    await soon(() => turns.count()).toBe(8)
    await press(page.getByRole('button', { name: 'Show older ones' }), 'Enter')
    await soon(() => turns.count()).toBeGreaterThan(10)
  })

  test('what waits stands on the dashboard, and leads to where it is decided', async () => {
    await act(api, 'setPageImprovement', {
      pageId: ['ID!', pageId],
      mode: ['PageLoopMode!', 'APPROVE'],
      limits: ['PageLoopLimitsInput', { variantsPerRun: 1, minDetectableLift: 0.5, horizonDays: 180, maxArms: 10 }],
    })
    await visit(300)
    await takeTurn(api, pageId, 'ANALYSIS')
    await takeTurn(api, pageId, 'GENERATION')
    const page = tabs.en
    await goTo(page, '')
    await page.getByRole('link', { name: 'Decide about “Pear shop”' }).first().click()
    await page.getByRole('heading', { name: inWords.en.toDecide }).waitFor()
    await press(waiting('en').first().getByRole('button', { name: inWords.en.reject }), 'Enter')
    await soon(() => waiting('en').count()).toBe(0)
  })

  test('what is not there says so', async () => {
    for (const language of ['en', 'fr'] as const)
      for (const id of ['01900000-0000-7000-8000-000000000000', 'nonsense']) {
        await goTo(tabs[language], `improvement/${id}`)
        await tabs[language].getByText(inWords[language].gone).waitFor()
      }
  })

  test('who may only look sees no button that decides, and is told why', async () => {
    const guest = await openAdmin(browser, product, {
      cookie: (await joinWorkspace(product, api, { name: 'Guest', role: 'VIEWER' })).cookie,
      language: 'en',
      path: address,
    })
    await guest.getByText(inWords.en.viewer).waitFor()
    await table(guest, 'en').waitFor()
    for (const name of [inWords.en.approve, inWords.en.analyze, inWords.en.propose])
      expect(await guest.getByRole('button', { name }).count()).toBe(0)
    expect(await guest.getByRole('radio').first().isDisabled()).toBe(true)
    await goTo(guest, `${address}?tab=story`)
    await guest.getByRole('tabpanel').getByRole('article').first().waitFor()
    expect(await guest.getByRole('button', { name: inWords.en.undo, exact: true }).count()).toBe(0)
    await goTo(guest, `${address}?tab=rules`)
    await guest.getByRole('textbox', { name: inWords.en.days }).waitFor()
    expect(await guest.getByRole('button', { name: inWords.en.save }).count()).toBe(0)
    await guest.context().close()
  })

  test('axe finds nothing, in light and dark, and a phone does not scroll sideways', async () => {
    const page = tabs.fr
    for (const path of [
      'improvement',
      address,
      `${address}?tab=story`,
      `${address}?tab=proposals`,
      `${address}?tab=rules`,
    ]) {
      await page.setViewportSize({ width: 1280, height: 860 })
      await goTo(page, path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await soon(() => page.locator('main [aria-busy=true]').count()).toBe(0)
      for (const details of await page.locator('main details').all())
        await details.evaluate((element: object) => Object.assign(element, { open: true }))
      const name = path.replace(/[^a-z]+/g, '-')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        // Colors change over a moment.
        await soon(() => violations(page)).toEqual([])
        await picture(page, `${name}-${colorScheme}`)
      }
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize(phone)
      await soon(() => page.evaluate('document.documentElement.scrollWidth')).toBe(390)
      await soon(() => violations(page)).toEqual([])
      await picture(page, `${name}-phone`)
    }
  })

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read)
  const table = (page: Page, language: Language) => page.getByRole('table', { name: inWords[language].variants })
  const waiting = (language: Language) =>
    tabs[language].getByRole('region', { name: inWords[language].toDecide }).getByRole('article')
  const goTo = (page: Page, path: string) => page.goto(`${product.url}/admin/${path}`)
  const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click()

  async function press(target: Locator, key: string): Promise<void> {
    await target.focus()
    await target.press(key)
  }

  /** Sends visitors to the demo’s shop, some at a time, each from an address of their own. */
  async function visit(many: number): Promise<void> {
    const coming = Array.from({ length: many }, (_, index) => index).values()
    const from = () => `198.51.${100 + Math.floor(random.next() * 100)}.${Math.floor(random.next() * 255)}`
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const _ of coming)
          await simulateVisitor(new URL('/p/demo/pears', product.url), random, {
            headers: { 'x-forwarded-for': from() },
          })
      }),
    )
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
  }
})

function plain(id: string): string {
  return Buffer.from(id, 'base64').toString().replace(/^\w+:/, '')
}
