import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definePlugin } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import guestbook from '@espalier/example-guestbook'
import type { Browser, Page } from 'playwright-core'
import { build, type Plugin } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { hasChromium, launchBrowser } from './product.ts'

const root = join(import.meta.dirname, '../../../..')

/** A plugin whose page and whose widget break. */
const clumsy = definePlugin({ name: 'clumsy' })
/** A plugin that claims the page and the keys of another, and leads where nothing is. */
const copycat = definePlugin({ name: 'copycat' })

/** The list of plugins of an installation that has these three and none of the product's. */
const pluginList = `
  import { definePluginAdmin, elsewhere, page } from '@espalier/admin-kit'
  import guestbook from '@espalier/example-guestbook/admin'
  import { Bomb } from 'lucide-react'
  import { kernelAdmin } from './kernel/kernelAdmin.ts'

  const title = { en: 'Clumsy', fr: 'Maladroit' }
  const breaks = async () => ({ default: () => { throw new Error('It fell from the table.') } })
  const clumsyPage = page({ path: 'clumsy', title, load: breaks })
  const clumsy = definePluginAdmin({
    name: 'clumsy',
    pages: [clumsyPage],
    navigation: [{ page: clumsyPage, label: title, icon: Bomb, section: 'reach' }],
    widgets: [{ id: 'clumsy.widget', title, size: 'small', load: breaks }],
  })
  const copiedPage = page({ path: 'guestbook', title: { en: 'Copy', fr: 'Copie' }, load: breaks })
  const copyPage = page({ path: 'copies', title: { en: 'Copies', fr: 'Copies' }, load: breaks })
  const copycat = definePluginAdmin({
    name: 'copycat',
    pages: [copiedPage, copyPage],
    navigation: [
      { page: copiedPage, label: copiedPage.title, icon: Bomb, section: 'reach' },
      { page: copyPage, label: copyPage.title, icon: Bomb, section: 'reach', keys: 'g b' },
    ],
    links: [elsewhere({ plugin: 'guestbook', path: 'visitors' })],
  })
  export const everything = [kernelAdmin, guestbook, clumsy, copycat]
`

const folder = await mkdtemp(join(tmpdir(), 'espalier-admin-'))
if (hasChromium)
  await build({
    root: join(root, 'packages/admin'),
    configFile: join(root, 'packages/admin/vite.config.ts'),
    logLevel: 'error',
    plugins: [withPlugins(pluginList)],
    build: { outDir: folder, emptyOutDir: true },
  })
const { mounts, operations } = await adminApp(folder)
const tables = await readFile(join(root, 'examples/guestbook/migration.sql'), 'utf8')
const serving = { mounts, operations }
const withAll = await servedKernel([guestbook, clumsy], { tables, serving })
const withCopycat = await servedKernel([guestbook, clumsy, copycat], { tables, serving })
const withoutGuestbook = await servedKernel([guestbook, clumsy], { tables, serving, pluginsOff: ['guestbook'] })

describe.skipIf(!hasChromium)('what a plugin adds to the web app', () => {
  let browser: Browser

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
  })

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** The app as the owner of a new workspace sees it. */
  async function open({ url, signIn }: typeof withAll, path = '', language = 'en') {
    const owner = await signIn({ role: 'owner' })
    const context = await browser.newContext()
    const [name = '', value = ''] = (owner.headers.cookie ?? '').split(/=(.*)/s)
    await context.addCookies([{ name, value, url }])
    await context.addInitScript(`localStorage.setItem('language', '${language}')`)
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await page.goto(`${url}/admin/${path}`)
    return { page, owner }
  }
  const link = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name })

  test('is a page with its list, a way to it, a number on the dashboard, in both languages', async () => {
    const { page, owner } = await open(withAll)
    await page.getByText('0 entries are shown').waitFor()
    const { workspace } = await owner.ask<{ workspace: { slug: string } }>('{ workspace { slug } }')
    const signed = await fetch(`${withAll.url}/guestbook/${workspace.slug}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', text: 'Lovely pears.' }),
    })
    expect(signed.status).toBe(202)
    await page.getByText('1 entry is shown').click()
    await page.getByRole('heading', { level: 1, name: 'Guestbook' }).waitFor()
    expect(page.url()).toContain('/admin/guestbook?')
    await page.getByRole('row', { name: /Ada.*Lovely pears/ }).waitFor()

    const french = await open(withAll, 'guestbook', 'fr')
    await french.page.getByRole('heading', { level: 1, name: 'Livre d’or' }).waitFor()
    await french.page.getByText('Personne n’a encore signé').waitFor()
  })

  test('is reached by keys and by the palette', async () => {
    const { page } = await open(withAll)
    await link(page, 'Guestbook').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('b')
    await page.getByRole('heading', { level: 1, name: 'Guestbook' }).waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('searchbox', { name: 'Search and commands' }).waitFor()
    await page.keyboard.type('clum')
    await page.getByRole('menuitem', { name: 'Clumsy' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'This page has broken' }).waitFor()
  })

  test('may break without taking the rest along', async () => {
    const { page } = await open(withAll)
    await page.getByText('It fell from the table.').waitFor()
    await page.getByText('0 entries are shown').waitFor()
    await link(page, 'Clumsy').click()
    await page.getByRole('heading', { level: 1, name: 'This page has broken' }).waitFor()
    await link(page, 'Guestbook').click()
    await page.getByRole('heading', { level: 1, name: 'Guestbook' }).waitFor()
  })

  test.each([
    [
      'en',
      'Guestbook',
      [
        'copycat adds the page “guestbook”, which guestbook has already.',
        'copycat adds the keys “g b”, which guestbook has already.',
        'copycat leads to the page “guestbook:visitors”, which does not exist.',
      ],
    ],
    [
      'fr',
      'Livre d’or',
      [
        'copycat ajoute la page « guestbook », que guestbook a déjà.',
        'copycat ajoute les touches « g b », que guestbook a déjà.',
        'copycat mène à la page « guestbook:visitors », qui n’existe pas.',
      ],
    ],
  ])(
    'goes on without what another has already, and the page of health says so (%s)',
    async (language, name, faults) => {
      const { page } = await open(withCopycat, 'health', language)
      for (const fault of faults) await page.getByText(fault).waitFor()
      await link(page, 'Copies').waitFor()
      expect(
        await link(page, language === 'en' ? 'Copy' : 'Copie')
          .filter({ hasNotText: 'Copies' })
          .count(),
      ).toBe(0)
      await page.keyboard.press('g')
      await page.keyboard.press('b')
      await page.getByRole('heading', { level: 1, name }).waitFor()
    },
  )

  test('is gone without a trace where the plugin is switched off', async () => {
    const { page } = await open(withoutGuestbook)
    await link(page, 'Clumsy').waitFor()
    expect(await page.locator('body').innerText()).not.toContain('Guestbook')
    await page.goto(`${withoutGuestbook.url}/admin/guestbook`)
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
  })
})

/** The app with another list of plugins than the product's. */
function withPlugins(source: string): Plugin {
  const list = join(root, 'packages/admin/src/plugins.ts')
  return {
    name: 'other-plugins',
    enforce: 'pre',
    load: (id) => (id === list ? source : undefined),
  }
}
