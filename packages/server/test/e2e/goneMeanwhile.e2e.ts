import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, settled, violations } from './adminTab.ts'
import { act } from './improvingPage.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    name: 'Name',
    goneRule: 'There is no such rule',
    goneEndpoint: 'There is no such endpoint',
    test: 'Send a test',
    sendIt: 'Send it',
    sites: 'Sites',
    saveName: 'Save name',
    goneSite: /may have been deleted/,
  },
  fr: {
    name: 'Nom',
    goneRule: 'Cette règle n’existe pas',
    goneEndpoint: 'Cette destination n’existe pas',
    test: 'Envoyer un essai',
    sendIt: 'L’envoyer',
    sites: 'Sites',
    saveName: 'Enregistrer le nom',
    goneSite: /n’existe pas|supprimé/,
  },
} as const

const app = await adminApp()
const served = await servedKernel(plugins, { serving: { mounts: app.mounts, operations: app.operations } })

/** What somebody has open, and somebody else deletes. */
describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('what is deleted while it is open, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser
  let owner: SignedInClient
  const broken: string[] = []

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
    owner = await served.signIn()
    await owner.ask('mutation ($locale: String!) { updateViewer(input: { locale: $locale }) { __typename } }', {
      locale: language,
    })
  })

  afterAll(async () => {
    await browser?.close()
  })

  async function open(path: string): Promise<Page> {
    const tab = await openAdmin(browser, served, {
      cookie: owner.headers.cookie ?? '',
      language,
      path,
      reducedMotion: 'reduce',
    })
    tab.on('pageerror', (error) => broken.push(String(error)))
    await settled(tab)
    return tab
  }

  /** Nothing has thrown, axe finds nothing, and there is a way on. */
  async function isWell(tab: Page, overlay = false): Promise<void> {
    expect(broken.splice(0)).toEqual([])
    expect(await violations(tab, { overlay })).toEqual([])
    expect(await tab.locator('main a[href^="/admin/"]').count()).toBeGreaterThan(0)
    await tab.context().close()
  }

  const makeRule = () =>
    act(owner, 'createAlertRule', {
      input: [
        'AlertRuleInput!',
        { name: 'Few visitors', kind: 'THRESHOLD', metric: 'tracking.visitors', direction: 'BELOW', threshold: 10 },
      ],
    })

  test('a rule, also while one types: its page says so by itself and leads on', async () => {
    const { id } = await makeRule()
    const tab = await open(`alerts/rules/${plain(id)}`)
    await tab.getByRole('textbox', { name: m.name }).first().fill('Half a name')
    await act(owner, 'deleteAlertRule', { id: ['ID!', id] }, '__typename')
    await tab.getByRole('heading', { name: m.goneRule }).first().waitFor()
    await isWell(tab)
  })

  test('an endpoint of webhooks: what one asks of it is answered by that it is gone', async () => {
    const { endpoint } = await act<{ endpoint: { id: string } }>(
      owner,
      'createWebhookEndpoint',
      { input: ['CreateWebhookEndpointInput!', { url: 'https://hooks.example.com/espalier' }] },
      'endpoint { id }',
    )
    const tab = await open(`settings/webhooks/${plain(endpoint.id)}`)
    await act(owner, 'deleteWebhookEndpoint', { id: ['ID!', endpoint.id] }, '__typename')
    const gone = tab.getByRole('heading', { name: m.goneEndpoint }).first()
    // Where the page has not heard of it yet, whatever is pressed tells it.
    await tab.getByRole('button', { name: m.test }).or(gone).first().waitFor()
    if ((await gone.count()) === 0) {
      await tab.getByRole('button', { name: m.test }).press('Enter')
      await tab.getByRole('dialog').getByRole('button', { name: m.sendIt }).press('Enter')
    }
    await gone.waitFor()
    await isWell(tab)
  })

  test('a site in its drawer: what was typed is not saved, and why is said', async () => {
    const { id } = await act(owner, 'createTrackingSite', { input: ['CreateTrackingSiteInput!', { name: 'Orchard' }] })
    const tab = await open('traffic/sites')
    const row = tab.getByRole('grid', { name: m.sites }).getByRole('row', { name: /Orchard/ })
    await row.focus()
    await tab.keyboard.press('Enter')
    await tab.getByRole('dialog').getByRole('textbox', { name: m.name, exact: true }).fill('Orchard of pears')
    await act(owner, 'deleteTrackingSite', { id: ['ID!', id] }, '__typename')
    await tab.getByRole('dialog').getByRole('button', { name: m.saveName }).press('Enter')
    await tab.getByRole('dialog').getByRole('alert').getByText(m.goneSite).first().waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await tab.keyboard.press('Escape')
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    await isWell(tab)
  })
})

function plain(id: string): string {
  return Buffer.from(id, 'base64').toString().replace(/^\w+:/, '')
}
