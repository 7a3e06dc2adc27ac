import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApp } from '../../src/adminApp.ts'
import { installedPlugins } from '../../src/plugins.ts'
import { openAdmin, settled, violations } from './adminTab.ts'
import { hasChromium, launchBrowser } from './product.ts'

const plugins = await installedPlugins()

/** What a person reads and presses, in both languages. */
const inWords = {
  en: {
    traffic: 'Traffic',
    find: 'Find a value',
    execution: 'Execution of shop.describe',
    generation: 'Generation for shop.describe',
    costs: 'Costs',
    more: 'More actions',
    derive: 'Have a model write one from this',
    goals: 'Goals',
    waiting: 'A model writes a version',
    made: 'Version 2 is a draft',
    look: 'Read what differs',
    version: 'Version 2',
    running: 'running',
    completed: 'done',
  },
  fr: {
    traffic: 'Trafic',
    find: 'Chercher une valeur',
    execution: 'Exécution de shop.describe',
    generation: 'Génération pour shop.describe',
    costs: 'Coûts',
    more: 'Autres actions',
    derive: 'En faire écrire une par un modèle',
    goals: 'Buts',
    waiting: 'Un modèle écrit une version',
    made: 'La version 2 est un brouillon',
    look: 'Lire ce qui change',
    version: 'Version 2',
    running: 'en cours',
    completed: 'terminée',
  },
} as const

const app = await adminApp()
const served = await servedKernel(plugins, { serving: { mounts: app.mounts, operations: app.operations } })

/** From a number to where it comes from, across plugins, and work that is followed while it goes on. */
describe.skipIf(!hasChromium).each(['en', 'fr'] as const)('pages of plugins lead to one another, in %s', (language) => {
  const m = inWords[language]
  let browser: Browser
  let owner: SignedInClient
  let stub: StubModelServer
  let tab: Page
  let variantId: string
  /** Opened by the test: the model proposes nothing before. */
  let proposes = Promise.withResolvers<void>()

  beforeAll(async () => {
    stub = await stubModelServer({
      answer: async ({ messages }) => {
        if (!messages.some(({ content }) => content.includes('You improve prompts'))) return 'A pear for dinner.'
        await proposes.promise
        return { json: { diagnosis: 'It says too much.', system: '', template: 'Describe a pear in one line.' } }
      },
    })
    ;({ browser } = await launchBrowser())
    owner = await served.signIn({ role: 'owner' })
    await done('setAiKey(input: { baseUrl: $text, key: "sk-of-the-test" })', stub.baseUrl)
    await done(
      'createPrompt(input: { name: "shop.describe", variant: { language: EN, template: $text } })',
      'Describe a pear.',
    )
    const { prompt } = await owner.ask<{ prompt: { variants: { nodes: { id: string }[] } } }>(
      '{ prompt(name: "shop.describe") { variants(first: 1) { nodes { id } } } }',
    )
    variantId = prompt.variants.nodes[0]?.id as string
    tab = await open('')
  })

  afterAll(async () => {
    await browser?.close()
    await stub?.close()
  })

  const open = (path: string) =>
    openAdmin(browser, served, { cookie: owner.headers.cookie ?? '', language, path, reducedMotion: 'reduce' })
  const heading = (name: string) => tab.getByRole('heading', { level: 1, name })
  const link = (href: string) => tab.locator(`main a[href^="/admin/${href}"]`).first()

  test('the figures of a page lead to its line in the traffic of the same days', async () => {
    const { createPage } = await owner.ask<{ createPage: { data: { id: string } } }>(
      `mutation ($content: JSON!) { createPage(input: { slug: "pears", title: "Pears", variants: [{ key: "a", content: $content }] }) { ... on CreatePageSuccess { data { id } } ... on Error { message } } }`,
      { content: { root: { props: { title: 'Pears' } }, content: [] } },
    )
    await tab.goto(`${served.url}/admin/pages/${plain(createPage.data.id)}?days=%227%22`)
    await link('traffic?').click()
    await heading(m.traffic).waitFor()
    expect(new URL(tab.url()).searchParams.get('preset')).toBe('7d')
    await settled(tab)
    expect(await tab.getByRole('textbox', { name: m.find }).inputValue()).toMatch(/\/pears$/)
    expect(await violations(tab)).toEqual([])
  })

  test('a use of a prompt leads to the call that answered it, that to its month, and back', async () => {
    const { tryPromptVariant } = await owner.ask<{ tryPromptVariant: { data: { id: string } } }>(
      'mutation ($id: ID!) { tryPromptVariant(variantId: $id, variables: {}) { ... on TryPromptVariantSuccess { data { id } } ... on Error { message } } }',
      { id: variantId },
    )
    const { id } = tryPromptVariant.data
    const answered = async () =>
      (
        await owner.ask<{ node: { callId: string | null } }>(
          'query ($id: ID!) { node(id: $id) { ... on PromptExecution { callId } } }',
          { id },
        )
      ).node.callId
    await expect.poll(answered).not.toBeNull()
    await tab.goto(`${served.url}/admin/prompt-executions/${plain(id)}`)
    await heading(m.execution).waitFor()
    await link('generations/').click()
    await heading(m.generation).waitFor()
    await settled(tab)
    expect(await violations(tab)).toEqual([])
    await link('prompts/shop.describe').waitFor()
    await link('costs?month=').waitFor()
    await link('prompt-executions/').click()
    await heading(m.execution).waitFor()
  })

  test('a model is asked for a version; the page of its job and that of the prompt follow it by themselves', async () => {
    proposes = Promise.withResolvers<void>()
    await tab.goto(`${served.url}/admin/prompts/shop.describe`)
    await tab.getByRole('region', { name: 'Version 1' }).getByRole('button', { name: m.more }).press('Enter')
    await tab.getByRole('menuitem', { name: m.derive }).press('Enter')
    await tab.getByRole('textbox', { name: m.goals }).fill('Shorter')
    expect(await violations(tab, { overlay: true })).toEqual([])
    await tab.keyboard.press('ControlOrMeta+Enter')
    await tab.getByText(m.waiting).waitFor()

    const jobs = async () =>
      (
        await owner.ask<{ jobs: { nodes: { id: string; status: string }[] } }>(
          '{ jobs(filter: { type: { contains: "derive" } }) { nodes { id status } } }',
        )
      ).jobs.nodes
    await expect.poll(async () => (await jobs())[0]?.status).toBe('RUNNING')
    const job = await open(`jobs/${plain((await jobs())[0]?.id as string)}`)
    await job.locator('h1 + *').getByText(m.running, { exact: true }).waitFor()
    proposes.resolve()
    await job.locator('h1 + *').getByText(m.completed, { exact: true }).waitFor()
    await job.context().close()

    await tab.getByText(m.made).waitFor()
    await tab.getByRole('link', { name: m.look }).click()
    await tab.getByRole('heading', { name: m.version }).waitFor()
    await tab.locator('ins').getByText('one line').waitFor()
    await tab.getByText(m.made).waitFor({ state: 'detached' })
    expect(await violations(tab)).toEqual([])
  })

  /** A mutation with one text, `$text`. */
  async function done(mutation: string, text: string): Promise<void> {
    const name = mutation.split('(')[0]
    const answer = await owner.ask<Record<string, { message?: string }>>(
      `mutation ($text: String!) { ${mutation} { __typename ... on Error { message } } }`,
      { text },
    )
    expect(answer[name as string]?.message).toBeUndefined()
  }
})

/** The id that stands in addresses. */
function plain(id: string): string {
  return Buffer.from(id, 'base64').toString().split(':')[1] as string
}
