import { randomUUID } from 'node:crypto'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import type { Browser, Page } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, settled, violations } from './adminTab.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    sites: 'Sites',
    none: 'No site yet',
    addSite: 'Add a site',
    add: 'Add',
    name: 'Name',
    nameMissing: 'Give it a name.',
    script: 'Script',
    saveName: 'Save name',
    remove: 'Delete the site',
    events: 'Events',
    noEvent: 'No event yet',
    event: 'Event “order”',
    added: 'What the sender added',
    search: 'Search and commands',
  },
  fr: {
    sites: 'Sites',
    none: 'Aucun site pour le moment',
    addSite: 'Ajouter un site',
    add: 'Ajouter',
    name: 'Nom',
    nameMissing: 'Donnez-lui un nom.',
    script: 'Script',
    saveName: 'Enregistrer le nom',
    remove: 'Supprimer le site',
    events: 'Événements',
    noEvent: 'Aucun événement pour le moment',
    event: 'Événement « order »',
    added: 'Ce que l’expéditeur a ajouté',
    search: 'Recherche et commandes',
  },
} as const

const app = await adminApp()
const served = await servedKernel(plugins, { serving: { mounts: app.mounts, operations: app.operations } })

/** The sites whose visitors are counted, and what comes from them. */
describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('the pages of traffic, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser
  let owner: SignedInClient
  let tab: Page

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
    owner = await served.signIn()
    tab = await openAdmin(browser, served, {
      cookie: owner.headers.cookie ?? '',
      language,
      path: 'traffic/sites',
      reducedMotion: 'reduce',
    })
  })

  afterAll(async () => {
    await browser?.close()
  })

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read)
  const row = (name: string) => tab.getByRole('grid', { name: m.sites }).getByRole('row', { name })
  const field = () => tab.getByRole('dialog').getByRole('textbox', { name: m.name, exact: true })
  const sites = async () => {
    const { trackingSites } = await owner.ask<{ trackingSites: { nodes: { name: string; key: string }[] } }>(
      '{ trackingSites(first: 10) { nodes { name key } } }',
    )
    return trackingSites.nodes
  }

  test('a site is added by keyboard, and hands out its script', async () => {
    await tab.getByText(m.none).waitFor()
    await tab.getByRole('button', { name: m.addSite }).first().press('Enter')
    await field().waitFor()
    await tab.keyboard.press('Enter')
    await tab.getByRole('dialog').getByText(m.nameMissing).first().waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await field().fill('Orchard')
    await tab.keyboard.press('Enter')
    const drawer = tab.getByRole('dialog', { name: 'Orchard' })
    await drawer.waitFor()
    const [site] = await sites()
    await drawer.getByText(`${site?.key}`).first().waitFor()
    await drawer.getByText(m.script, { exact: true }).waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
  })

  test('a site is named anew, and its row with it', async () => {
    await field().fill('Orchard of pears')
    await tab.getByRole('dialog').getByRole('button', { name: m.saveName }).press('Enter')
    await tab.getByRole('dialog', { name: 'Orchard of pears' }).waitFor()
    await tab.keyboard.press('Escape')
    await row('Orchard of pears').waitFor()
    expect((await sites()).map(({ name }) => name)).toEqual(['Orchard of pears'])
  })

  test('a site is found by its name, and leads to its traffic', async () => {
    await tab.keyboard.press('ControlOrMeta+k')
    await tab.getByRole('searchbox', { name: m.search }).fill('of pears')
    await tab.getByRole('menuitem', { name: /Orchard of pears/ }).click()
    await tab.waitForURL(/\/admin\/traffic\?(.*&)?site=/)
    await settled(tab)
  })

  test('what happens on it is told in full', async () => {
    const [site] = await sites()
    await tab.goto(`${served.url}/admin/traffic/events`)
    await tab.getByText(m.noEvent).waitFor()
    const answer = await fetch(`${served.url}/collect`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        'user-agent':
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      },
      body: JSON.stringify({
        site: site?.key,
        visitorId: randomUUID(),
        events: [{ id: uuidv7(), name: 'order', url: 'https://shop.example/pears', properties: { kilos: 12 } }],
      }),
    })
    expect(await answer.text()).not.toMatch(/rejected":\[\{/)
    await tab.reload()
    const event = tab.getByRole('grid', { name: m.events }).getByRole('row', { name: /order/ })
    await event.focus()
    await tab.keyboard.press('Enter')
    const drawer = tab.getByRole('dialog', { name: m.event })
    await drawer.getByText('https://shop.example/pears').waitFor()
    await drawer.getByRole('heading', { name: m.added }).waitFor()
    await drawer.getByText('kilos').waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await tab.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    // The keyboard is where it was.
    await soon(() => event.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  })

  test('a site is deleted after a question that Enter does not answer', async () => {
    await tab.goto(`${served.url}/admin/traffic/sites`)
    await settled(tab)
    await row('Orchard of pears').focus()
    await tab.keyboard.press('Enter')
    await tab.getByRole('dialog').getByRole('button', { name: m.remove }).press('Enter')
    await tab.getByRole('alertdialog').waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await tab.keyboard.press('Enter')
    await tab.getByRole('alertdialog').waitFor({ state: 'detached' })
    expect(await sites()).toHaveLength(1)
    await tab.getByRole('dialog').getByRole('button', { name: m.remove }).press('Enter')
    await tab.getByRole('alertdialog').getByRole('button', { name: m.remove }).click()
    await tab.getByText(m.none).waitFor()
    expect(await sites()).toEqual([])
  })
})
