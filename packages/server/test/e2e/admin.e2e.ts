import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { seededRandom } from '@espalier/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateVisitor } from '../../src/simulatedVisitor.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where pictures of every state are put for people to look at. Unset: none are taken. */
const pictures = process.env.SCREENSHOTS

describe.skipIf(!hasChromium)('the admin web app', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let page: Page
  const random = seededRandom(3)

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    const context = await browser.newContext({ locale: 'en-US', colorScheme: 'light' })
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(`${product.url}/`)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const visit = (count: number) =>
    Promise.all(Array.from({ length: count }, () => simulateVisitor(new URL('/p/demo/welcome', product.url), random)))
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })
  const connection = () => page.getByRole('status').innerText()
  /** Visitors of each variant, as the table shows them. */
  const visitors = async () =>
    (await page.locator('article tbody tr td:nth-child(2)').allInnerTexts()).map((text) => Number(text))

  test('is where the bare address leads, and asks who one is', async () => {
    expect(page.url()).toBe(`${product.url}/admin/`)
    await heading('Espalier').waitFor()
    await picture('sign-in')
    expect(await violations()).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await picture('sign-in-dark')
    expect(await violations()).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test('is entered with the keyboard alone, and says what is wrong with a password', async () => {
    await tabTo('Email')
    await page.keyboard.type(product.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type('not this one')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('No account has this email and password.').waitFor()
    await picture('sign-in-refused')
    expect(await violations()).toEqual([])

    await tabTo('Password')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(product.password)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Sign in')
    await page.keyboard.press('Enter')
    await heading('Hello, Demo').waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to content')
  })

  test('shows what runs and where to go', async () => {
    const runs = page.getByRole('region', { name: 'What runs' })
    await runs.waitFor()
    const names = await runs.locator('li strong').allInnerTexts()
    expect(names).toEqual(['tracking', 'experiments', 'ai', 'prompts', 'landing-pages', 'mail', 'operations'])

    const demo = page.getByRole('link', { name: 'Open “Welcome page”' })
    const graphiql = page.getByRole('link', { name: 'GraphiQL' })
    expect(await demo.getAttribute('href')).toBe(`${product.url}/p/demo/welcome`)
    expect(await graphiql.getAttribute('href')).toBe('/graphql')
    await picture('overview-empty')
  })

  test('shows the experiment’s numbers as visitors come, without a reload', async () => {
    await heading('Which headline makes people sign up?').waitFor()
    expect(await visitors()).toEqual([0, 0])
    expect(await connection()).toBe('Live')
    const did = await visit(40)
    await expect.poll(async () => sum(await visitors()), { timeout: 20_000 }).toBe(40)
    const conversions = (await page.locator('article tbody tr td:nth-child(3)').allInnerTexts()).map(Number)
    expect(sum(conversions)).toBe(did.filter(({ converted }) => converted).length)
  })

  test('has no violation that axe finds, in light and dark, and none on a phone', async () => {
    await picture('overview')
    expect(await violations()).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await picture('overview-dark')
    expect(await violations()).toEqual([])

    const desktop = page.viewportSize()
    await page.setViewportSize({ width: 390, height: 844 })
    await picture('overview-dark-phone')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(await violations()).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    if (desktop) await page.setViewportSize(desktop)
  })

  test('speaks French when told to, and remembers', async () => {
    await page.getByLabel('Language').selectOption('Français')
    await heading('Bonjour, Demo').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('fr')
    await page.reload()
    await heading('Expériences, en direct').waitFor()
    await heading('Which headline makes people sign up?').waitFor()
    // What the server writes, too.
    await page.getByText(/a été vue par \d+ sujets sur/).waitFor()
    await picture('overview-french')
    await page.setViewportSize({ width: 390, height: 844 })
    await picture('overview-french-phone')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.getByLabel('Langue').selectOption('English')
    await page.getByText(/was seen by \d+ of/).waitFor()
  })

  test('says that it reconnects while the server is away, and is right again when it is back', async () => {
    await expect.poll(connection).toBe('Live')
    await product.stop()
    await expect.poll(connection, { timeout: 20_000 }).toBe('Reconnecting…')
    await picture('reconnecting')
    expect(sum(await visitors()), 'the last numbers stay').toBe(40)

    product = await startProduct({ dataFolder: folder, env: { PORT: new URL(product.url).port } })
    await visit(2)
    await expect.poll(connection, { timeout: 20_000 }).toBe('Live')
    await expect.poll(async () => sum(await visitors()), { timeout: 20_000 }).toBe(42)
  })

  test('asks to sign in again when the session ended elsewhere', async () => {
    await page.request.post(`${product.url}/api/auth/sign-out`, { headers: { origin: product.url }, data: {} })
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('lets one sign out', async () => {
    await signIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  })

  test('asks only for what runs: with pages switched off, in production', async () => {
    await product.stop()
    const env = { PORT: new URL(product.url).port, ESPALIER_PLUGINS_OFF: 'landing-pages', NODE_ENV: 'production' }
    product = await startProduct({ dataFolder: folder, env })
    await signIn()
    await heading('Which headline makes people sign up?').waitFor()
    expect(await page.getByRole('region', { name: 'What runs' }).locator('li strong').allInnerTexts()).toEqual([
      ...['tracking', 'experiments', 'ai', 'prompts', 'mail', 'operations'],
    ])
    expect(await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').allInnerTexts()).toEqual([
      ...['Overview', 'Prompts', 'Mail', 'Notifications', 'Alerts', 'Costs'],
    ])
    await expect.poll(() => page.getByRole('main').getByRole('link').count()).toBe(0)
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await violations()).toEqual([])
  })

  /** What axe finds wrong with the page as it is now, with where. */
  async function violations(): Promise<string[]> {
    await page.evaluate(axe)
    return page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`,
    )
  }

  async function signIn(): Promise<void> {
    await page.getByLabel('Email').fill(product.email)
    await page.getByLabel('Password').fill(product.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  function focused(): Promise<string> {
    return page.evaluate<string>(
      `(document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText || '').trim()`,
    )
  }

  async function tabTo(label: string): Promise<void> {
    for (let press = 0; press < 10; press++) {
      await page.keyboard.press('Tab')
      if ((await focused()) === label) return
    }
    throw new Error(`Tab does not lead to “${label}”.`)
  }

  async function picture(name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
