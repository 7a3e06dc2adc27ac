import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, settled } from './adminTab.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    name: 'Name',
    addSite: 'Add a site',
    add: 'Add',
    makeRule: 'Make it',
  },
  fr: {
    name: 'Nom',
    addSite: 'Ajouter un site',
    add: 'Ajouter',
    makeRule: 'La créer',
  },
} as const

const app = await adminApp()
const served = await servedKernel(plugins, { serving: { mounts: app.mounts, operations: app.operations } })

/** 3G, as Chromium’s tools have it. */
const slow = { offline: false, latency: 600, downloadThroughput: 200_000, uploadThroughput: 94_000 }

describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('on a slow network, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser
  let owner: SignedInClient

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
    owner = await served.signIn()
  })

  afterAll(async () => {
    await browser?.close()
  })

  async function open(path: string): Promise<Page> {
    const tab = await openAdmin(browser, served, {
      cookie: owner.headers.cookie ?? '',
      language,
      reducedMotion: 'reduce',
    })
    tab.setDefaultTimeout(60_000)
    await tab.context().addInitScript(() => {
      const shifts: { value: number; what: string }[] = []
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as LayoutShift[])
          if (!entry.hadRecentInput)
            shifts.push({
              value: entry.value,
              what: entry.sources.map(({ node }) => (node as Element | null)?.outerHTML?.slice(0, 120)).join(' | '),
            })
      }).observe({ type: 'layout-shift', buffered: true })
    })
    const devTools = await tab.context().newCDPSession(tab)
    await devTools.send('Network.enable')
    await devTools.send('Network.emulateNetworkConditions', slow)
    await tab.goto(`${served.url}/admin/${path}`, { waitUntil: 'commit' })
    return tab
  }

  /** Pressed twice before an answer can be there. */
  const pressTwice = async (button: Locator) => {
    await button.waitFor()
    await button.dblclick()
  }

  test.each(language === 'en' ? ['', 'experiments', 'settings/plugins/experiments'] : [''])(
    '“/%s” keeps the room of what comes, and nothing jumps',
    async (path) => {
      const tab = await open(path)
      // Something stands there while the answers are on their way.
      await tab.locator('main [aria-busy="true"]').first().waitFor({ state: 'attached' })
      await tab.locator('main h1').first().waitFor()
      await expect.poll(() => tab.locator('main [aria-busy="true"]').count(), { timeout: 60_000 }).toBe(0)
      const shifts = await tab.evaluate(
        () => (window as unknown as { shifts: readonly { value: number; what: string }[] }).shifts,
      )
      expect(
        shifts.reduce((sum, { value }) => sum + value, 0),
        JSON.stringify(shifts),
      ).toBeLessThan(0.05)
      await tab.context().close()
    },
  )

  test('what is pressed twice is done once', async () => {
    const tab = await open('traffic/sites')
    await tab.getByRole('button', { name: m.addSite }).first().click()
    await tab.getByRole('dialog').getByRole('textbox', { name: m.name, exact: true }).fill('Orchard')
    await pressTwice(tab.getByRole('dialog').getByRole('button', { name: m.add, exact: true }))
    // Once it is made, its drawer opens.
    await tab.getByRole('dialog', { name: 'Orchard' }).waitFor()
    await expect
      .poll(async () => {
        const { trackingSites } = await owner.ask<{ trackingSites: { nodes: { name: string }[] } }>(
          '{ trackingSites(first: 100) { nodes { name } } }',
        )
        return trackingSites.nodes.filter(({ name }) => name === 'Orchard').length
      })
      .toBe(1)
    await tab.context().close()

    const rules = await open('alerts/rules/new')
    await rules.getByRole('textbox', { name: m.name }).first().fill('Pressed twice')
    await pressTwice(rules.getByRole('button', { name: m.makeRule }))
    await rules.getByRole('heading', { level: 1, name: 'Pressed twice' }).waitFor()
    await settled(rules)
    const { alertRules } = await owner.ask<{ alertRules: { totalCount: number } }>(
      '{ alertRules(filter: { search: "Pressed twice" }) { totalCount } }',
    )
    expect(alertRules.totalCount).toBe(1)
    await rules.context().close()
  })
})

/** An entry of the Layout Instability API, which TypeScript does not know. */
interface LayoutShift {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly { readonly node?: Node }[]
}
