import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, phone, settled, violations, visit } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** What stays while pages come and go: signing in, navigation, keys, language, theme, the connection. */
describe.skipIf(!hasChromium)('the shell of the admin', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    page = await openAdmin(browser, product, { language: 'en' })
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const link = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true })
  const account = () => page.getByRole('button', { name: /Demo$/ }).last()

  test('is where the bare address leads, and asks who one is', async () => {
    const answer = await fetch(`${product.url}/`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe('/admin/')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await violations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test('is entered with the keyboard alone, and says what is wrong with a password', async () => {
    await tabTo('Email')
    await page.keyboard.type(product.email)
    await tabTo('Password')
    await page.keyboard.type('not this one')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await violations(page)).toEqual([])

    await page.getByLabel('Password').first().focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(product.password)
    await page.keyboard.press('Enter')
    await heading('Dashboard').waitFor()
    await settled(page)
    expect(await page.title()).toBe('Dashboard · Espalier')
  })

  test('is walked through by keys: skip link, shortcuts, palette', async () => {
    await page.reload()
    await settled(page)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await heading('Experiments').waitFor()
    // Whoever hears the page hears where they are.
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Experiments')

    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Go to Dashboard').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')

    await page.keyboard.press('ControlOrMeta+k')
    const field = page.getByRole('searchbox', { name: 'Search and commands' })
    await field.waitFor()
    await field.pressSequentially('dash')
    await page.getByRole('menuitem', { name: 'Dashboard' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await heading('Dashboard').waitFor()
  })

  test('finds things by their names, and says when there is none', async () => {
    await page.keyboard.press('ControlOrMeta+k')
    const field = page.getByRole('searchbox', { name: 'Search and commands' })
    await field.waitFor()
    await field.pressSequentially('which headline')
    await page.getByRole('menuitem', { name: /Which headline makes people sign up/ }).click()
    await heading('Which headline makes people sign up?').waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await field.pressSequentially('xyzzy')
    await page.getByText('Nothing is called “xyzzy”.').waitFor()
    await page.keyboard.press('Escape')
  })

  test('speaks French and turns dark when told to, and remembers', async () => {
    await visit(page, '')
    await account().click()
    await page.getByRole('menuitem', { name: 'Français' }).click()
    await heading('Tableau de bord').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('fr')
    await account().click()
    await page.getByRole('menuitem', { name: 'Sombre' }).click()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await page.reload()
    await heading('Tableau de bord').waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    // What the server writes, too.
    await visit(page, 'health')
    await page.getByRole('heading', { name: 'Tâches de fond' }).waitFor()
    await account().click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await account().click()
    await page.getByRole('menuitem', { name: 'Like the system' }).click()
    await heading('Health').waitFor()
  })

  test('has its navigation behind a button on a phone', async () => {
    const { cookie } = await signIn(product)
    const small = await openAdmin(browser, product, { cookie, language: 'en', viewport: phone })
    await settled(small)
    expect(await small.getByRole('link', { name: 'Experiments', exact: true }).isVisible()).toBe(false)
    await small.getByRole('button', { name: 'Open navigation' }).click()
    expect(await violations(small)).toEqual([])
    await small.getByRole('dialog').getByRole('link', { name: 'Experiments', exact: true }).click()
    await small.getByRole('heading', { level: 1, name: 'Experiments' }).waitFor()
    await expect.poll(() => small.getByRole('dialog').count()).toBe(0)
    await small.context().close()
  })

  test('says that it reconnects while the server is away, keeps what was shown, and goes on by itself', async () => {
    await visit(page, '')
    await product.stop()
    await page.getByRole('status').getByText('Reconnecting…').waitFor()
    expect(await heading('Dashboard').count()).toBe(1)
    product = await startProduct({ dataFolder: folder, env: { PORT: new URL(product.url).port } })
    await page.getByRole('status').getByText('Reconnecting…').waitFor({ state: 'hidden' })
    await link('Experiments').click()
    await heading('Experiments').waitFor()
  })

  test('says what it is to an address that stands for nothing', async () => {
    await page.goto(`${product.url}/admin/nothing/here`)
    await heading('There is no such page').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('asks to sign in again when the session ended elsewhere', async () => {
    await page.goto(`${product.url}/admin/`)
    await settled(page)
    await page.request.post(`${product.url}/api/auth/sign-out`, { headers: { origin: product.url }, data: {} })
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('lets one sign out', async () => {
    await enter()
    await account().click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('asks only for what runs: with pages switched off, in production', async () => {
    await product.stop()
    const env = { PORT: new URL(product.url).port, ESPALIER_PLUGINS_OFF: 'landing-pages', NODE_ENV: 'production' }
    product = await startProduct({ dataFolder: folder, env })
    await page.reload()
    await enter()
    expect(await link('Experiments').count()).toBe(1)
    expect(await link('Landing pages').count()).toBe(0)
    expect(await link('Improvement').count()).toBe(0)
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await violations(page)).toEqual([])
  })

  async function enter(): Promise<void> {
    await page.getByLabel('Email').fill(product.email)
    await page.getByLabel('Password').first().fill(product.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('Dashboard').waitFor()
    await settled(page)
  }

  async function tabTo(label: string): Promise<void> {
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate<string>(
        `(document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText || '').trim()`,
      )
      if (focused.startsWith(label)) return
    }
    throw new Error(`Tab does not lead to “${label}”.`)
  }
})
