import { servedKernel } from '@espalier/core/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, violations } from './adminTab.ts'
import { act } from './improvingPage.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    faster: /@example\.com saved this meanwhile$/,
    when: /^Saved .*What you typed is still here\.$/,
    keepEditing: 'Keep editing',
    takeTheirs: 'Take theirs',
    overwrite: 'Overwrite with mine',
    mine: 'Mine',
    theirs: 'Theirs',
    like: 'Save like this',
    both: 'Save both',
    save: 'Save',
    more: 'More',
    settings: 'Settings',
    name: 'Name',
    taken: 'This is what they saved. What you had typed is dropped.',
    noSlug: 'such as "spring-offer". Given: "No Slug"',
  },
  fr: {
    faster: /@example\.com a enregistré ceci entre-temps$/,
    when: /^Enregistré le .*Ce que vous avez saisi est toujours là\.$/,
    keepEditing: 'Continuer à modifier',
    takeTheirs: 'Prendre sa version',
    overwrite: 'Remplacer par la mienne',
    mine: 'Le mien',
    theirs: 'Le sien',
    like: 'Enregistrer ainsi',
    both: 'Enregistrer les deux',
    save: 'Enregistrer',
    more: 'Plus',
    settings: 'Réglages',
    name: 'Nom',
    taken: 'Voici ce que l’autre personne a enregistré. Votre saisie est abandonnée.',
    noSlug: 'comme « offre-printemps ». Reçu : "No Slug"',
  },
} as const

const app = await adminApp()
const served = await servedKernel(plugins, { serving: { mounts: app.mounts, operations: app.operations } })

/** Two people change one thing at a time: the second is told, and loses nothing. */
describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('who saved first, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser

  beforeAll(async () => {
    ;({ browser } = await launchBrowser())
  })

  afterAll(async () => {
    await browser?.close()
  })

  const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true })
  const field = (within: Page, name: string) => within.locator(`[data-field="${name}"]`).getByRole('textbox')

  /** One who has the web app before them, and another who saves by the API. */
  async function two() {
    const second = await served.signIn()
    const first = await served.signIn({ role: 'admin', workspace: second.workspaceId })
    await act(second, 'updateViewer', { input: ['UpdateViewerInput!', { locale: language }] }, 'locale')
    const open = (path: string) =>
      openAdmin(browser, served, {
        cookie: second.headers.cookie ?? '',
        language,
        path,
        reducedMotion: 'reduce',
      })
    return { first, second, open }
  }

  test('a page’s settings: editing goes on with everything typed, then replaces what was saved', async () => {
    const { first, second, open } = await two()
    const content = { content: [], root: { props: { title: 'Offer' } } }
    const input = { slug: 'offer', title: 'Offer', language: 'en', variants: [{ key: 'original', content }] }
    const { id } = await act(second, 'createPage', { input: ['CreatePageInput!', input] })
    const tab = await open(`pages/${plain(id)}`)
    await button(tab, m.more).click()
    await tab.getByRole('menuitem', { name: m.settings, exact: true }).click()
    const name = field(tab, 'title')
    await name.fill('Autumn offer')
    await act(first, 'updatePage', { id: ['ID!', id], input: ['UpdatePageInput!', { title: 'Winter offer' }] })
    await button(tab, m.save).press('Enter')

    const told = tab.getByRole('dialog', { name: m.faster })
    await told.getByText(m.when).waitFor()
    await told.getByText('Winter offer', { exact: true }).waitFor()
    await told.getByText('Autumn offer', { exact: true }).waitFor()
    expect(await violations(tab, { overlay: true })).toEqual([])
    await button(told, m.keepEditing).press('Enter')
    await told.waitFor({ state: 'hidden' })
    expect(await name.inputValue()).toBe('Autumn offer')

    // What is wrong beside is said in the language of the reader, by the server.
    await field(tab, 'slug').fill('No Slug')
    await button(tab, m.save).press('Enter')
    await tab.getByRole('dialog').getByText(m.noSlug).first().waitFor()
    await field(tab, 'slug').fill('offer')
    await button(tab, m.save).press('Enter')
    await button(told, m.overwrite).press('Enter')
    await expect.poll(() => tab.getByRole('dialog').count()).toBe(0)
    await tab.getByRole('heading', { name: 'Autumn offer', level: 1 }).waitFor()
  })

  test('a webhook: what the other saved is taken; what each changed alone stays', async () => {
    const { first, second, open } = await two()
    const { endpoint } = await act<{ endpoint: { id: string } }>(
      second,
      'createWebhookEndpoint',
      { input: ['CreateWebhookEndpointInput!', { url: 'https://hooks.example.com/espalier', description: 'Chat' }] },
      'endpoint { id }',
    )
    const change = (input: object) =>
      act(first, 'updateWebhookEndpoint', {
        id: ['ID!', endpoint.id],
        input: ['UpdateWebhookEndpointInput!', input],
      })
    const stored = async () =>
      (
        await first.ask<{ node: { description: string; url: string } }>(
          'query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { description url } } }',
          { id: endpoint.id },
        )
      ).node
    const tab = await open(`settings/webhooks/${plain(endpoint.id)}`)
    await field(tab, 'description').fill('The team’s chat')
    await change({ description: 'Sales' })
    await button(tab, m.save).press('Enter')
    const told = tab.getByRole('dialog', { name: m.faster })
    await button(told, m.takeTheirs).press('Enter')
    await tab.getByText(m.taken).waitFor()
    await expect.poll(() => field(tab, 'description').inputValue()).toBe('Sales')
    expect(await stored()).toMatchObject({ description: 'Sales' })

    await field(tab, 'description').fill('Support')
    await change({ url: 'https://hooks.example.com/other' })
    await button(tab, m.save).press('Enter')
    await button(told, m.both).press('Enter')
    await told.waitFor({ state: 'hidden' })
    await expect.poll(stored).toMatchObject({ description: 'Support', url: 'https://hooks.example.com/other' })
  })

  test('an experiment: one chooses field by field', async () => {
    const { first, second, open } = await two()
    const variants = [
      { key: 'control', name: 'Control' },
      { key: 'bold', name: 'Bold' },
    ]
    const { id } = await act(second, 'createExperiment', {
      input: ['CreateExperimentInput!', { key: 'headline', name: 'Headline', goal: 'signup', variants }],
    })
    const tab = await open(`experiments/${plain(id)}/edit`)
    await field(tab, 'name').fill('Bold headline')
    await act(first, 'updateExperiment', {
      id: ['ID!', id],
      input: ['UpdateExperimentInput!', { name: 'Big headline', coverage: 0.5 }],
    })
    await button(tab, m.save).press('Enter')
    const told = tab.getByRole('dialog', { name: m.faster })
    await told
      .getByRole('group', { name: m.name, exact: true })
      .getByRole('radio', { name: new RegExp(`^${m.theirs}`) })
      .check()
    await button(told, m.like).press('Enter')
    await told.waitFor({ state: 'hidden' })
    await expect
      .poll(
        async () =>
          (
            await first.ask<{ node: object }>(
              'query ($id: ID!) { node(id: $id) { ... on Experiment { name coverage version } } }',
              { id },
            )
          ).node,
      )
      .toEqual({ name: 'Big headline', coverage: 0.5, version: 3 })
  })

  test('how mail leaves: the second is told too', async () => {
    const { first, second, open } = await two()
    const tab = await open('mail/transport')
    await field(tab, 'fromName').fill('Ada')
    const value = { fromName: 'Grace' }
    await act(first, 'updatePluginSettings', { plugin: ['String!', 'mail'], value: ['JSON!', value] }, 'name')
    await button(tab, m.save).press('Enter')
    const told = tab.getByRole('dialog', { name: m.faster })
    await told.getByText('Grace', { exact: true }).waitFor()
    await button(told, m.overwrite).press('Enter')
    await told.waitFor({ state: 'hidden' })
    await expect
      .poll(async () => {
        const { plugins } = await second.ask<{ plugins: { name: string; settings: { fromName: string } }[] }>(
          '{ plugins { name settings } }',
        )
        return plugins.find(({ name }) => name === 'mail')?.settings.fromName
      })
      .toBe('Ada')
  })
})

/** An id as it stands in addresses. */
function plain(id: string): string {
  return Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
}
