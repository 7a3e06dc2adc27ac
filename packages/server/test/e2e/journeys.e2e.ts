import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { defineJob, definePlugin } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, settled, violations, visit } from './adminTab.ts'
import { act } from './improvingPage.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    invite: 'Invite',
    email: 'Email',
    makeLink: 'Make the link',
    done: 'Done',
    yourName: 'Your name',
    choosePassword: 'Choose a password',
    join: 'Join',
    members: 'Members',
    editor: 'Editor',
    viewer: /^Viewer/,
    changeRole: 'Change role',
    newPrompt: 'New prompt',
    createPrompt: 'Make the prompt',
    roleChanged: /Your role has changed/,
    offline: /^Offline:/,
    roleRefuses: /Your role does not/,
    remove: 'Remove',
    noWorkspace: /You belong to no workspace yet/,
    name: 'Name',
    message: 'User message',
    write: 'Write a version',
    saveDraft: 'Keep the draft',
    version: (number: number) => `Version ${number}`,
    tabs: { versions: 'Versions', try: 'Try it', tests: 'A/B tests' },
    ask: 'Ask the model',
    answer: 'What it answered',
    newTest: 'New test',
    makeTest: 'Make the test',
    against: 'Version 2 against version 1, which is in use',
    endTest: 'End without a winner',
    ended: 'Somebody has ended it.',
    use: 'Use this version',
    inUse: 'Version 2 is in use',
    failed: 'Background work failed for good: warehouse.fetch-orders',
    told: /A job failed for good: warehouse\.fetch-orders/,
    notifications: 'Notifications',
    retry: 'Try again',
    status: { failed: 'failed', done: 'done' },
    audit: 'Audit trail',
    who: 'Who',
  },
  fr: {
    invite: 'Inviter',
    email: 'E-mail',
    makeLink: 'Créer le lien',
    done: 'Terminé',
    yourName: 'Votre nom',
    choosePassword: 'Choisissez un mot de passe',
    join: 'Rejoindre',
    members: 'Membres',
    editor: 'Éditeur',
    viewer: /^Lecteur/,
    changeRole: 'Changer le rôle',
    newPrompt: 'Nouveau prompt',
    createPrompt: 'Créer le prompt',
    roleChanged: /Votre rôle a changé/,
    offline: /^Hors ligne/,
    roleRefuses: /Votre rôle ne/,
    remove: 'Retirer',
    noWorkspace: /Vous n’appartenez encore à aucun espace/,
    name: 'Nom',
    message: 'Message utilisateur',
    write: 'Écrire une version',
    saveDraft: 'Garder le brouillon',
    version: (number: number) => `Version ${number}`,
    tabs: { versions: 'Versions', try: 'L’essayer', tests: 'Tests A/B' },
    ask: 'Interroger le modèle',
    answer: 'Ce qu’il a répondu',
    newTest: 'Nouveau test',
    makeTest: 'Créer le test',
    against: 'Version 2 contre version 1, qui est en usage',
    endTest: 'Finir sans gagnante',
    ended: 'Quelqu’un y a mis fin.',
    use: 'Utiliser cette version',
    inUse: 'La version 2 est en usage',
    failed: 'Un travail de fond a échoué pour de bon : warehouse.fetch-orders',
    told: /Une tâche a échoué définitivement : warehouse\.fetch-orders/,
    notifications: 'Notifications',
    retry: 'Réessayer',
    status: { failed: 'échouée', done: 'terminée' },
    audit: 'Journal d’audit',
    who: 'Qui',
  },
} as const

/** A service outside of the product, which is shut at times. */
const warehouse = { open: false, url: '', asked: 0 }
const warehouseServer = createServer((_, response) => {
  warehouse.asked++
  if (warehouse.open) response.end('{"orders":3}')
  else response.writeHead(503).end()
})

const fetchOrders = defineJob({
  name: 'warehouse.fetch-orders',
  input: z.object({}),
  retry: { limit: 0 },
  run: async () => {
    const answer = await fetch(warehouse.url)
    if (!answer.ok) throw new Error(`The warehouse answered ${answer.status}.`)
    return answer.json()
  },
})

const app = await adminApp()
const served = await servedKernel([...plugins, definePlugin({ name: 'warehouse', jobs: [fetchOrders] })], {
  serving: { mounts: app.mounts, operations: app.operations },
})
const { signIn, kernel } = served

/** Ways through several pages, as somebody walks them on a day at work. Each begins in a workspace of its own. */
describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('a day at work, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser
  let stub: StubModelServer

  beforeAll(async () => {
    stub = await stubModelServer({ apiKey: 'sk-of-the-test', answer: () => 'A pear for dinner.' })
    await new Promise<void>((listening) => warehouseServer.listen(0, '127.0.0.1', listening))
    warehouse.url = `http://127.0.0.1:${(warehouseServer.address() as AddressInfo).port}/`
    ;({ browser } = await launchBrowser())
  })

  afterAll(async () => {
    await browser?.close()
    await stub?.close()
    await new Promise((closed) => warehouseServer.close(closed))
  })

  const heading = (tab: Page, name: string) => tab.getByRole('heading', { name, exact: true })
  const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true })
  const open = (cookie: string | undefined, path = '') =>
    openAdmin(browser, served, { ...(cookie && { cookie }), language, path, reducedMotion: 'reduce' })

  test('somebody is invited and joins, is made a viewer and refused, is removed and out', async () => {
    const owner = await signIn()
    const office = await open(owner.headers.cookie, 'settings/members')
    await button(office, m.invite).first().click()
    await office.getByRole('dialog').getByLabel(m.email).fill(`grace.${language}@example.com`)
    await button(office.getByRole('dialog'), m.makeLink).press('Enter')
    const link = await office.getByRole('dialog').locator('code').first().innerText()
    await button(office.getByRole('dialog'), m.done).click()

    const guest = await open(undefined)
    await guest.goto(link)
    await guest.getByLabel(m.yourName).fill('Grace')
    await guest.getByLabel(m.choosePassword).fill('a ship in harbor is safe')
    await button(guest, m.join).click()
    await guest.getByText('Grace').first().waitFor()

    // An editor may write; the form is open when the role changes.
    await visit(guest, 'prompts/new')
    await guest.getByRole('textbox', { name: m.name, exact: true }).first().fill('shop.greet')
    await guest.getByRole('textbox', { name: m.message, exact: true }).fill('Say hello.')

    await office.reload()
    await settled(office)
    const row = office.getByRole('grid', { name: m.members }).getByRole('row', { name: /Grace/ })
    await row.getByText(m.editor, { exact: true }).waitFor()
    await row.focus()
    await office.keyboard.press('Enter')
    await office.getByRole('dialog').getByRole('radio', { name: m.viewer }).check({ force: true })
    await button(office.getByRole('dialog'), m.changeRole).press('Enter')
    await row.getByText(m.viewer).waitFor()

    // The guest's tab hears of it, and keeps what was typed; whoever tries to save it is refused by the server.
    await guest.context().setOffline(true)
    await guest.getByText(m.offline).first().waitFor()
    await guest.context().setOffline(false)
    await guest.getByText(m.roleChanged).waitFor()
    await expect
      .poll(() => guest.getByRole('textbox', { name: m.name, exact: true }).first().inputValue())
      .toBe('shop.greet')
    await button(guest, m.createPrompt).press('Enter')
    await guest.getByRole('alert').first().waitFor()
    const { prompts } = await owner.ask<{ prompts: { totalCount: number } }>(
      '{ prompts(filter: { search: "shop.greet" }) { totalCount } }',
    )
    expect(prompts.totalCount).toBe(0)
    guest.once('dialog', (dialog) => void dialog.accept())
    await guest.reload()
    await guest.getByText(m.roleRefuses).waitFor()
    expect(await violations(guest)).toEqual([])
    await visit(guest, 'prompts')
    expect(await guest.getByRole('link', { name: m.newPrompt }).count()).toBe(0)

    await row.focus()
    await office.keyboard.press('Enter')
    await button(office.getByRole('dialog'), m.remove).click()
    await button(office.getByRole('alertdialog'), m.remove).click()
    await expect.poll(() => row.count()).toBe(0)
    await guest.reload()
    await guest.getByText(m.noWorkspace).waitFor()
    await Promise.all([office, guest].map((tab) => tab.context().close()))
  })

  test('a prompt is written, tried, written anew, compared, tested, and the better version is used', async () => {
    const owner = await signIn()
    await act(
      owner,
      'setAiKey',
      { input: ['SetAiKeyInput!', { baseUrl: stub.baseUrl, key: 'sk-of-the-test' }] },
      '__typename',
    )
    const tab = await open(owner.headers.cookie, 'prompts/new')
    const type = async (name: string, text: string) => {
      const field = tab.getByRole('textbox', { name, exact: true }).first()
      await field.focus()
      await tab.keyboard.press('ControlOrMeta+A')
      await tab.keyboard.type(text)
    }
    await type(m.name, 'shop.describe')
    await type(m.message, 'Describe a pear at length.')
    await tab.keyboard.press('ControlOrMeta+Enter')
    await heading(tab, m.version(1)).waitFor()

    await tab.getByRole('tab', { name: m.tabs.try }).click()
    await button(tab, m.ask).press('Enter')
    await tab.getByRole('region', { name: m.answer }).getByText('A pear for dinner.').waitFor()

    await tab.getByRole('link', { name: m.write }).press('Enter')
    await heading(tab, m.message)
      .or(tab.getByRole('textbox', { name: m.message, exact: true }))
      .first()
      .waitFor()
    await type(m.message, 'Describe a pear in one line.')
    await button(tab, m.saveDraft).press('Enter')
    await heading(tab, m.version(2)).waitFor()
    // A draft is shown by what it changes.
    await tab.locator('ins').getByText('one line').waitFor()
    await tab.locator('del').getByText('length').waitFor()
    expect(await violations(tab)).toEqual([])
    // What came of what is walked with the arrow keys.
    const pointedAt = () => tab.evaluate(() => document.activeElement?.textContent ?? '')
    await tab.locator('[data-node][aria-pressed="true"]').focus()
    for (const [key, version] of [
      ['ArrowUp', 1],
      ['ArrowDown', 2],
    ] as const) {
      await tab.keyboard.press(key)
      await expect.poll(pointedAt).toContain(m.version(version))
      await tab.keyboard.press('Enter')
      await heading(tab, m.version(version)).waitFor()
      await expect.poll(pointedAt).toContain(m.version(version))
    }

    await tab.getByRole('tab', { name: m.tabs.tests }).click()
    await button(tab, m.newTest).first().press('Enter')
    await tab.getByRole('dialog').getByRole('textbox', { name: m.name, exact: true }).fill('Short')
    await button(tab.getByRole('dialog'), m.makeTest).press('Enter')
    await tab.getByText(m.against).waitFor()
    await button(tab, m.endTest).press('Enter')
    await button(tab.getByRole('alertdialog'), m.endTest).click()
    await tab.getByText(m.ended).waitFor()

    await tab.getByRole('tab', { name: m.tabs.versions }).click()
    await tab
      .getByRole('link', { name: /Version 2/ })
      .first()
      .click()
    await button(tab, m.use).press('Enter')
    await tab.getByText(m.inUse, { exact: true }).waitFor()
    const { prompt } = await owner.ask<{ prompt: { activeVariants: { version: number }[] } }>(
      '{ prompt(name: "shop.describe") { activeVariants { version } } }',
    )
    expect(prompt.activeVariants).toEqual([{ version: 2 }])
    await tab.context().close()
  })

  test('a job that failed is told of, found, tried again and done; the audit trail says by whom', async () => {
    Object.assign(warehouse, { open: false, asked: 0 })
    const owner = await signIn()
    const { viewer } = await owner.ask<{ viewer: { user: { name: string } } }>('{ viewer { user { name } } }')
    const tab = await open(owner.headers.cookie)
    await settled(tab)
    await kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' }).enqueue(fetchOrders, {})
    // Without a reload.
    await tab.getByText(m.failed).waitFor()
    // From the dashboard, in vain: it is still shut, and what waits is there again.
    await button(tab.getByRole('listitem').filter({ hasText: m.failed }), m.retry).press('Enter')
    await expect.poll(() => warehouse.asked).toBe(2)
    await tab.getByText(m.failed).waitFor()

    await tab.getByRole('navigation').getByRole('link', { name: m.notifications }).first().click()
    await tab.getByRole('grid').getByRole('link', { name: m.told }).click()
    await heading(tab, 'warehouse.fetch-orders').waitFor()
    await tab.getByRole('main').getByText('The warehouse answered 503.').waitFor()
    await tab.getByRole('main').getByText(m.status.failed, { exact: true }).first().waitFor()
    expect(await violations(tab)).toEqual([])

    warehouse.open = true
    await button(tab, m.retry).press('Enter')
    await tab.getByRole('main').getByText(m.status.done, { exact: true }).first().waitFor()
    await tab.getByRole('main').getByText('"orders"', { exact: true }).waitFor()
    expect(await button(tab, m.retry).count()).toBe(0)

    await visit(tab, 'audit')
    const line = tab.getByRole('grid', { name: m.audit }).getByRole('row', { name: /retryJob/ })
    await line.first().focus()
    await tab.keyboard.press('Enter')
    await tab.getByRole('dialog').getByText(viewer.user.name).first().waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await tab.keyboard.press('Escape')
    await visit(tab, '')
    expect(await tab.getByText(m.failed).count()).toBe(0)
    await tab.context().close()
  })
})
