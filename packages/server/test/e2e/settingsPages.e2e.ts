import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, settled, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    invite: 'Invite',
    email: 'Email',
    makeLink: 'Make the link',
    linkTitle: 'Pass this link on',
    yourName: 'Your name',
    choosePassword: 'Choose a password',
    join: 'Join',
    gone: 'This invitation is no longer open',
    withheld: /does not show you this page/,
    newKey: 'New key',
    name: 'Name',
    find: 'Find a scope',
    none: 'Choose at least one scope: a key without any opens nothing.',
    make: 'Make the key',
    have: 'I have it',
    readOnly: 'You may look at these, and not change them.',
    days: 'Days, at least',
    save: 'Save',
    saved: 'Settings saved',
    savedMeanwhile: /saved this meanwhile/,
    overwrite: 'Overwrite with mine',
    reset: 'Days, at least: back to the default',
    sessions: 'Where you are signed in',
    endOthers: 'End all others',
    revoke: 'Revoke',
    revoked: 'revoked',
    endOne: /^End the session/,
    signIn: 'Sign in',
    changedOne: '1 changed',
    changeBudget: 'Change: Model budget',
    budget: 'Model budget',
    ofForty: /^\$0\.00 of \$40\.00/,
    deleteThis: /^Delete Doomed/,
    deleteDemo: /^Delete Demo/,
    deleteForGood: 'Delete for ever',
    typeExactly: /^Type it exactly/,
    othersEnded: 'All your other sessions have ended',
  },
  fr: {
    invite: 'Inviter',
    email: 'E-mail',
    makeLink: 'Créer le lien',
    linkTitle: 'Transmettez ce lien',
    yourName: 'Votre nom',
    choosePassword: 'Choisissez un mot de passe',
    join: 'Rejoindre',
    gone: 'Cette invitation n’est plus ouverte',
    withheld: /Votre rôle ne vous montre pas/,
    newKey: 'Nouvelle clé',
    name: 'Nom',
    find: 'Chercher un droit',
    none: 'Choisissez au moins un droit : une clé sans droit n’ouvre rien.',
    make: 'Créer la clé',
    have: 'Je l’ai',
    readOnly: 'Vous pouvez les regarder, pas les changer.',
    days: 'Jours, au moins',
    save: 'Enregistrer',
    saved: 'Réglages enregistrés',
    savedMeanwhile: /enregistré ceci entre-temps/,
    overwrite: 'Remplacer par la mienne',
    reset: 'Jours, au moins : revenir à la valeur d’origine',
    sessions: 'Où vous êtes connecté',
    endOthers: 'Fermer toutes les autres',
    revoke: 'Révoquer',
    revoked: 'révoquée',
    endOne: /^Fermer la session/,
    signIn: 'Se connecter',
    changedOne: '1 modifié',
    changeBudget: 'Changer : Budget des modèles',
    budget: 'Budget des modèles',
    ofForty: /^0,00\s\$US sur 40,00\s\$US/,
    deleteThis: /^Supprimer Doomed/,
    deleteDemo: /^Supprimer Demo/,
    deleteForGood: 'Supprimer pour toujours',
    typeExactly: /^Tapez-le exactement/,
    othersEnded: 'Toutes vos autres sessions sont fermées',
  },
} as const

describe.skipIf(!hasChromium)('the pages of settings', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let owner: ApiClient

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    owner = await signIn(product)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const open = (language: 'en' | 'fr', path: string, cookie: string | undefined = owner.cookie) =>
    openAdmin(browser, product, { reducedMotion: 'reduce', language, path, ...(cookie && { cookie }) })
  const close = (tab: Page) => tab.context().close()
  /** A secret or link that is shown once, as it stands in the dialog. */
  const shownOnce = (tab: Page) => tab.getByRole('dialog').locator('code').first().innerText()

  describe.each(['en', 'fr'] as const)('in %s', (language) => {
    const m = inWords[language]
    const address = `grace.${language}@example.com`

    test('whoever is invited joins by the link alone, sees what viewers see, and is refused the rest', async () => {
      const tab = await open(language, 'settings/members')
      await tab.getByRole('button', { name: m.invite, exact: true }).first().click()
      const dialog = tab.getByRole('dialog')
      await dialog.getByLabel(m.email).fill(address)
      await dialog.getByRole('radio').last().check({ force: true })
      expect(await violations(tab)).toEqual([])
      await dialog.getByRole('button', { name: m.makeLink }).press('Enter')
      await tab.getByRole('heading', { name: m.linkTitle }).waitFor()
      const link = await shownOnce(tab)
      await close(tab)

      const guest = await openAdmin(browser, product, { reducedMotion: 'reduce', language })
      await guest.goto(link)
      await guest.getByLabel(m.yourName).fill('Grace')
      await guest.getByLabel(m.choosePassword).fill('a ship in harbor is safe')
      expect(await violations(guest)).toEqual([])
      await guest.keyboard.press('Enter')
      await guest.getByText('Grace').first().waitFor()
      expect(new URL(guest.url()).pathname).toBe('/admin/')
      await guest.goto(`${product.url}/admin/settings/keys`)
      await guest.getByText(m.withheld).waitFor()
      await guest.goto(`${product.url}/admin/settings/plugins/experiments`)
      await guest.getByText(m.readOnly).waitFor()
      expect(await guest.getByRole('button', { name: m.save }).count()).toBe(0)
      await guest.goto(link)
      await guest.getByRole('heading', { name: m.gone }).waitFor()
      await close(guest)
    })

    test('a key is made of scopes that one finds, shown once, and may no more than they say', async () => {
      const tab = await open(language, 'settings/keys')
      await settled(tab)
      await tab.getByRole('button', { name: m.newKey }).first().click()
      const dialog = tab.getByRole('dialog')
      await dialog.getByRole('textbox', { name: m.name, exact: true }).fill(`Reader ${language}`)
      await dialog.getByRole('button', { name: m.make }).click()
      await dialog.getByText(m.none).first().waitFor()
      await dialog.getByLabel(m.find).fill('pages:read')
      await dialog.getByRole('checkbox', { name: 'pages:read' }).check({ force: true })
      expect(await violations(tab)).toEqual([])
      await dialog.getByRole('button', { name: m.make }).press('Enter')
      await dialog.getByRole('button', { name: m.have }).waitFor()
      const key = await shownOnce(tab)
      expect(key).toMatch(/^esp_/)
      const asked = () =>
        fetch(`${product.url}/graphql/public`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({ query: '{ viewer { permissions } }' }),
        })
      expect(await (await asked()).json()).toMatchObject({ data: { viewer: { permissions: ['pages:read'] } } })
      await dialog.getByRole('button', { name: m.have }).click()
      await tab.getByText(`Reader ${language}`).first().waitFor()
      expect(await tab.content()).not.toContain(key)

      // Its end: in the list, and at the door.
      await tab
        .getByRole('row', { name: `Reader ${language}` })
        .getByRole('checkbox')
        .check({ force: true })
      await tab.getByRole('button', { name: m.revoke }).first().click()
      await tab.getByRole('alertdialog').getByRole('button', { name: m.revoke }).click()
      await tab
        .getByRole('row', { name: `Reader ${language}` })
        .getByText(m.revoked)
        .waitFor()
      await expect.poll(async () => (await asked()).status).toBe(401)
      await close(tab)
    })

    test('a session is ended from another browser, which is then asked to sign in', async () => {
      const person = { url: product.url, email: address, password: 'a ship in harbor is safe' }
      const [here, elsewhere] = [await signIn(person), await signIn(person)]
      const other = await open(language, 'settings/account', elsewhere.cookie)
      await settled(other)
      const tab = await open(language, 'settings/account', here.cookie)
      await settled(tab)
      const ends = tab.getByRole('button', { name: m.endOne })
      const before = await ends.count()
      // The latest that is not this one.
      await ends.first().click()
      await expect.poll(() => ends.count()).toBe(before - 1)
      await expect.poll(() => elsewhere.ask('{ viewer { role } }')).toEqual({ viewer: null })
      await other.reload()
      await other.getByRole('button', { name: m.signIn }).waitFor()
      await Promise.all([close(tab), close(other)])
    })

    test('what others change is seen without a reload: who is here, what is set', async () => {
      const [members, plugins] = await Promise.all(
        ['members', 'plugins'].map((path) => open(language, `settings/${path}`)),
      )
      for (const tab of [members, plugins]) await settled(tab as Page)
      const { inviteMember } = await owner.ask<{ inviteMember: { data: { link: string } } }>(
        `mutation { inviteMember(input: { email: "ida.${language}@example.com", role: EDITOR }) {
           ... on InviteMemberSuccess { data { link } } ... on Error { message } } }`,
      )
      await members?.getByText(`ida.${language}@example.com`).waitFor()
      const token = new URL(inviteMember.data.link).searchParams.get('token')
      await fetch(`${product.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: product.url },
        body: JSON.stringify({
          query: `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename ... on Error { message } } }`,
          variables: { input: { token, name: `Ida ${language}`, password: 'a ship in harbor is safe' } },
        }),
      })
      await members?.getByRole('row', { name: `Ida ${language}` }).waitFor()
      const changed = () => plugins?.getByText(m.changedOne).count()
      const without = (await changed()) ?? 0
      await owner.ask(
        'mutation { updatePluginSettings(plugin: "prompts", value: { judgeShare: 0.25 }) { __typename } }',
      )
      await expect.poll(changed).toBe(without + 1)
      await owner.ask('mutation { updatePluginSettings(plugin: "prompts", value: { judgeShare: 0 }) { __typename } }')
      await Promise.all([members, plugins].map((tab) => close(tab as Page)))
    })

    test('limits are shown with what is used of them, and changed where they are settings', async () => {
      const tab = await open(language, 'settings/limits')
      await settled(tab)
      expect(await violations(tab)).toEqual([])
      await tab.getByRole('button', { name: m.changeBudget }).click()
      const dialog = tab.getByRole('dialog')
      await dialog.getByRole('textbox').fill('40')
      await dialog.getByRole('textbox').press('Tab')
      expect(await violations(tab)).toEqual([])
      await dialog.getByRole('button', { name: m.save }).click()
      await dialog.waitFor({ state: 'detached' })
      const meter = tab.getByRole('meter', { name: m.budget })
      await meter.waitFor()
      expect(await meter.getAttribute('aria-valuetext')).toMatch(m.ofForty)
      // By somebody else: without a reload.
      await owner.ask('mutation { updatePluginSettings(plugin: "ai", value: { monthlyBudget: null }) { __typename } }')
      await meter.waitFor({ state: 'detached' })
      await tab.setViewportSize({ width: 390, height: 844 })
      expect(await tab.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
      await close(tab)
    })

    test('a workspace is deleted by who types its name, and its owner is in another one', async () => {
      const name = `Doomed ${language}`
      const ada = await signIn(product)
      const { createWorkspace } = await ada.ask<{ createWorkspace: { data: { id: string } } }>(
        `mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) {
           ... on CreateWorkspaceSuccess { data { id } } ... on Error { message } } }`,
        { input: { name, slug: `doomed-${language}` } },
      )
      await ada.ask('mutation ($id: ID!) { switchWorkspace(id: $id) { __typename } }', {
        id: createWorkspace.data.id,
      })
      const tab = await open(language, 'settings/workspace', ada.cookie)
      await settled(tab)
      await tab.getByRole('button', { name: m.deleteThis }).click()
      const dialog = tab.getByRole('dialog')
      await dialog.getByRole('textbox').fill('Demo')
      await dialog.getByRole('button', { name: m.deleteForGood }).click()
      await dialog.getByText(m.typeExactly).first().waitFor()
      expect(await violations(tab)).toEqual([])
      await dialog.getByRole('textbox').fill(name)
      await dialog.getByRole('button', { name: m.deleteForGood }).click()
      await dialog.waitFor({ state: 'detached' })
      const viewer = () =>
        ada.ask<{ viewer: { workspaces: { name: string; current: boolean }[] } }>(
          '{ viewer { workspaces { name current } } }',
        )
      await expect.poll(async () => (await viewer()).viewer.workspaces).toEqual([{ name: 'Demo', current: true }])
      await tab.getByRole('button', { name: m.deleteDemo }).waitFor()
      await expect.poll(() => ada.ask('{ workspaceDeletions { name } }')).toEqual({ workspaceDeletions: [] })
      await close(tab)
    })

    test('settings are forms of their schemas; of two who save at once, the second chooses what holds', async () => {
      const tab = await open(language, 'settings/plugins/experiments')
      await tab.getByRole('textbox', { name: m.days }).fill('14')
      await tab.getByRole('textbox', { name: m.days }).press('Tab')
      await owner.ask(
        'mutation { updatePluginSettings(plugin: "experiments", value: { minDays: 21, maxDays: 90 }) { __typename } }',
      )
      await tab.getByRole('button', { name: m.save }).click()
      await tab.getByRole('dialog').getByText(m.savedMeanwhile).waitFor()
      expect(await violations(tab)).toEqual([])
      await tab.getByRole('button', { name: m.overwrite }).click()
      await tab.getByText(m.saved).first().waitFor()
      const stored = async () => {
        const { plugins } = await owner.ask<{ plugins: { name: string; settings: Record<string, number> }[] }>(
          '{ plugins { name settings } }',
        )
        return plugins.find(({ name }) => name === 'experiments')?.settings
      }
      // Mine where both changed it, theirs where they alone did.
      expect(await stored()).toMatchObject({ minDays: 14, maxDays: 90 })
      await tab.getByRole('button', { name: m.reset }).click()
      await tab.getByRole('button', { name: m.save }).click()
      await expect.poll(async () => (await stored())?.minDays).toBe(7)
      await close(tab)
    })

    test('one sees where one is signed in, and ends all other sessions', async () => {
      const person = { url: product.url, email: address, password: 'a ship in harbor is safe' }
      const [here, elsewhere] = [await signIn(person), await signIn(person)]
      const tab = await open(language, 'settings/account', here.cookie)
      await tab.getByRole('heading', { name: m.sessions }).waitFor()
      await settled(tab)
      await tab.getByRole('button', { name: m.endOthers }).press('Enter')
      await tab.getByText(m.othersEnded).first().waitFor()
      await expect.poll(() => tab.getByRole('button', { name: m.endOthers }).count()).toBe(0)
      expect(await elsewhere.ask('{ viewer { role } }')).toEqual({ viewer: null })
      expect(await here.ask('{ viewer { role } }')).toEqual({ viewer: { role: 'VIEWER' } })
      await close(tab)
    })
  })
})
