import { seededRandom } from '@espalier/core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { openAdmin, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    list: 'Experiments',
    new: 'New experiment',
    name: /^Name/,
    believe: /^We believe that/,
    because: /because …$/,
    know: /^We will know by/,
    page: 'Landing page',
    versions: 'Compare its versions',
    goals: 'Goals',
    orders: 'Orders',
    baseline: 'The control converts today',
    perDay: 'Visitors a day',
    long: /^About \d+ days, with [\d,]+ visitors of each variant\.$/,
    rules: 'Change what a verdict takes',
    least: 'Visitors of each variant, at least',
    conversions: 'Conversions of each variant, at least',
    days: 'Days, at least',
    make: 'Make the draft',
    sentence: 'We believe that numbers persuade because people compare. We will know by twice the orders.',
    start: 'Start',
    running: 'Running',
    live: 'Live',
    letItRun: 'Let it run',
    choose: 'Choose “numbers”',
    give: 'Give everyone “numbers”',
    everyone: 'Everyone gets “numbers”',
    completed: 'Completed',
    history: 'History',
    winner: 'Winner for everyone',
    seen: 'visitors',
  },
  fr: {
    list: 'Expériences',
    new: 'Nouvelle expérience',
    name: /^Nom/,
    believe: /^Nous pensons que/,
    because: /parce que …$/,
    know: /^Nous le saurons à/,
    page: 'Page d’atterrissage',
    versions: 'Comparer ses versions',
    goals: 'Objectifs',
    orders: 'Orders',
    baseline: 'L’original convertit aujourd’hui',
    perDay: 'Visiteurs par jour',
    long: /^Environ \d+ jours, avec [\d\s]+ visiteurs par variante\.$/,
    rules: 'Changer ce qu’il faut pour un verdict',
    least: 'Visiteurs par variante, au moins',
    conversions: 'Conversions par variante, au moins',
    days: 'Jours, au moins',
    make: 'Créer le brouillon',
    sentence: 'Nous pensons que numbers persuade parce que people compare. Nous le saurons à twice the orders.',
    start: 'Lancer',
    running: 'En cours',
    live: 'En direct',
    letItRun: 'Laissez-la tourner',
    choose: 'Choisissez « numbers »',
    give: 'Donner « numbers » à tous',
    everyone: 'Tout le monde reçoit « numbers »',
    completed: 'Terminée',
    history: 'Historique',
    winner: 'Gagnante pour tous',
    seen: 'visiteurs',
  },
}

describe.skipIf(!hasChromium)('the pages of experiments', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let api: ApiClient
  const tabs: Partial<Record<'en' | 'fr', Page>> = {}
  const random = seededRandom(11)

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([
      // Visitors come from addresses of their own, through a proxy.
      startProduct({ dataFolder: folder, env: { TRUSTED_PROXIES: '1' } }),
      launchBrowser(),
    ])
    api = await signIn(product)
    tabs.en = await open(api, 'en')
    tabs.fr = await open(api, 'fr')
  })

  afterEach(async ({ task }) => {
    const pictures = process.env.SCREENSHOTS
    if (task.result?.state !== 'fail' || !pictures) return
    for (const [language, tab] of Object.entries(tabs))
      await tab.screenshot({ path: `${pictures}/failed ${task.name.slice(0, 40)} ${language}.png`, fullPage: true })
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const open = (client: ApiClient, language: 'en' | 'fr') =>
    openAdmin(browser, product, { cookie: client.cookie, language, locale: 'en-US' })
  const english = () => tabs.en as Page
  const goTo = (page: Page, path: string) => page.goto(`${product.url}/admin/${path}`)
  const press = async (target: Locator, key = 'Enter') => {
    await target.focus()
    await target.press(key)
  }
  /** Visitors who like numbers; every other headline is all the same to them. */
  const visitors = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        simulateVisitor(new URL('/p/demo/pears', product.url), random, {
          rateOf: (headline) => (/\d/.test(headline) ? 0.85 : 0.15),
          headers: { 'x-forwarded-for': `10.1.${Math.floor(random.next() * 250)}.${Math.floor(random.next() * 250)}` },
        }),
      ),
    )

  test('a metric is defined, and what is wrong with it stands at its field', async () => {
    const page = english()
    await goTo(page, 'experiments/metrics')
    await press(page.getByRole('link', { name: 'New metric' }))
    await page.getByRole('heading', { level: 1, name: 'New metric' }).waitFor()
    await press(page.getByRole('button', { name: 'Make the metric' }))
    await page.getByText('Give it a name that people recognize in results.').first().waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('name')

    await page.getByLabel(/^Name/).fill('Orders')
    expect(await page.getByLabel(/^Key/).inputValue()).toBe('orders')
    // The key is taken: the server says so, and its sentence comes to the field.
    await page.getByLabel(/^Key/).fill('signup')
    await page.getByLabel(/^Event/).fill('order')
    await page.keyboard.press('Control+Enter')
    await page
      .getByRole('alert')
      .getByText(/signup/)
      .first()
      .waitFor()
    await page.getByLabel(/^Key/).fill('orders')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
    await page.getByText('No experiment is judged by it.').waitFor()
  })

  test.each(['en', 'fr'] as const)(
    'an experiment is made, started and concluded while visitors come, in “%s”',
    { timeout: 150_000 },
    async (language) => {
      const page = tabs[language] as Page
      const words = inWords[language]
      await goTo(page, 'experiments')
      await press(page.getByRole('link', { name: words.new }))
      await page.getByRole('heading', { level: 1, name: words.new }).waitFor()
      await page.getByLabel(words.name).first().fill(`Numbers ${language}`)
      await page.getByLabel(words.believe).fill('numbers persuade')
      await page.getByLabel(words.because).fill('people compare')
      await page.getByLabel(words.know).fill('twice the orders')

      // The page that it is for: its versions become the variants.
      await press(page.getByRole('region', { name: words.page }).getByRole('button').first())
      await page.getByRole('option', { name: /^Pear shop/ }).click()
      await press(page.getByRole('button', { name: words.versions }))
      await page.getByLabel(language === 'en' ? 'Variant 3' : 'Variante 3').waitFor()

      const goal = page.getByRole('combobox', { name: words.goals })
      await goal.click()
      await goal.pressSequentially('Ord', { delay: 40 })
      await page.getByRole('option', { name: /^Orders/ }).waitFor()
      await expect.poll(() => page.getByRole('option').count()).toBe(1)
      await goal.press('ArrowDown')
      // Enter chooses what is pointed at, and sends the form where nothing is.
      await expect.poll(() => goal.getAttribute('aria-activedescendant')).not.toBeNull()
      await goal.press('Enter')
      await page.getByRole('list', { name: words.goals }).getByText(words.orders).waitFor()

      // How long it would take, before it begins.
      await page.getByRole('textbox', { name: words.baseline }).fill('5')
      await page.getByRole('textbox', { name: words.perDay }).fill('900')
      await page.keyboard.press('Tab')
      await page.getByText(words.long).waitFor()

      await page.getByText(words.rules).click()
      for (const [label, value] of [
        [words.least, '20'],
        [words.conversions, '3'],
        [words.days, '0'],
      ] as const)
        await page.getByRole('textbox', { name: label }).fill(value)
      await press(page.getByRole('button', { name: words.make }))

      await page.getByRole('heading', { level: 1, name: `Numbers ${language}` }).waitFor()
      await page.getByText(words.sentence).first().waitFor()
      const address = page.url()

      await press(page.getByRole('button', { name: words.start, exact: true }).last())
      await press(page.getByRole('alertdialog').getByRole('button', { name: words.start }))
      await page.getByRole('main').getByText(words.running, { exact: true }).waitFor()
      await page.getByText(words.live, { exact: true }).waitFor()
      await page.getByText(words.letItRun).waitFor()

      // Nobody loads the page again: the numbers come by themselves, and with them the advice.
      await page.goto(address.replace(/\?.*/, ''))
      await visitors(90)
      await page
        .getByRole('table', { name: 'Orders' })
        .getByText(/numbers/)
        .first()
        .waitFor()
      await visitors(120)
      // By chance, variants get shares that make the results doubtful; more visitors mend that.
      const advice = page.getByText(words.choose)
      await expect
        .poll(
          async () => {
            if ((await advice.count()) === 0) await visitors(30)
            return advice.count()
          },
          { timeout: 60_000, interval: 2_000 },
        )
        .toBe(1)
      await press(page.getByRole('button', { name: words.give }))
      await press(page.getByRole('alertdialog').getByRole('button', { name: words.give }))
      await page.getByText(words.everyone, { exact: true }).waitFor()
      await page.getByRole('main').getByText(words.completed, { exact: true }).waitFor()

      // So it is for visitors.
      const headlines = await Promise.all(
        Array.from({ length: 6 }, async (_, visitor) => {
          const html = await fetch(`${product.url}/p/demo/pears`, {
            headers: { accept: 'text/html', 'user-agent': `Mozilla/5.0 Chrome/141 (visitor ${visitor})` },
          })
          return /<h1>(.*?)<\/h1>/.exec(await html.text())?.[1]
        }),
      )
      expect(new Set(headlines).size).toBe(1)
      expect(headlines[0]).toMatch(/\d/)

      await press(page.getByRole('tab', { name: words.history }))
      await page.getByRole('list').getByText(words.winner).waitFor()
    },
  )

  test('a winner is taken back, and another is declared for a reason that stands in the history', async () => {
    const page = english()
    await goTo(page, 'experiments')
    await press(page.getByRole('link', { name: 'Numbers en' }))
    await page.getByText('Everyone gets “numbers”').waitFor()
    await press(page.getByRole('button', { name: 'More actions' }))
    await page.getByRole('menuitem', { name: 'Take the winner back' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take the winner back' }).click()
    await page.getByRole('main').getByText('Running', { exact: true }).waitFor()

    await press(page.getByRole('button', { name: 'End', exact: true }))
    const dialog = page.getByRole('dialog')
    await dialog.getByText('original', { exact: true }).click()
    const end = dialog.getByRole('button', { name: 'End' })
    // Against what the results say, a reason is asked for.
    expect(await end.isDisabled()).toBe(true)
    await dialog.getByLabel(/^Why/).fill('The shop has no numbers in winter.')
    expect(await violations(page)).toEqual([])
    await end.click()
    await page.getByText('Everyone gets “original”').waitFor()
    await press(page.getByRole('tab', { name: 'History' }))
    await page.getByText('The shop has no numbers in winter.').waitFor()
  })

  test('one that runs is changed, and what follows is said before', async () => {
    const page = english()
    const { id } = await made('Running', 'running-one', { start: true })
    await goTo(page, `experiments/${id}`)
    await press(page.getByRole('button', { name: 'Change while it runs' }))
    const drawer = page.getByRole('dialog')
    await drawer.getByText('Nothing is changed yet.').waitFor()
    await drawer.getByRole('textbox', { name: 'Weight of B' }).fill('3')
    await page.keyboard.press('Tab')
    await drawer.getByText('This asks a new question').waitFor()
    expect(await violations(page)).toEqual([])
    await drawer.getByLabel('Why').fill('B looks safe.')
    await drawer.getByRole('button', { name: 'Apply' }).click()
    await drawer.waitFor({ state: 'detached' })
    await press(page.getByRole('tab', { name: 'History' }))
    await page.getByRole('heading', { name: 'Phase 2: weights changed' }).waitFor()
    await page.getByText('B looks safe.').waitFor()
  })

  test('two people change one draft, and neither loses what they wrote', async () => {
    const page = english()
    const { id, globalId } = await made('Draft for two', 'draft-for-two')
    await goTo(page, `experiments/${id}/edit`)
    await page.getByLabel(/^We believe that/).fill('mine is better')
    await api.ask(
      `mutation ($id: ID!) { updateExperiment(id: $id, input: { name: "Named by somebody else", coverage: 0.5 }) { __typename } }`,
      { id: globalId },
    )
    await page.keyboard.press('Control+Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button').last().click()
    await page.getByRole('heading', { level: 1, name: 'Named by somebody else' }).waitFor()
    await page.getByText('mine is better').first().waitFor()
    await page.getByText('50%').first().waitFor()
  })

  test('what was typed is still there after the tab was loaded again, and can be thrown away', async () => {
    const page = english()
    await goTo(page, 'experiments/new')
    await page.getByLabel(/^Name/).first().fill('Half a thought')
    page.once('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await page.getByText('What you typed last time is back.').waitFor()
    await expect.poll(() => page.getByLabel(/^Name/).first().inputValue()).toBe('Half a thought')
    // A link asks first.
    await page.getByRole('main').getByRole('link', { name: 'Experiments' }).click()
    await page.getByRole('alertdialog').waitFor()
    await page.keyboard.press('Escape')
    await press(page.getByRole('button', { name: 'Begin afresh' }))
    await expect.poll(() => page.getByLabel(/^Name/).first().inputValue()).toBe('')
  })

  test('drawings are walked with the keyboard, and are tables for whoever wants them', async () => {
    const page = english()
    await goTo(page, 'experiments')
    await press(page.getByRole('link', { name: 'Numbers fr' }))
    const course = page.getByRole('slider', { name: /^Lift, Orders/ })
    await course.focus()
    await course.press('End')
    await expect.poll(() => course.getAttribute('aria-valuetext')).toMatch(/numbers: \+\d/)
    await press(page.getByRole('figure', { name: /^Lift, Orders/ }).getByRole('button', { name: 'Show as table' }))
    await page.getByRole('columnheader', { name: 'numbers' }).waitFor()
    await press(page.getByRole('radio', { name: 'Visitors' }), 'Space')
    await page.getByRole('figure', { name: /^Visitors, Orders/ }).waitFor()
    expect(page.url()).toContain('course=exposures')
  })

  test.each(['results', 'health', 'setup', 'history'])('“%s” is for everybody: both themes, a phone', async (tab) => {
    const page = english()
    const { experiments } = await api.ask<{ experiments: { nodes: { id: string }[] } }>(
      '{ experiments(first: 1, filter: { key: { equals: "numbers-en" } }) { nodes { id } } }',
    )
    await goTo(page, `experiments/${plainId(experiments.nodes[0]?.id ?? '')}?tab=${tab}`)
    await page.getByRole('tabpanel').waitFor()
    await expect.poll(() => page.locator('main [aria-busy="true"]').count()).toBe(0)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Colors fade from one theme to the other.
      await expect.poll(() => violations(page), { message: colorScheme }).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1280, height: 860 })
  })

  test('who may only look sees the results and nothing that changes them', async () => {
    const guest = await joinWorkspace(product, api, { name: 'Guest', role: 'VIEWER' })
    const page = await open(guest, 'en')
    await goTo(page, 'experiments')
    await press(page.getByRole('link', { name: 'Running', exact: true }))
    await page.getByText('Let it run').waitFor()
    expect(await page.getByRole('button', { name: /^(End|Pause|Change while it runs|More actions)$/ }).count()).toBe(0)
    await goTo(page, 'experiments/new')
    await page.getByText('Your role does not show you this page.').waitFor()
    expect(await page.getByRole('button', { name: 'Make the draft' }).count()).toBe(0)
    await page.context().close()
  })

  test('an experiment that is gone, and a query that fails, say so', async () => {
    const page = english()
    await goTo(page, 'experiments/01900000-0000-7000-8000-000000000000')
    await page.getByText('There is no such experiment').waitFor()
    await goTo(page, 'experiments/metrics/nonsense')
    await page.getByText('There is no such metric').waitFor()
  })

  /** An experiment with variants A and B on sign-ups. */
  async function made(
    name: string,
    key: string,
    { start = false }: { start?: boolean } = {},
  ): Promise<{ id: string; globalId: string }> {
    const { createExperiment } = await api.ask<{ createExperiment: { data: { id: string } } }>(
      `mutation ($input: CreateExperimentInput!) {
        createExperiment(input: $input) { ... on CreateExperimentSuccess { data { id } } }
      }`,
      { input: { key, name, goal: 'signup', variants: ['a', 'b'].map((key) => ({ key, name: key.toUpperCase() })) } },
    )
    const globalId = createExperiment.data.id
    if (start) await api.ask('mutation ($id: ID!) { startExperiment(id: $id) { __typename } }', { id: globalId })
    return { id: plainId(globalId), globalId }
  }
})

/** The id in an address, of an id of the API. */
function plainId(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().replace(/^\w+:/, '')
}
