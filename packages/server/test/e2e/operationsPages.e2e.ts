import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, phone as phoneSize, settled, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const pictures = process.env.SCREENSHOTS

/** Operations and mail, as people look after an installation: by keyboard, in a real browser. */
describe.skipIf(!hasChromium)('operations and mail', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let page: Page
  let api: ApiClient

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([
      startProduct({ dataFolder: folder, env: { ESPALIER_DEMO: 'true' } }),
      launchBrowser(),
    ])
    api = await signIn(product)
    page = await newPage(api.cookie, 'en', { locale: 'en-US' })
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && pictures)
      await page.screenshot({ path: `${pictures}/failed ${task.name.slice(0, 40)}.png`, fullPage: true })
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    if (folder) await removeDataFolder(folder)
  })

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read)
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
  const field = (name: string) => page.getByRole('textbox', { name })

  async function open(path: string, of: Page = page): Promise<void> {
    await of.goto(`${product.url}/admin/${path}`)
    await of.getByRole('heading', { level: 1 }).waitFor()
    await settled(of)
  }

  test('a rule is made by keyboard beside what it would have done, and says where it is wrong', async () => {
    await open('alerts')
    await page.getByText('No alert was raised').waitFor()
    await press(page.getByRole('link', { name: 'New rule' }), 'Enter')
    await heading('New rule').waitFor()
    // Drawn before it is made.
    await page.getByText(/It would (not )?have spoken/).waitFor()
    await press(page.getByRole('radio', { name: /what is usual at that hour/ }), 'ArrowDown')
    await button('Make it').focus()
    await page.keyboard.press('Enter')
    await soon(() => field('Name').getAttribute('aria-invalid')).toBe('true')
    await type(field('Name'), 'Too few visitors')
    await type(field('Bound'), '100000')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+Enter')
    await heading('Too few visitors').waitFor()
    const { alertRules } = await api.ask<{ alertRules: { nodes: { kind: string; threshold: number }[] } }>(
      '{ alertRules(filter: { search: "Too few" }) { nodes { kind threshold } } }',
    )
    expect(alertRules.nodes).toEqual([{ kind: 'THRESHOLD', threshold: 100_000 }])
  })

  test('two people change one rule: the second is asked, and nothing is lost', async () => {
    await heading('Too few visitors').waitFor()
    const { alertRules } = await api.ask<{ alertRules: { nodes: { id: string }[] } }>(
      '{ alertRules(filter: { search: "Too few" }) { nodes { id } } }',
    )
    await type(field('Name'), 'Far too few visitors')
    await api.ask(
      'mutation ($id: ID!) { updateAlertRule(id: $id, input: { threshold: 500, name: "Hardly any visitors" }) { ... on Error { message } } }',
      { id: alertRules.nodes[0]?.id },
    )
    await page.keyboard.press('Control+Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Far too few visitors').waitFor()
    await dialog.getByText('Hardly any visitors').waitFor()
    await dialog.getByRole('button').last().click()
    await heading('Far too few visitors').waitFor()
    const { alertRules: after } = await api.ask<{ alertRules: { nodes: { threshold: number }[] } }>(
      '{ alertRules(filter: { search: "Far too few" }) { nodes { threshold } } }',
    )
    // What only the other one changed was kept.
    expect(after.nodes).toEqual([{ threshold: 500 }])
  })

  test('an action is taken back from its toast', async () => {
    const made = Array.from(
      { length: 12 },
      (_, index) =>
        `r${index}: createAlertRule(input: { name: "Rule ${index}", kind: THRESHOLD, metric: "tracking.visitors", direction: BELOW, threshold: ${index + 1} }) { ... on Error { message } }`,
    )
    await api.ask(`mutation { ${made.join('\n')} }`)
    const watched = async () => {
      const { alertRules } = await api.ask<{ alertRules: { totalCount: number } }>(
        '{ alertRules(filter: { active: true }) { totalCount } }',
      )
      return alertRules.totalCount
    }
    const before = await watched()
    await page.goto(`${product.url}/admin/alerts/rules?q=Rule`)
    const rules = page.getByRole('grid', { name: 'Rules' })
    await rules.getByText('Rule 11', { exact: true }).waitFor()
    await rules.getByRole('checkbox', { name: 'Select the rows that are loaded' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Pause' }).click()
    await soon(watched).toBe(before - 12)
    await rules.getByText('paused').first().waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await soon(watched).toBe(before)
    await rules.getByText('watched').first().waitFor()
  })

  test('a template is rewritten beside its preview, sent as a test, compared and thrown away', async () => {
    await open('mail/templates')
    await page.getByRole('searchbox', { name: 'Search templates' }).fill('daily')
    await press(page.getByRole('link', { name: 'operations.daily-report' }), 'Enter')
    await heading('operations.daily-report').waitFor()
    await type(field('Subject'), 'What {{ date }} brought to {{ workspace }}')
    await page.getByText(/^What .+ brought to Orchard$/).waitFor()
    await type(field('Subject'), 'Broken {{ date')
    await page.getByText('It cannot be filled in').waitFor()
    await type(field('Subject'), 'What {{ date }} brought')
    await page.keyboard.press('Control+Enter')
    await page.getByText('version 1', { exact: true }).waitFor()
    await button('Send me a test').click()
    await page.getByRole('button', { name: 'Look at it' }).click()
    await heading(/^What .+ brought$/).waitFor()
    await soon(() => page.frameLocator('iframe').locator('body').innerText()).toContain('Orchard')
    await page.goBack()
    await button('More actions').click()
    await page.getByRole('menuitem', { name: 'Back to the plugin’s own' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Back to the plugin’s own' }).click()
    await page.getByText('the plugin’s own', { exact: true }).waitFor()
  })

  test('addresses are held by hand and by list, found again, and let go', async () => {
    await open('mail/suppressions')
    await page.getByText('Nobody is held back').waitFor()
    await button('Add an address').first().click()
    await type(page.getByRole('dialog').getByLabel('Address'), 'no address')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('dialog').getByRole('alert').first().waitFor()
    await type(page.getByRole('dialog').getByLabel('Address'), 'ada@example.com')
    await page.keyboard.press('Control+Enter')
    const list = page.getByRole('grid', { name: 'Suppressed addresses' })
    await list.getByText('ada@example.com').waitFor()
    await button('Import a list').click()
    await type(page.getByRole('dialog').getByLabel('Addresses'), 'bea@example.com, dora@example.com\nbea@example.com')
    await page.keyboard.press('Control+Enter')
    await page.getByText('3 rows').waitFor()
    await list.locator('[data-index="0"]').focus()
    await page.keyboard.press('Control+a')
    await page.getByRole('toolbar').getByRole('button', { name: 'Write to them again' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Write to them again' }).click()
    await page.getByText('Nobody is held back').waitFor()
  })

  test('how mail leaves is set; a password is taken and never shown', async () => {
    await open('mail/transport')
    await press(page.getByRole('radio', { name: /It stays here/ }), 'ArrowUp')
    await type(field('Server'), 'smtp.example.com')
    await type(page.getByRole('textbox', { name: 'Address', exact: true }), 'hello@example.com')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Messages leave over SMTP.').waitFor()
    await button('Set: Password of the SMTP server').click()
    await type(page.getByLabel('New value'), 'correct horse')
    await page.keyboard.press('Control+Enter')
    await button('Take away: Password of the SMTP server').waitFor()
    expect(await page.content()).not.toContain('correct horse')
    await press(page.getByRole('radio', { name: /^SMTP/ }), 'ArrowDown')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Messages stay in this outbox').waitFor()
  })

  test('a webhook shows its secret once, is tested, and says what came of it', async () => {
    await open('settings/webhooks')
    await button('New endpoint').first().click()
    await type(page.getByRole('dialog').getByLabel('Address'), 'https://hooks.example.com/espalier')
    await page.keyboard.press('Control+Enter')
    const secret = await page.getByRole('dialog').locator('code').innerText()
    expect(secret).toMatch(/^whsec_/)
    await button('I have kept it').click()
    await heading('https://hooks.example.com/espalier').waitFor()
    expect(await page.content()).not.toContain(secret)
    await button('Send a test').click()
    await page.getByRole('combobox', { name: 'Event type' }).fill('experiments.compl')
    await page.getByRole('option', { name: /experiments\.completed/ }).click()
    await page.getByRole('dialog').getByText('"winner"').waitFor()
    await button('Send it').click()
    const posted = page.getByRole('grid', { name: 'What was posted there' })
    await posted.getByText('a test: experiments.completed').waitFor()
    await posted.locator('[data-index="0"]').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('"test"').waitFor()
    await page.keyboard.press('Escape')
  })

  test('what a webhook gets is searched and chosen, by groups or one by one', async () => {
    await page.getByRole('searchbox', { name: 'Search event types' }).fill('verdict')
    await page.getByRole('checkbox', { name: 'experiments.verdict-reached' }).press('Space')
    await page.getByRole('searchbox', { name: 'Search event types' }).fill('')
    await page.getByRole('checkbox', { name: 'All of “Mail”' }).press('Space')
    await page.getByRole('checkbox', { name: 'Keep the order' }).press('Space')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Saved.').waitFor()
    const { webhookEndpoints } = await api.ask<{ webhookEndpoints: { nodes: object[] } }>(
      '{ webhookEndpoints(filter: { url: { equals: "https://hooks.example.com/espalier" } }) { nodes { eventTypes ordered } } }',
    )
    expect(webhookEndpoints.nodes.at(-1)).toEqual({
      eventTypes: ['notification.*', 'experiments.verdict-reached', 'mail.*'],
      ordered: true,
    })
  })

  test('jobs show what they were given and what came of it; the audit trail what was before and after', async () => {
    await open('jobs')
    const jobs = page.getByRole('grid', { name: 'Jobs' })
    await jobs.locator('[data-index="0"]').focus()
    await page.keyboard.press('Enter')
    await heading('What it was given').waitFor()
    await open('audit?q=updateAlertRule&sort=AT')
    const first = page.getByRole('grid', { name: 'Audit trail' }).locator('[data-index="0"]')
    await first.getByText('updateAlertRule').waitFor()
    await first.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('rowheader', { name: 'name', exact: true }).waitFor()
    expect(await drawer.locator('ins').allInnerTexts()).toContain('Hardly any visitors')
    await page.keyboard.press('Escape')
    const download = page.waitForEvent('download')
    await button('Export as CSV').click()
    expect((await download).suggestedFilename()).toMatch(/\.csv$/)
  })

  test('one’s own report is set, sent and seen', async () => {
    await open('reports')
    await type(field('At'), '06:15')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Kept.').waitFor()
    await button('Send me one now').click()
    await page.getByText('It is on its way to you.').waitFor()
  })

  test('everything is said in French to whoever reads French', async () => {
    const french = await newPage(api.cookie, 'fr', { locale: 'fr-FR' })
    for (const [path, title] of [
      ['mail', 'Boîte d’envoi'],
      ['mail/templates', 'Modèles'],
      ['mail/days', 'Par jour'],
      ['notifications', 'Notifications'],
      ['alerts', 'Alertes'],
      ['alerts/rules', 'Règles d’alerte'],
      ['jobs', 'Tâches'],
      ['audit', 'Journal d’audit'],
      ['health', 'Santé'],
      ['reports', 'Rapport quotidien'],
    ] as const) {
      await open(path, french)
      expect(await french.getByRole('heading', { level: 1 }).innerText()).toBe(title)
      expect(await french.evaluate('document.documentElement.lang')).toBe('fr')
    }
    await french.context().close()
  })

  test('axe finds nothing in either theme, and a phone does not scroll sideways', async () => {
    const phone = await newPage(api.cookie, 'en', { viewport: phoneSize })
    for (const path of [
      'mail',
      'mail/templates',
      'mail/templates/operations.daily-report',
      'mail/suppressions',
      'mail/days',
      'mail/transport',
      'notifications',
      'notifications/preferences',
      'alerts',
      'alerts/rules',
      'alerts/rules/new',
      'reports',
      'settings/webhooks',
      'jobs',
      'audit',
      'health',
    ]) {
      await open(path)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        // Colors of the other theme fade in.
        await expect.poll(() => violations(page), { message: `${path} ${colorScheme}` }).toEqual([])
      }
      await open(path, phone)
      expect.soft(await phone.evaluate('document.documentElement.scrollWidth'), `${path} on a phone`).toBe(390)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await phone.context().close()
  })

  test('a viewer looks and changes nothing; what is personal is withheld in words', async () => {
    const looker = await joinWorkspace(product, api, { name: 'Looker', role: 'VIEWER' })
    const viewer = await newPage(looker.cookie, 'en')
    await open('alerts/rules', viewer)
    await viewer.getByRole('grid', { name: 'Rules' }).waitFor()
    expect(await viewer.getByRole('link', { name: 'New rule' }).count()).toBe(0)
    expect(await viewer.getByRole('checkbox').count()).toBe(0)
    await open('alerts/rules/new', viewer)
    await soon(() => viewer.getByRole('button', { name: 'Make it' }).count()).toBe(0)
    await viewer.goto(`${product.url}/admin/mail`)
    await soon(() => viewer.getByRole('grid').count()).toBe(0)
    await viewer.getByRole('heading', { level: 1 }).waitFor()
    expect(await viewer.getByRole('navigation').getByRole('link', { name: 'Mail' }).count()).toBe(0)
    await viewer.context().close()
  })

  /** Only the keyboard: Tab reaches it, a key does it. */
  async function press(what: Locator, key: string): Promise<void> {
    await what.waitFor()
    await what.focus()
    await page.keyboard.press(key)
  }

  async function type(into: Locator, text: string): Promise<void> {
    await into.waitFor()
    await into.focus()
    await into.page().keyboard.press('Control+a')
    await into.page().keyboard.type(text)
  }

  const newPage = (cookie: string, language: 'en' | 'fr', options: BrowserContextOptions = {}) =>
    openAdmin(browser, product, { cookie, language, reducedMotion: 'reduce', ...options })
})
