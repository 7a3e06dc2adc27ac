import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { desktop, openAdmin, phone, violations } from './adminTab.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    who: 'Who are you?',
    name: 'Your name',
    email: 'Email',
    password: 'Password',
    short: 'Too short yet.',
    strong: /Good|Strong/,
    emailWrong: 'Write an email address, such as ada@example.com.',
    next: 'Continue',
    back: 'Back',
    team: 'Who is it for?',
    workspace: 'Name of the team or company',
    look: 'What would you like to see first?',
    ownPage: 'Only my page',
    finish: 'Set it up',
    live: 'Your page is live',
    open: /^Open it/,
    dashboard: 'Go to the dashboard',
    new: 'This installation is new',
    done: 'This installation has an owner',
    signIn: 'Sign in',
  },
  fr: {
    who: 'Qui êtes-vous ?',
    name: 'Votre nom',
    email: 'E-mail',
    password: 'Mot de passe',
    short: 'Encore trop court.',
    strong: /Bon|Solide/,
    emailWrong: 'Écrivez une adresse e-mail, comme ada@example.com.',
    next: 'Continuer',
    back: 'Retour',
    team: 'C’est pour qui ?',
    workspace: 'Nom de l’équipe ou de l’entreprise',
    look: 'Que voulez-vous voir d’abord ?',
    ownPage: 'Ma page seulement',
    finish: 'Configurer',
    live: 'Votre page est en ligne',
    open: /^L’ouvrir/,
    dashboard: 'Aller au tableau de bord',
    new: 'Cette installation est neuve',
    done: 'Cette installation a un propriétaire',
    signIn: 'Se connecter',
  },
} as const

describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('the first run, in %s', (language) => {
  const m = inWords[language]
  let folder: string
  let product: Product
  let browser: Browser
  let setUp: string

  beforeAll(async () => {
    folder = await newDataFolder()
    ;[product, { browser }] = await Promise.all([
      startProduct({ dataFolder: folder, env: { ESPALIER_DEMO: 'off' } }),
      launchBrowser(),
    ])
    setUp = /Begin here +\S+\/admin\/(setup\?token=\S+)/.exec(product.output())?.[1] ?? ''
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  const heading = (tab: Page, name: string) => tab.getByRole('heading', { name, level: 1 })

  test('whoever comes without the printed address is told where it is', async () => {
    const tab = await openAdmin(browser, product, { reducedMotion: 'reduce', language })
    await heading(tab, m.new).waitFor()
    expect(await violations(tab)).toEqual([])
    await tab.context().close()
  })

  test('leads by keyboard alone from the printed address to a page that is live', async () => {
    const tab = await openAdmin(browser, product, { reducedMotion: 'reduce', language, path: setUp })
    await heading(tab, m.who).waitFor()
    // What is wrong is said at its field, and the focus is there.
    await tab.getByLabel(m.name).fill('Ada Lovelace')
    await tab.keyboard.press('Tab')
    await tab.keyboard.type('ada')
    await tab.keyboard.press('Tab')
    await tab.keyboard.type('short')
    await tab.getByText(m.short).waitFor()
    await tab.keyboard.press('Enter')
    await tab.getByText(m.emailWrong).first().waitFor()
    await expect.poll(() => tab.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('email')
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme })
      expect(await violations(tab)).toEqual([])
    }
    await tab.setViewportSize(phone)
    expect(await tab.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(phone.width)
    await tab.setViewportSize(desktop)

    await tab.keyboard.press('ControlOrMeta+A')
    await tab.keyboard.type('ada@example.com')
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('ControlOrMeta+A')
    await tab.keyboard.type('correct horse battery staple')
    await tab.getByText(m.strong).waitFor()
    await tab.keyboard.press('Enter')
    await heading(tab, m.team).waitFor()
    await expect.poll(() => tab.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await tab.getByLabel(m.workspace).fill('Le Verger')
    // Back and forth: nothing is lost.
    await tab.getByRole('button', { name: m.back }).click()
    await heading(tab, m.who).waitFor()
    expect(await tab.getByLabel(m.name).inputValue()).toBe('Ada Lovelace')
    await tab.getByRole('button', { name: m.next }).click()
    expect(await tab.getByLabel(m.workspace).inputValue()).toBe('Le Verger')
    await tab.getByLabel(m.workspace).press('Enter')
    await heading(tab, m.look).waitFor()
    expect(await violations(tab)).toEqual([])
    await tab.getByRole('button', { name: m.finish }).press('Enter')
    await heading(tab, m.live).waitFor({ timeout: 60_000 })
    // What was read out about the button stays in the page for some seconds, after the button has gone.
    await expect.poll(() => violations(tab)).toEqual([])

    const [visited] = await Promise.all([
      tab.context().waitForEvent('page'),
      tab.getByRole('link', { name: m.open }).first().press('Enter'),
    ])
    await visited.waitForLoadState()
    expect(new URL(visited.url()).pathname).toBe('/p/le-verger/welcome')
    expect(await visited.locator('html').getAttribute('lang')).toBe(language)
    expect(await visited.locator('h1').count()).toBe(1)
    await visited.close()

    await tab.getByRole('link', { name: m.dashboard }).press('Enter')
    await tab.getByText('Le Verger').first().waitFor()
    await tab.context().close()
  })

  test('the address is good once; who comes with it again signs in', async () => {
    const late = await openAdmin(browser, product, { reducedMotion: 'reduce', language, path: setUp })
    await heading(late, m.done).waitFor()
    await late.getByRole('link', { name: m.signIn }).click()
    await late.getByLabel(m.email).fill('ada@example.com')
    await late.getByLabel(m.password).fill('correct horse battery staple')
    expect(await violations(late)).toEqual([])
    await late.keyboard.press('Enter')
    await late.getByText('Le Verger').first().waitFor()
    await late.context().close()
  })
})
