import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { build, type Plugin } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { openAdmin, phone, settled, violations } from './adminTab.ts'
import { hasChromium, launchBrowser } from './product.ts'

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    newPage: 'New page',
    name: 'Name',
    make: 'Make the page',
    outline: 'Outline',
    blocks: 'Blocks',
    saved: /^Saved \d/,
    publish: 'Publish …',
    go: 'Publish',
    published: 'Published.',
    phone: 'Phone',
    forbidden: /Your role does not show you this page/,
    offline: 'Offline: kept in this browser',
    clash: 'Somebody changed the same words',
    theirs: 'Theirs',
    save: 'Save this',
    history: 'History',
    bringBack: 'Bring back as draft',
    list: 'Landing pages',
    preview: 'Preview link',
    variantMenu: 'Variant control: more',
    derive: 'New variant from control',
    image: 'Choose an image',
    more: 'More',
    settings: 'Settings',
  },
  fr: {
    newPage: 'Nouvelle page',
    name: 'Nom',
    make: 'Créer la page',
    outline: 'Plan',
    blocks: 'Blocs',
    saved: /^Enregistré à \d/,
    publish: 'Publier…',
    go: 'Publier',
    published: 'Publié.',
    phone: 'Téléphone',
    forbidden: /Votre rôle ne vous montre pas cette page/,
    offline: 'Hors ligne : gardé dans ce navigateur',
    clash: 'Quelqu’un a changé les mêmes mots',
    theirs: 'Le sien',
    save: 'Enregistrer ceci',
    history: 'Historique',
    bringBack: 'Reprendre comme brouillon',
    list: 'Pages d’atterrissage',
    preview: 'Lien d’aperçu',
    variantMenu: 'Variante control : plus',
    derive: 'Nouvelle variante à partir de control',
    image: 'Choisir une image',
    more: 'Plus',
    settings: 'Réglages',
  },
} as const

const root = join(import.meta.dirname, '../../../..')
const folder = await mkdtemp(join(tmpdir(), 'espalier-editor-'))
if (hasChromium)
  await build({
    root: join(root, 'packages/admin'),
    configFile: join(root, 'packages/admin/vite.config.ts'),
    logLevel: 'error',
    plugins: [onlyPages()],
    build: { outDir: folder, emptyOutDir: true },
  })
const serving = await adminApp(folder)
const served = await servedKernel([tracking, experiments, landingPages], {
  serving: { mounts: serving.mounts, operations: serving.operations },
})
const { url, signIn } = served

interface Made {
  id: string
  url: string
  variants: { id: string; content: { content: { type: string; props: { id: string } & Record<string, unknown> }[] } }[]
}

/** A page with a headline and two texts. */
async function makePage(owner: SignedInClient, slug: string): Promise<Made> {
  const { createPage } = await owner.ask<{ createPage: { data: Made } }>(
    `mutation ($input: CreatePageInput!) { createPage(input: $input) {
      ... on CreatePageSuccess { data { id url variants { id content } } } } }`,
    {
      input: {
        slug,
        title: 'Pears',
        variants: [
          {
            key: 'control',
            content: {
              root: { props: { title: 'Pears' } },
              content: [
                { type: 'Hero', props: { id: 'hero', title: 'Pears from the wall' } },
                { type: 'Text', props: { id: 'one', heading: 'First', text: 'First text' } },
                { type: 'Text', props: { id: 'two', heading: 'Second', text: 'Second text' } },
              ],
            },
          },
        ],
      },
    },
  )
  return createPage.data
}

/** The machine of the tests may be busy. */
const soon = <Value>(look: () => Value) => expect.poll(look)

const plain = (id: string) => atob(id).split(':')[1] ?? ''
const draftOf = async (owner: SignedInClient, { id }: Made) => {
  const { node } = await owner.ask<{ node: Made }>(
    'query ($id: ID!) { node(id: $id) { ... on Page { id url variants { id content } } } }',
    { id },
  )
  return node.variants[0]?.content.content ?? []
}
const propOf = async (owner: SignedInClient, page: Made, block: string, prop: string) =>
  (await draftOf(owner, page)).find(({ props }) => props.id === block)?.props[prop]

describe.skipIf(!hasChromium)('the editor of pages', () => {
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    // What the browser refuses by the policy, what throws, and what would be asked of other sites.
    expect(complaints.splice(0)).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(
    client: SignedInClient,
    path: string,
    language: 'en' | 'fr' = 'en',
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const cookie = client.headers.cookie ?? ''
    const tab = await openAdmin(browser, served, { cookie, language, path, bypassCSP: false, ...options })
    tab.on('pageerror', ({ message }) => complaints.push(message))
    tab.on('console', (message) => {
      const text = message.text()
      if (/Content Security Policy|Refused to/.test(text)) complaints.push(text)
    })
    tab.on('request', (request) => {
      if (!request.url().startsWith(url) && /^https?:/.test(request.url())) complaints.push(request.url())
    })
    return tab
  }

  const canvas = (tab: Page) => tab.frameLocator('#preview-frame')
  const block = (tab: Page, id: string) => canvas(tab).locator(`[data-puck-component="${id}"]`)
  /** The kind of block in the panel, as it can be dragged or pressed. */
  const tile = (tab: Page, type: string) => tab.getByTestId(`drawer-item:${type}`)
  const field = (tab: Page, path: string) => tab.locator(`[data-path="${path}"]`).locator('input, textarea').first()
  const openEditor = async (
    client: SignedInClient,
    page: Made,
    language: 'en' | 'fr' = 'en',
    options: BrowserContextOptions = {},
  ) => {
    const tab = await open(client, `pages/${plain(page.id)}/edit`, language, options)
    for (const id of ['hero', 'one', 'two']) await block(tab, id).locator('h1, h2').waitFor({ state: 'attached' })
    return tab
  }

  test('a page is built by mouse, seen as visitors see it, undone, published, and it is live', async () => {
    const owner = await signIn()
    const m = inWords.en
    const tab = await open(owner, 'pages')
    await tab.getByRole('link', { name: m.newPage }).first().click()
    await tab.getByLabel(m.name, { exact: false }).first().fill('Été à Lyon')
    await soon(() => tab.getByRole('textbox', { name: 'Address' }).inputValue()).toBe('ete-a-lyon')
    await tab.locator('.lp-starter', { hasText: 'Blank' }).click()
    await tab.getByRole('button', { name: m.make }).click()
    await block(tab, 'hero').locator('h1').waitFor({ state: 'attached' })

    await block(tab, 'hero').click({ position: { x: 20, y: 20 } })
    const headline = field(tab, 'title')
    await headline.fill('Written by mouse & keys')
    await soon(() => block(tab, 'hero').locator('h1').textContent()).toBe('Written by mouse & keys')
    await tab.getByText(m.saved).waitFor()

    const dragged = await tile(tab, 'Text').boundingBox()
    const target = await tab.locator('#preview-frame').boundingBox()
    if (!dragged || !target) throw new Error('There is nothing to drag, or nowhere to.')
    await tab.mouse.move(dragged.x + 40, dragged.y + 15)
    await tab.mouse.down()
    await tab.mouse.move(dragged.x + 70, dragged.y + 40, { steps: 8 })
    await tab.mouse.move(target.x + target.width / 2, target.y + 170, { steps: 25 })
    await canvas(tab).locator('[data-puck-line-placeholder], [data-dnd-placeholder]').first().waitFor()
    await tab.mouse.up()
    const texts = canvas(tab).locator('main > section:not(.hero)')
    await soon(() => texts.count()).toBe(1)
    await tab.keyboard.press('Control+z')
    await soon(() => texts.count()).toBe(0)
    await tab.keyboard.press('Control+Shift+Z')
    await soon(() => texts.count()).toBe(1)
    await soon(() => tab.locator('.ed-save').getAttribute('data-state')).toBe('saved')

    await tab.locator('.ed-bar').getByText(m.phone, { exact: true }).click()
    await soon(() =>
      canvas(tab)
        .locator('body')
        .evaluate(() => innerWidth),
    ).toBe(390)

    await tab.getByRole('button', { name: m.publish }).click()
    await tab.getByRole('dialog').getByRole('button', { name: m.go, exact: true }).click()
    await tab.getByText(m.published).waitFor()
    const { workspace } = await owner.ask<{ workspace: { slug: string } }>('{ workspace { slug } }')
    const live = await (await fetch(`${url}/p/${workspace.slug}/ete-a-lyon`)).text()
    expect(live).toContain('<h1>Written by mouse &amp; keys</h1>')
    expect(live).toContain('A paragraph that answers one question')
  })

  test.each(['en', 'fr'] as const)('a page is built by keys alone, in %s', async (language) => {
    const owner = await signIn()
    const m = inWords[language]
    const page = await makePage(owner, `keys-${language}`)
    const tab = await openEditor(owner, page, language)
    const walkTo = async (name: string | RegExp, role: 'button' | 'tab' | 'textbox') => {
      const wanted = tab.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first()
      await wanted.focus()
      expect(await wanted.evaluate((element) => element === document.activeElement)).toBe(true)
    }
    await tile(tab, 'Text').focus()
    await tab.keyboard.press('Enter')
    await soon(async () => (await draftOf(owner, page)).length).toBe(4)
    await field(tab, 'heading').focus()
    await tab.keyboard.press('Control+a')
    await tab.keyboard.type('By keys')
    await soon(async () => (await draftOf(owner, page)).at(-1)?.props.heading).toBe('By keys')

    // The outline moves, doubles and removes it.
    await walkTo(m.blocks, 'tab')
    await tab.keyboard.press('ArrowRight')
    await walkTo(/By keys/, 'button')
    await tab.keyboard.press('Alt+ArrowUp')
    await soon(async () => (await draftOf(owner, page)).map(({ props }) => props.heading)[2]).toBe('By keys')
    await walkTo(/By keys/, 'button')
    await tab.keyboard.press('Control+d')
    await soon(async () => (await draftOf(owner, page)).length).toBe(5)
    await walkTo(/Second/, 'button')
    await tab.keyboard.press('Delete')
    await soon(async () => (await draftOf(owner, page)).length).toBe(4)
    await tab.keyboard.press('Control+z')
    await soon(async () => (await draftOf(owner, page)).length).toBe(5)

    await walkTo(m.publish, 'button')
    await tab.keyboard.press('Enter')
    await tab.getByRole('dialog').getByRole('button', { name: m.go, exact: true }).waitFor()
    await soon(() => tab.getByRole('dialog').getByRole('button', { name: m.go, exact: true }).isEnabled()).toBe(true)
    await tab.getByRole('dialog').getByRole('button', { name: m.go, exact: true }).focus()
    await tab.keyboard.press('Enter')
    await tab.getByText(m.published).waitFor()
    expect(await (await fetch(url + new URL(page.url).pathname)).text()).toContain('<h2>By keys</h2>')
  })

  test.each(['en', 'fr'] as const)('two people edit one page and lose nothing, in %s', async (language) => {
    const owner = await signIn()
    const colleague = await signIn({ role: 'editor', workspace: owner.workspaceId })
    const m = inWords[language]
    const page = await makePage(owner, `two-${language}`)
    const mine = await openEditor(owner, page, language)
    const theirs = await openEditor(colleague, page, language)
    const write = async (tab: Page, id: string, path: string, words: string) => {
      await block(tab, id).click({ position: { x: 10, y: 10 } })
      await field(tab, path).fill(words)
    }
    // Each sees that the other is there, and what the other does.
    await mine.locator('.ed-here').waitFor()
    await write(mine, 'one', 'heading', 'Mine')
    await write(theirs, 'two', 'heading', 'Theirs')
    await soon(() => propOf(owner, page, 'one', 'heading')).toBe('Mine')
    await soon(() => propOf(owner, page, 'two', 'heading')).toBe('Theirs')
    await soon(() => block(mine, 'two').locator('h2').textContent()).toBe('Theirs')
    await soon(() => block(theirs, 'one').locator('h2').textContent()).toBe('Mine')

    // The same words at the same time: one of them is asked, and what they choose is there.
    await mine.context().setOffline(true)
    await write(mine, 'hero', 'title', 'My headline')
    await write(theirs, 'hero', 'title', 'Their headline')
    await soon(() => propOf(owner, page, 'hero', 'title')).toBe('Their headline')
    await mine.context().setOffline(false)
    await mine.getByRole('alertdialog', { name: m.clash }).waitFor()
    await mine.getByRole('alertdialog').getByText(m.theirs, { exact: true }).click()
    await mine.getByRole('button', { name: m.save }).click()
    await soon(() => block(mine, 'hero').locator('h1').textContent()).toBe('Their headline')
    await soon(() => mine.locator('.ed-save').getAttribute('data-state')).toBe('saved')
    expect(await propOf(owner, page, 'one', 'heading')).toBe('Mine')
  })

  test.each(['en', 'fr'] as const)(
    'the network drops and returns: what was written is kept, and sent, in %s',
    async (language) => {
      const owner = await signIn()
      const m = inWords[language]
      const page = await makePage(owner, `offline-${language}`)
      const tab = await openEditor(owner, page, language)
      await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
      await tab.context().setOffline(true)
      await field(tab, 'title').fill('Written on a train')
      await tab.getByText(m.offline).waitFor()
      expect(await propOf(owner, page, 'hero', 'title')).toBe('Pears from the wall')
      await tab.context().setOffline(false)
      await soon(() => propOf(owner, page, 'hero', 'title')).toBe('Written on a train')
      await tab.getByText(m.saved).waitFor()
    },
  )

  test('what cannot be saved says why beside its field, and comes back after a reload', async () => {
    const owner = await signIn()
    const page = await makePage(owner, 'refused')
    const tab = await openEditor(owner, page)
    await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
    await field(tab, 'title').fill('')
    await tab.locator('[data-path="title"]').getByText('is empty').waitFor()
    await soon(() => tab.locator('.ed-save').getAttribute('data-state')).toBe('refused')
    tab.on('dialog', (dialog) => void dialog.accept())
    await tab.reload()
    await block(tab, 'hero').waitFor({ state: 'attached' })
    await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
    await field(tab, 'title').fill('Mended')
    await soon(() => propOf(owner, page, 'hero', 'title')).toBe('Mended')
  })

  test('an earlier revision is seen beside the present one, and comes back', async () => {
    const owner = await signIn()
    const m = inWords.en
    const page = await makePage(owner, 'history')
    const tab = await openEditor(owner, page)
    await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
    await field(tab, 'title').fill('Later')
    await tab.getByText(m.saved).waitFor()
    await tab.getByRole('button', { name: m.history }).click()
    const frames = tab.locator('.ed-compare iframe')
    await soon(() => frames.count()).toBe(2)
    await soon(() => frames.first().contentFrame().locator('[data-mark="changed"] h1').textContent()).toBe(
      'Pears from the wall',
    )
    await soon(() => frames.last().contentFrame().locator('[data-mark="changed"] h1').textContent()).toBe('Later')
    await tab.getByRole('button', { name: m.bringBack }).click()
    await soon(() => propOf(owner, page, 'hero', 'title')).toBe('Pears from the wall')
    await soon(() => block(tab, 'hero').locator('h1').textContent()).toBe('Pears from the wall')
  })

  test.each(['en', 'fr'] as const)(
    'axe finds nothing in its dialogs, drawers and menus, in %s',
    {
      // Seven of them in two themes.
      timeout: 300_000,
    },
    async (language) => {
      const owner = await signIn()
      const m = inWords[language]
      const page = await makePage(owner, `dialogs-${language}`)
      const tab = await openEditor(owner, page, language, { bypassCSP: true, reducedMotion: 'reduce' })
      const button = (name: string) => tab.getByRole('button', { name, exact: true })
      const opened = tab.locator('[role=dialog], [role=menu]')
      const look = async (what: string) => {
        await opened.first().waitFor()
        await soon(() => opened.locator('[aria-busy="true"]').count()).toBe(0)
        for (const colorScheme of ['light', 'dark'] as const) {
          await tab.emulateMedia({ colorScheme })
          // Colors go over into those of the other theme.
          await expect
            .poll(() => violations(tab, { overlay: true }), { message: `${what}, ${colorScheme}` })
            .toEqual([])
        }
        await tab.keyboard.press('Escape')
        await opened.first().waitFor({ state: 'detached' })
      }
      await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
      await field(tab, 'title').fill('Pears, and how they are drawn')
      await tab.getByText(m.saved).waitFor()
      for (const name of [m.history, m.preview, m.publish, m.image]) {
        await button(name).first().press('Enter')
        await look(name)
      }
      await button(m.variantMenu).press('Enter')
      await look(m.variantMenu)
      await button(m.variantMenu).press('Enter')
      await tab.getByRole('menuitem', { name: m.derive }).press('Enter')
      await look(m.derive)

      const overview = await open(owner, `pages/${plain(page.id)}`, language, {
        bypassCSP: true,
        reducedMotion: 'reduce',
      })
      await settled(overview)
      await overview.getByRole('button', { name: m.more, exact: true }).press('Enter')
      await overview.getByRole('menuitem', { name: m.settings }).press('Enter')
      await overview.getByRole('dialog').waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await overview.emulateMedia({ colorScheme })
        await soon(() => violations(overview, { overlay: true })).toEqual([])
      }
    },
  )

  test.each(['en', 'fr'] as const)('a viewer sees pages, and is refused the editor, in %s', async (language) => {
    const owner = await signIn()
    const page = await makePage(owner, `viewer-${language}`)
    const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
    const tab = await open(viewer, `pages/${plain(page.id)}`, language)
    await tab.getByRole('heading', { level: 1, name: 'Pears' }).waitFor()
    expect(await tab.locator(`a[href*="/edit"]`).count()).toBe(0)
    const editor = await open(viewer, `pages/${plain(page.id)}/edit`, language)
    await editor.getByText(inWords[language].forbidden).first().waitFor()
    expect(await editor.locator('#preview-frame').count()).toBe(0)
  })

  test.each([
    ['en', 'light'],
    ['fr', 'dark'],
  ] as const)(
    'axe finds nothing on any page, and none is wider than a phone, in %s and %s',
    async (language, scheme) => {
      const owner = await signIn()
      const page = await makePage(owner, `axe-${language}`)
      const id = plain(page.id)
      for (const path of ['pages', 'pages/new', `pages/${id}`, `pages/${id}/edit`, 'images', 'submissions']) {
        const tab = await open(owner, path, language, { bypassCSP: true, colorScheme: scheme, reducedMotion: 'reduce' })
        await settled(tab)
        if (path.endsWith('/edit')) await block(tab, 'hero').locator('h1').waitFor({ state: 'attached' })
        expect({ path, found: await violations(tab) }).toEqual({ path, found: [] })
        if (path.endsWith('/edit')) {
          await block(tab, 'hero').click({ position: { x: 10, y: 10 } })
          await field(tab, 'title').waitFor()
          await tab.getByRole('tab', { name: inWords[language].outline }).click()
          expect({ path: 'selected', found: await violations(tab) }).toEqual({ path: 'selected', found: [] })
        }
        await tab.setViewportSize(phone)
        await settled(tab)
        const wider = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect({ path, wider }).toEqual({ path, wider: 0 })
        await tab.context().close()
      }
    },
  )
})

/** The app with the pages of this plugin alone: what is under way elsewhere does not matter here. */
function onlyPages(): Plugin {
  const list = join(root, 'packages/admin/src/plugins.ts')
  return {
    name: 'only-pages',
    enforce: 'pre',
    load: (id) =>
      id === list
        ? `import landingPages from '@espalier/landing-pages/admin'\nexport const plugins = [landingPages]\nexport const everything = plugins`
        : undefined,
  }
}
