import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, settled } from './adminTab.ts'
import { signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** The ways from page to page: links, Back and Forward, the state in the address, what holds one back. */
describe.skipIf(!hasChromium)('the way through the admin', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let cookie: string

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    ;({ cookie } = await signIn(product))
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const open = async (path: string) => {
    const tab = await openAdmin(browser, product, { cookie, language: 'en', path })
    await settled(tab)
    return tab
  }
  const heading = (tab: Page, name: string) => tab.getByRole('heading', { level: 1, name })
  const goTo = async (tab: Page, name: string) => {
    await tab.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await heading(tab, name).waitFor()
    await settled(tab)
  }
  const at = (tab: Page) => new URL(tab.url()).pathname

  test('a page begins at its top; Back comes to where one was, also over a reload', async () => {
    const tab = await open('')
    await tab.evaluate('scrollTo(0, 600)')
    expect(await tab.evaluate('scrollY')).toBe(600)
    await goTo(tab, 'Traffic')
    expect(await tab.evaluate('scrollY')).toBe(0)
    await tab.reload()
    await settled(tab)
    await tab.goBack()
    await heading(tab, 'Dashboard').waitFor()
    // What stands above may be a little higher by now; what is seen stays where it was.
    await expect.poll(() => tab.evaluate<number>('Math.abs(scrollY - 600)')).toBeLessThan(20)
    await tab.goForward()
    await heading(tab, 'Traffic').waitFor()
    await expect.poll(() => tab.evaluate('scrollY')).toBe(0)
    await tab.context().close()
  })

  test('state in the address replaces its entry: Back leaves the page', async () => {
    const tab = await open('')
    await goTo(tab, 'Jobs')
    const search = tab.getByRole('searchbox').first()
    await search.fill('sweep')
    await expect.poll(() => tab.url()).toContain('q=sweep')
    await tab.reload()
    await settled(tab)
    expect(await search.inputValue()).toBe('sweep')
    await tab.goBack()
    await heading(tab, 'Dashboard').waitFor()
    await tab.context().close()
  })

  test.each(['a link', 'Back'])('unsaved changes are asked about before %s leaves them', async (way) => {
    const tab = await open('')
    await goTo(tab, 'Workspace')
    const name = tab.getByRole('textbox', { name: 'Name', exact: true })
    await name.fill('Another name')
    const leave = () =>
      way === 'Back'
        ? tab.goBack().catch(() => null)
        : tab.getByRole('navigation').getByRole('link', { name: 'Dashboard', exact: true }).click()
    const question = tab.getByRole('alertdialog')

    await leave()
    await question.getByRole('button', { name: 'Stay' }).click()
    await question.waitFor({ state: 'detached' })
    expect(at(tab)).toBe('/admin/settings/workspace')
    expect(await name.inputValue()).toBe('Another name')

    await leave()
    await question.getByRole('button', { name: 'Leave' }).click()
    await heading(tab, 'Dashboard').waitFor()
    expect(at(tab)).toBe('/admin/')
    await tab.context().close()
  })

  test('a link opens in another tab when one asks for that, and its address can be copied', async () => {
    const tab = await open('')
    const jobs = tab.getByRole('navigation').getByRole('link', { name: 'Jobs', exact: true })
    expect(await jobs.getAttribute('href')).toBe('/admin/jobs')
    const [other] = await Promise.all([
      tab.context().waitForEvent('page'),
      jobs.click({ modifiers: ['ControlOrMeta'] }),
    ])
    await heading(other, 'Jobs').waitFor()
    expect(at(tab)).toBe('/admin/')
    await tab.context().close()
  })

  test('a page that is long in coming leaves the last one where it is, then shows that it loads', async () => {
    const tab = await open('')
    const held = Promise.withResolvers<void>()
    await tab.route(/\/assets\/Jobs-.*\.js/, async (route) => {
      await held.promise
      await route.continue()
    })
    await tab.getByRole('navigation').getByRole('link', { name: 'Jobs', exact: true }).click()
    await tab.locator('main [aria-busy="true"]').first().waitFor()
    expect(await heading(tab, 'Dashboard').isVisible()).toBe(false)
    held.resolve()
    await heading(tab, 'Jobs').waitFor()
    await tab.context().close()
  })

  test('a page whose files cannot be had says so, and comes when they can', async () => {
    const tab = await open('')
    await tab.route(/\/assets\/AuditTrail-.*\.js|\/assets\/Audit-.*\.js/, (route) => route.abort())
    await tab.getByRole('navigation').getByRole('link', { name: 'Audit trail', exact: true }).click()
    await tab.getByRole('button', { name: /again/i }).waitFor()
    await tab.unrouteAll()
    await Promise.all([tab.waitForEvent('load'), tab.getByRole('button', { name: /again/i }).click()])
    await heading(tab, 'Audit trail').waitFor()
    await tab.context().close()
  })

  test('the palette, the keys and the navigation of a phone come once they can be had', async () => {
    const tab = await open('jobs')
    await tab.route(/\/assets\/(Palette|ShortcutsHelp|NavigationDrawer)-.*\.js/, (route) => route.abort())
    await tab.keyboard.press('?')
    await tab.getByText('could not be loaded').first().waitFor()
    await tab.keyboard.press('Control+k')
    await tab.setViewportSize({ width: 390, height: 800 })
    await tab.getByRole('button', { name: 'Open navigation' }).click()
    await heading(tab, 'Jobs').waitFor()
    expect(await tab.getByRole('dialog').count()).toBe(0)

    await tab.unrouteAll()
    // The last attempt may still be on its way to fail.
    const opens = async () => {
      await tab.getByRole('button', { name: 'Open navigation' }).click()
      return tab
        .getByRole('dialog')
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        )
    }
    await expect.poll(opens).toBe(true)
    await tab.keyboard.press('Escape')
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    await tab.keyboard.press('?')
    await tab.getByRole('dialog').waitFor()
    await tab.context().close()
  })

  test('an icon says what it does when one reaches it by keyboard, and Escape takes it away', async () => {
    const tab = await open('jobs')
    const button = tab.locator('.e-button-icon').first()
    const label = await button.getAttribute('aria-label')
    await tab.keyboard.press('Tab')
    await button.focus()
    await tab
      .getByRole('tooltip')
      .getByText(label ?? '')
      .waitFor()
    await tab.keyboard.press('Escape')
    await tab.getByRole('tooltip').waitFor({ state: 'detached' })
    await button.hover()
    await tab.getByRole('tooltip').waitFor()
    await tab.context().close()
  })
})
