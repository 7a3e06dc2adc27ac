import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { seededRandom } from '@espalier/core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { act, rewritten, takeTurn } from './improvingPage.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where pictures of every state are put for people to look at. Unset: none are taken. */
const pictures = process.env.SCREENSHOTS
const adminMessages = join(import.meta.dirname, '../../../admin/src/messages')
const docsImage = join(import.meta.dirname, '../../../../docs/images/improvement.png')

const apiKey = 'sk-of-the-test'
const headlines = ['Ripe pears, picked this morning', 'Pears that taste of summer', 'Our pears are ready to eat']

describe.skipIf(!hasChromium)('the screens of the admin', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let api: ApiClient
  let stub: StubModelServer
  let improving = ''
  const random = seededRandom(5)

  beforeAll(async () => {
    ;[folder, stub] = await Promise.all([newDataFolder(), stubModelServer({ apiKey })])
    ;[product, { browser }] = await Promise.all([
      // Visitors come from addresses of their own, through a proxy.
      startProduct({ dataFolder: folder, env: { TRUSTED_PROXIES: '1' } }),
      launchBrowser(),
    ])
    api = await signIn(product)
    context = await browser.newContext({ locale: 'en-US', colorScheme: 'light' })
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(`${product.url}/admin/improvement`)
    await page.getByLabel('Email').fill(product.email)
    await page.getByLabel('Password').fill(product.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed ${task.name.slice(0, 30)}`)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await stub?.close()
    if (folder) await removeDataFolder(folder)
  })

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 20_000 })
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const region = (name: string | RegExp) => page.getByRole('region', { name, exact: typeof name === 'string' })
  const screens = () => page.getByRole('navigation', { name: 'Screens' })
  const waiting = () => region('For you to decide').locator('li.warning')

  test('a page is told to improve itself with the keyboard alone, and says what makes its versions', async () => {
    await heading('Improvement').waitFor()
    await picture('improvement-pages')
    await press(page.getByRole('link', { name: 'Pear shop' }), 'Enter')
    await heading('Pear shop').waitFor()
    // Who comes from another screen is where the new one begins.
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
    improving = page.url()
    expect(await page.getByRole('radio', { name: /^Off/ }).isChecked()).toBe(true)
    await press(page.getByRole('radio', { name: /^Off/ }), 'ArrowDown')
    await soon(() => page.getByRole('radio', { name: /^With my approval/ }).isChecked()).toBe(true)
    await page.getByText('No model is set up: new versions recombine').waitFor()
    // Few visitors suffice for a test.
    await act(api, 'setPageImprovement', {
      pageId: ['ID!', decodeURIComponent(improving.split('/').at(-1) ?? '')],
      mode: ['PageLoopMode!', 'APPROVE'],
      limits: ['PageLoopLimitsInput', { variantsPerRun: 2, minDetectableLift: 0.5, horizonDays: 180 }],
    })
    await picture('improvement-on')
  })

  test('a model service is set up and tried on the screen; its key is shown nowhere', async () => {
    await press(screens().getByRole('link', { name: 'Costs' }), 'Enter')
    const service = region('Model service')
    await service.getByText('No model is asked').waitFor()
    await picture('costs-empty')
    await service.getByLabel('Address').fill(stub.baseUrl)
    await service.getByLabel('Key').fill('sk-wrong')
    await press(service.getByRole('button', { name: 'Keep' }), 'Enter')
    await service.getByText(`Asks gpt-4.1-mini at ${stub.baseUrl}, with a key.`).waitFor()
    await press(service.getByRole('button', { name: 'Try it' }), 'Enter')
    await service.locator('[role=status].bad').getByText(/key/i).waitFor()
    await picture('costs-wrong-key')

    await service.getByLabel('Key').fill(apiKey)
    await press(service.getByRole('button', { name: 'Keep' }), 'Enter')
    await service.getByText('Kept.').waitFor()
    expect(await service.getByLabel('Key').inputValue()).toBe('')
    stub.script(() => 'Hello from the orchard.')
    await press(service.getByRole('button', { name: 'Try it' }), 'Enter')
    await service.getByText('It answered: “Hello from the orchard.”').waitFor()
    expect(await page.content()).not.toContain(apiKey)
    await service.getByLabel('Address').fill('not an address')
    await press(service.getByRole('button', { name: 'Keep' }), 'Enter')
    expect(
      await service
        .getByLabel('Address')
        .evaluate((field: object) => (field as { matches(selector: string): boolean }).matches(':invalid')),
    ).toBe(true)
  })

  test('what a model wrote waits for a yes, and can be looked at before any visitor sees it', async () => {
    stub.script((request) => ({ json: rewritten(request, headlines[stub.paid.length % headlines.length]) }))
    await page.goBack()
    await heading('Pear shop').waitFor()
    expect(page.url()).toBe(improving)
    await visit(400)
    await press(page.getByRole('button', { name: 'Analyze now' }), 'Enter')
    await region('Variants').getByRole('rowheader', { name: 'question' }).waitFor()
    const shown = await region('Variants').locator('tbody tr td:nth-child(3)').allInnerTexts()
    expect(shown.map(Number).reduce((sum, visitors) => sum + visitors, 0)).toBeGreaterThan(300)
    expect(await region('Variants').locator('svg.interval').count()).toBe(3)

    await press(page.getByRole('button', { name: 'Propose variants now' }), 'Enter')
    await expect.poll(() => waiting().count(), { timeout: 90_000 }).toBe(2)
    await picture('improvement-waiting')
    const first = waiting().first()
    expect(await first.locator('> p').last().innerText()).toMatch(/^Says "/)
    const [proposal] = await Promise.all([
      context.waitForEvent('page'),
      press(first.getByRole('link', { name: /^Look at it/ }), 'Enter'),
    ])
    await proposal.getByRole('heading', { level: 1 }).waitFor()
    expect(headlines).toContain(await proposal.getByRole('heading', { level: 1 }).innerText())
    expect(await proposal.locator('script').count()).toBe(0)
    await proposal.close()
  })

  test('a yes makes it a variant, a no does not, and whoever is elsewhere is told at once', async () => {
    const elsewhere = await context.newPage()
    await elsewhere.goto(`${product.url}/admin/notifications`)
    const unread = elsewhere.locator('nav .badge')
    await unread.waitFor()
    const before = Number(await unread.innerText())
    await press(waiting().first().getByRole('button', { name: 'Approve' }), 'Enter')
    await soon(() => waiting().count()).toBe(1)
    await soon(async () => Number(await unread.innerText())).toBeGreaterThan(before)
    await elsewhere.getByText('New variant of “Pear shop”: auto-1').waitFor()
    await picture('notifications', elsewhere)
    await elsewhere.getByRole('button', { name: 'Mark all as read' }).click()
    await unread.waitFor({ state: 'detached' })
    await elsewhere.close()

    await press(waiting().first().getByRole('button', { name: 'Reject' }), 'Enter')
    await soon(() => waiting().count()).toBe(0)
    const proposals = region('Proposals')
    await proposals.getByText('accepted').waitFor()
    await proposals.getByText('rejected').waitFor()
    const step = region('What it did, and why').locator('li', { hasText: '“auto-1” is new' })
    await step.getByText('Evidence').click()
    await step.getByText('Share of the visitors').waitFor()
    await picture('improvement-decided')
  })

  test('a step is taken back with a second press, so that a slip undoes nothing', async () => {
    await visit(200)
    await press(page.getByRole('button', { name: 'Analyze now' }), 'Enter')
    await region('Variants').getByRole('rowheader', { name: 'auto-1' }).waitFor()
    await picture('improvement-arms')
    if (process.env.DOCS_IMAGES)
      await page.screenshot({ path: docsImage, fullPage: true, clip: { x: 0, y: 0, width: 1280, height: 1320 } })
    const step = region('What it did, and why').locator('li', { hasText: '“auto-1” is new' })
    await press(step.getByRole('button', { name: 'Undo' }), 'Enter')
    await step.getByRole('button', { name: 'Really undo' }).waitFor()
    await page.keyboard.press('Tab')
    await step.getByRole('button', { name: 'Undo', exact: true }).waitFor()
    await press(step.getByRole('button', { name: 'Undo' }), 'Enter')
    await page.keyboard.press('Enter')
    await step.getByText('undone by Demo').waitFor()
    await region('Proposals').getByText('undone').waitFor()
  })

  test('what is further back comes when it is asked for', async () => {
    const pageId = decodeURIComponent(new URL(improving).pathname.split('/').at(-1) ?? '')
    for (let turn = 0; turn < 11; turn++) await takeTurn(api, pageId, 'ANALYSIS')
    const log = region('What it did, and why')
    await soon(() => log.locator('ol.steps > li').count()).toBe(30)
    await press(log.getByRole('button', { name: 'Show more' }), 'Enter')
    await soon(() => log.locator('ol.steps > li').count()).toBeGreaterThan(30)
    await soon(() => log.getByRole('button', { name: 'Show more' }).count()).toBe(0)
    expect(await log.locator('ol.steps > li').last().innerText()).toContain('Measured:')
  })

  test('prompts show what was written, how it did and how versions differ', async () => {
    await press(screens().getByRole('link', { name: 'Prompts' }), 'Enter')
    await picture('prompts')
    await press(page.getByRole('link', { name: 'landing-pages.write-variant' }), 'Enter')
    await heading('landing-pages.write-variant').waitFor()
    const { prompt } = await api.ask<{
      prompt: { id: string; activeVariants: { id: string; language: string; template: string }[] }
    }>('{ prompt(name: "landing-pages.write-variant") { id activeVariants { id language template } } }')
    const english = prompt.activeVariants.find(({ language }) => language === 'EN')
    await act(api, 'addPromptVariant', {
      promptId: ['ID!', prompt.id],
      input: ['AddPromptVariantInput!', { language: 'EN', template: `${english?.template}\nWrite like a gardener.` }],
    })
    await page.reload()
    const draft = region('Variants').locator('li', { hasText: 'Version 2' })
    await draft.getByText('Differences from the active one').click()
    await draft.locator('ins').getByText('Write like a gardener.').waitFor()
    await picture('prompt')
  })

  test('costs are drawn, and stand beside it in numbers; a month stands in the address', async () => {
    await press(screens().getByRole('link', { name: 'Costs' }), 'Enter')
    const days = region('By day').first()
    await days.getByRole('rowheader').waitFor()
    expect(
      await days
        .locator('svg rect')
        .evaluateAll(
          (bars: object[]) =>
            bars.filter((bar) => Number((bar as { getAttribute(name: string): string }).getAttribute('height')) > 0)
              .length,
        ),
    ).toBe(1)
    await region('Model calls').locator('li').first().getByText('What was asked').click()
    await region('Model calls').locator('li pre').first().waitFor()
    await picture('costs')
    await press(page.getByRole('button', { name: 'Month before' }), 'Enter')
    await page.getByText('Nothing was spent in this month.').first().waitFor()
    expect(page.url()).toMatch(/\/admin\/costs\?month=\d{4}-\d{2}$/)
    await page.reload()
    await page.getByText('Nothing was spent in this month.').first().waitFor()
    expect(stub.paid.length).toBeGreaterThan(2)
  })

  test('a report that one asks for is in the outbox a moment later, and can be read there', async () => {
    await press(screens().getByRole('link', { name: 'Notifications' }), 'Enter')
    await press(page.getByRole('button', { name: 'Send me one now' }), 'Enter')
    await page.getByText('It is on its way').waitFor()
    await page.getByText('As it would say now').click()
    await press(screens().getByRole('link', { name: 'Mail' }), 'Enter')
    const first = region('Messages').first().getByRole('row').nth(1)
    await expect
      .poll(
        async () => {
          await page.reload()
          await first.waitFor()
          return first.innerText()
        },
        { timeout: 20_000 },
      )
      .toContain('sent')
    await picture('mail')
    await press(first.getByRole('link'), 'Enter')
    const frame = page.locator('iframe')
    await frame.waitFor()
    expect(await frame.getAttribute('sandbox')).toBe('')
    const said = await frame.contentFrame().locator('body').innerText()
    // Of the day before, on which the demo was not there yet.
    expect(said).toMatch(/^Demo on /)
    await picture('mail-message')
  })

  test('what one prefers is kept', async () => {
    await page.goto(`${product.url}/admin/notifications`)
    const preferences = region('What I am told, and how').first()
    const mail = preferences.getByRole('combobox').first()
    await mail.selectOption({ index: 2 })
    const box = preferences.getByRole('checkbox').first()
    const was = await box.isChecked()
    await press(box, 'Space')
    await soon(() => box.isChecked()).toBe(!was)
    const chosen = await mail.inputValue()
    await page.reload()
    await preferences.getByRole('checkbox').first().waitFor()
    expect(await box.isChecked()).toBe(!was)
    expect(await mail.inputValue()).toBe(chosen)
  })

  test('back and forward go from screen to screen, and what is not there is said', async () => {
    await page.goto(`${product.url}/admin/mail?state=FAILED`)
    await page.getByText('No message fits').waitFor()
    await press(screens().getByRole('link', { name: 'Prompts' }), 'Enter')
    await heading(/^Prompts$/).waitFor()
    await page.goBack()
    await page.getByText('No message fits').waitFor()
    await page.goForward()
    await heading(/^Prompts$/).waitFor()
    for (const [address, said] of [
      ['improvement/01900000-0000-7000-8000-000000000000', 'There is no such page.'],
      ['improvement/nonsense', 'There is no such page.'],
      ['mail/nonsense', 'There is no such message'],
      ['prompts/nonsense', 'There is no such prompt'],
      ['nowhere', 'There is no such screen.'],
    ] as const) {
      await page.goto(`${product.url}/admin/${address}`)
      await page.getByText(said).waitFor()
    }
  })

  test('who may only look sees no button that decides, and is told why', async () => {
    const { data } = (
      await api.ask<{ inviteMember: { data: { link: string } } }>(
        'mutation { inviteMember(input: { email: "guest@example.com", role: VIEWER }) { ... on InviteMemberSuccess { data { link } } } }',
      )
    ).inviteMember
    const own = await browser.newContext({ locale: 'en-US' })
    const guest = await own.newPage()
    await guest.goto(data.link)
    await guest.getByLabel('Your name').fill('Guest')
    await guest.getByLabel('Choose a password').fill('only looking around')
    await guest.getByRole('button', { name: 'Join' }).click()
    await guest.getByRole('heading', { name: 'Hello, Guest' }).waitFor()
    await guest.goto(improving)
    await guest.getByText('You may look, and editors may decide.').waitFor()
    await guest.getByRole('heading', { name: 'What it did, and why' }).waitFor()
    expect(await guest.getByRole('button').allInnerTexts()).toEqual(['Sign out', 'Show more'])
    expect(await guest.getByRole('radio').first().isDisabled()).toBe(true)
    await guest.goto(`${product.url}/admin/mail`)
    await guest.getByText('Your role does not show you this.').waitFor()
    await guest.goto(`${product.url}/admin/costs`)
    await guest.getByText('is shown to editors').waitFor()
    await guest.getByRole('heading', { name: 'By day' }).waitFor()
    expect(await guest.getByRole('alert').count()).toBe(0)
    await picture('costs-viewer', guest)
    await guest.goto(`${product.url}/admin/prompts/landing-pages.write-variant`)
    await guest.getByRole('heading', { name: 'landing-pages.write-variant' }).waitFor()
    expect(await guest.getByRole('button').allInnerTexts()).toEqual(['Sign out'])
    await own.close()
  })

  const all = () =>
    [
      ['improvement', 'improvement'],
      ['page', new URL(improving).pathname.slice('/admin/'.length)],
      ['prompts', 'prompts'],
      ['prompt', 'prompts/landing-pages.write-variant'],
      ['mail', 'mail'],
      ['notifications', 'notifications'],
      ['alerts', 'alerts'],
      ['costs', 'costs'],
    ] as const

  test('no screen has a violation that axe finds, in light and dark, nor scrolls sideways on a phone', async () => {
    const desktop = { width: 1280, height: 720 }
    for (const [name, address] of all()) {
      await page.setViewportSize(desktop)
      await open(address)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect.soft(await violations(), `${name}, ${colorScheme}`).toEqual([])
        await picture(`${name}-${colorScheme}`)
      }
      await page.setViewportSize({ width: 390, height: 844 })
      expect.soft(await page.evaluate('document.documentElement.scrollWidth'), `${name} on a phone`).toBe(390)
      expect.soft(await violations(), `${name} on a phone`).toEqual([])
      await picture(`${name}-phone`)
      await page.emulateMedia({ colorScheme: 'light' })
    }
    await page.setViewportSize(desktop)
  })

  test('in French no word of the screens stays English', async () => {
    await page.goto(`${product.url}/admin/`)
    await page.getByLabel('Language').selectOption('Français')
    await heading('Bonjour, Demo').waitFor()
    const english = await englishWords()
    for (const [name, address] of all()) {
      await open(address)
      const said = await page.evaluate<string[]>(
        `[...document.querySelectorAll('main *, nav *')].flatMap((element) => [
          ...[...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()),
          element.getAttribute('aria-label'), element.getAttribute('placeholder'), element.getAttribute('title'),
        ]).filter(Boolean)`,
      )
      expect.soft(said.length, name).toBeGreaterThan(10)
      expect
        .soft(
          said.filter((text) => english.has(text)),
          name,
        )
        .toEqual([])
      await picture(`${name}-french`)
    }
    await page.getByLabel('Langue').selectOption('English')
  })

  /** What the screens say in English and say otherwise in French. */
  async function englishWords(): Promise<ReadonlySet<string>> {
    const textsOf = async (language: string) => {
      const messages = (await import(join(adminMessages, `${language}.ts`))) as Record<string, object>
      return textsIn(messages[language] ?? {})
    }
    const french = new Set(await textsOf('fr'))
    return new Set((await textsOf('en')).filter((text) => !french.has(text)))
  }

  async function open(address: string): Promise<void> {
    await page.goto(`${product.url}/admin/${address}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    // What runs is known.
    await page.locator('nav li').nth(6).waitFor()
    await soon(() => page.locator('[aria-busy]').count()).toBe(0)
  }

  /** Sends visitors to the demo’s shop, some at a time, each from an address of their own. */
  async function visit(many: number): Promise<void> {
    const coming = Array.from({ length: many }, (_, index) => index).values()
    const address = () => `198.51.${100 + Math.floor(random.next() * 100)}.${Math.floor(random.next() * 255)}`
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const _ of coming)
          await simulateVisitor(new URL('/p/demo/pears', product.url), random, {
            headers: { 'x-forwarded-for': address() },
          })
      }),
    )
  }

  /** Presses a key on what Tab leads to. */
  async function press(what: Locator, key: string): Promise<void> {
    await what.waitFor()
    expect(await what.evaluate((element: object) => (element as { tabIndex: number }).tabIndex)).toBe(0)
    await what.focus()
    await page.keyboard.press(key)
  }

  /** What axe finds wrong with the page as it is now, with where. */
  async function violations(): Promise<string[]> {
    await page.evaluate(axe)
    return page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`,
    )
  }

  async function picture(name: string, of: Page = page): Promise<void> {
    if (pictures) await of.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
})

function textsIn(messages: object): string[] {
  return Object.values(messages).flatMap((value) =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? textsIn(value) : [],
  )
}
