import { join } from 'node:path'
import { type StubModelServer, type StubRequest, stubModelServer } from '@espalier/ai/testing'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAdmin, phone as phoneSize, settled, violations } from './adminTab.ts'
import { type ApiClient, signIn } from './apiClient.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const pictures = process.env.SCREENSHOTS
const prompt = 'shop.describe'
const template = 'Describe {{ product }} at {{ price }}.'

/** Prompts, generations and costs, as an editor works with them: by keyboard, in a real browser, with a stub as the model. */
describe.skipIf(!hasChromium)('prompts, generations and costs', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let page: Page
  let api: ApiClient
  let stub: StubModelServer

  beforeAll(async () => {
    ;[folder, stub] = await Promise.all([newDataFolder(), stubModelServer({ apiKey: 'sk-right', answer: describer })])
    ;[product, { browser }] = await Promise.all([startProduct({ dataFolder: folder }), launchBrowser()])
    api = await signIn(product)
    page = await newPage(api.cookie, 'en', { locale: 'en-US' })
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed ${task.name.slice(0, 40)}`)
  })

  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await stub?.close()
    if (folder) await removeDataFolder(folder)
  })

  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read)
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  const heading = (name: string | RegExp) => page.getByRole('heading', { name })

  test('before anything was asked, pages say what they are for, and lead to the service', async () => {
    await open('generations')
    await heading('Generations').waitFor()
    await page.getByText('No model has been asked yet').waitFor()
    await open('costs')
    await page.getByText('Nothing was spent in this month').first().waitFor()
    await picture('costs empty')
    await open('generations')
    await press(page.getByRole('link', { name: 'Set up the model service' }), 'Enter')
    await page.getByText('No model is asked: pages recombine').waitFor()
  })

  test('a service is set by keyboard; a wrong address and a wrong key are said where they are', async () => {
    await type(field('Address'), 'ftp://models.example')
    await page.keyboard.press('Control+Enter')
    await soon(() => field('Address').getAttribute('aria-invalid')).toBe('true')
    expect(await field('Address').evaluate((input) => input === document.activeElement)).toBe(true)
    await picture('service refused')
    await type(field('Address'), stub.baseUrl)
    await type(page.getByLabel('Key', { exact: true }), 'sk-wrong')
    await type(field('Model'), 'gpt-4.1-mini')
    await page.keyboard.press('Control+Enter')
    await press(button('Try it'), 'Enter')
    await page.getByText('It did not answer').waitFor()
    await type(page.getByLabel('Key', { exact: true }), 'sk-right')
    await page.keyboard.press('Control+Enter')
    // What was typed stays on no screen.
    await soon(() => page.getByLabel('Key', { exact: true }).inputValue()).toBe('')
    await press(button('Try it'), 'Enter')
    await page.getByText('It answered: “').waitFor()
    await picture('service')
    await page.getByRole('link', { name: 'The call in the ledger' }).click()
    await heading('Generation for ai.try').waitFor()
    await page.getByText('Say hello in one short sentence.').waitFor()
    await picture('generation')
  })

  test('budgets are set by form, and a purpose without a name is refused before it is sent', async () => {
    await open('model-service?tab=limits')
    await type(field('For all purposes together'), '20')
    await press(button('Add a purpose'), 'Enter')
    await type(field('US dollars a month'), '5')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('alert').getByText('Name the purpose, or remove the line.').waitFor()
    await type(field('Purpose'), 'prompts.try')
    await picture('limits')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Saved', { exact: true }).waitFor()
    const { plugins } = await api.ask<{ plugins: { name: string; settings: Record<string, unknown> }[] }>(
      '{ plugins { name settings } }',
    )
    expect(plugins.find(({ name }) => name === 'ai')?.settings).toMatchObject({
      monthlyBudget: 20,
      purposeBudgets: { 'prompts.try': 5 },
      maxOutputTokens: 4096,
    })
    await open('model-service?tab=prices')
    await page.getByRole('row', { name: /gpt-4\.1-mini/ }).waitFor()
    await picture('prices')
  })

  test('a prompt is written; what the server refuses is put at its field', async () => {
    await open('prompts')
    await page.getByText('landing-pages.write-variant').first().waitFor()
    await picture('prompts')
    await press(page.getByRole('link', { name: 'New prompt' }), 'Enter')
    await type(field('Name'), 'Describe Pears')
    await type(field('User message'), template)
    for (const [at, name] of ['product', 'price'].entries()) {
      await press(button('Add a variable'), 'Enter')
      await type(field('Name').nth(at + 1), name)
      await type(field('Example').nth(at), at === 0 ? 'Conference' : '12 €')
    }
    await page.keyboard.press('Control+Enter')
    await soon(() => field('Name').first().getAttribute('aria-invalid')).toBe('true')
    await picture('new prompt refused')
    await type(field('Name').first(), prompt)
    await page.keyboard.press('Control+Enter')
    await heading(prompt).waitFor()
    await heading('Version 1').waitFor()
  })

  test('leaving a form with unsaved changes is asked about', async () => {
    await press(page.getByRole('link', { name: 'Write a version' }), 'Enter')
    await page.getByText('It begins with version 1.').waitFor()
    await type(field('User message'), `${template} {{ garden }} Be brief.`)
    await page.getByText('Not declared: garden.').waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Prompts' }).first().click()
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' })
    await question.waitFor()
    await picture('unsaved')
    // What loses something is not one Enter away.
    await page.keyboard.press('Enter')
    await soon(() => question.count()).toBe(0)
    expect(await field('User message').inputValue()).toContain('Be brief.')
  })

  test('a version is kept as a draft with what it changes, used, and taken back', async () => {
    await type(field('User message'), `${template} Be brief.`)
    await page.getByRole('region', { name: 'What you changed' }).getByText('Be brief.').waitFor()
    await type(page.getByRole('textbox', { name: 'What changes, and why' }), 'Shorter')
    await picture('write version')
    await page.keyboard.press('Control+Enter')
    await heading('Version 2').waitFor()
    // A draft is shown by how it differs from what is in use.
    await soon(() => page.locator('ins').getByText('Be brief.').count()).toBe(1)
    await picture('version draft')
    await press(button('Use this version'), 'Enter')
    await page.getByText('Version 2 is in use', { exact: true }).waitFor()
    await soon(() => activeVersion()).toBe(2)
    await press(button('Undo'), 'Enter')
    await soon(() => activeVersion()).toBe(1)
    await page
      .getByRole('link', { name: /Version 2/ })
      .first()
      .click()
    await press(button('Use this version'), 'Enter')
    await soon(() => activeVersion()).toBe(2)
    await press(button('Back to the one before'), 'Enter')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Back to the one before' }).press('Enter')
    await soon(() => activeVersion()).toBe(1)
  })

  test('a version is tried: what it costs is said before, and what it cost after', async () => {
    await open(`prompts/${prompt}?tab=try`)
    await page.getByRole('region', { name: 'What the model would be told' }).getByText('Conference').waitFor()
    await page.getByText('It costs about').waitFor()
    await picture('try before')
    await press(button('Ask the model'), 'Enter')
    const answer = page.getByRole('region', { name: 'What it answered' }).first()
    await answer.getByText('A pear, and many').waitFor()
    await answer.getByText('Latency').waitFor()
    await picture('try after')
    await answer.getByRole('link', { name: /keep it as a case/ }).click()
    await heading(`Execution of ${prompt}`).waitFor()
    await page.getByText('4: good').click()
    await press(button('Save the rating'), 'Enter')
    await page.getByText('The rating is saved').waitFor()
    await picture('execution')
    await press(button('Keep as a case'), 'Enter')
    const dialog = page.getByRole('dialog', { name: 'Keep as a case' })
    await dialog.getByRole('textbox', { name: /^Contains/ }).fill('12 €')
    await page.keyboard.press('Control+Enter')
    await page.getByText('The case is there').waitFor()
    await open(`prompts/${prompt}?tab=cases`)
    await page.getByText('contains “12 €”').waitFor()
    await picture('cases')
    await open(`prompts/${prompt}?tab=executions`)
    await page.getByRole('row', { name: /Version 1/ }).waitFor()
  })

  test('a test against the version in use is made, runs, and is ended', async () => {
    await open(`prompts/${prompt}?tab=tests`)
    await press(button('New test'), 'Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.keyboard.press('Control+Enter')
    await dialog.getByRole('alert').getByText('Give it a name.').waitFor()
    await type(field('Name'), 'Brief or not')
    await picture('new test')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Version 2 against version 1, which is in use').waitFor()
    await page.getByRole('region', { name: 'Brief or not' }).getByText('running').waitFor()
    await picture('test')
    await press(button('End without a winner'), 'Enter')
    await page.getByRole('alertdialog').getByRole('button', { name: 'End without a winner' }).click()
    await page.getByText('Somebody has ended it.').waitFor()
  })

  test('an evolution is begun by form, followed live, and leaves a draft that can be looked at', async () => {
    await open(`prompts/${prompt}?tab=evolution`)
    await press(button('Begin an evolution'), 'Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Control+Enter')
    // There is one case: the server says how many it takes.
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await picture('evolution refused')
    await page.keyboard.press('Escape')
    await addCases()
    await press(button('Begin an evolution'), 'Enter')
    await type(page.getByRole('textbox', { name: 'Goals' }), 'Shorter')
    await page.keyboard.press('Control+Enter')
    await heading(`Evolution of ${prompt}`).waitFor()
    // By the subscription alone: nobody loads the page again.
    await page.getByText('What it came to').waitFor({ timeout: 90_000 })
    await page.getByText('A better wording was found', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'What came of what' }).waitFor()
    await picture('evolution')
    await page
      .getByRole('link', { name: /^Look at version/ })
      .first()
      .click()
    await page.getByText('draft').first().waitFor()
  })

  test('predictions are settled, and drawn by how far they can be trusted', async () => {
    for (const confidence of [0.8, 0.8, 0.3])
      await api.ask(
        'mutation ($confidence: Float!) { recordFeedback(input: { actionType: LEAD_CONVERSION, predicted: { outcome: "positive" }, confidence: $confidence, outcome: POSITIVE }) { __typename } }',
        { confidence },
      )
    await api.ask(
      'mutation { recordFeedback(input: { actionType: USER_ACTION, predicted: { outcome: "positive" }, confidence: 0.6 }) { __typename } }',
    )
    await open('feedback')
    await page.getByRole('region', { name: 'How far predictions can be trusted' }).getByText('2 predictions').waitFor()
    const waiting = page.getByRole('row', { name: /not known yet/ })
    await waiting.getByText('what somebody does').click()
    await page.getByRole('dialog').getByText('the opposite').click()
    await picture('settle feedback')
    await page.keyboard.press('Control+Enter')
    await page.getByText('The outcome is kept').waitFor()
    await soon(() => waiting.count()).toBe(0)
  })

  test('costs are drawn by purpose and by model; a month stands in the address; budgets are bars', async () => {
    await open('costs')
    await page.getByRole('meter', { name: 'All purposes' }).waitFor()
    await page.getByLabel('Spending on models by day').first().waitFor()
    await page.getByRole('radio', { name: 'Model', exact: true }).click()
    await soon(async () => page.url()).toContain('by=model')
    await page.getByText('gpt-4.1-mini').first().waitFor()
    await picture('costs')
    await page.getByRole('link', { name: 'gpt-4.1-mini' }).click()
    await soon(async () => page.url()).toContain('/admin/generations?filter=')
    await open('')
    const spend = page.getByRole('region', { name: 'Spend' })
    // Widgets come when somebody comes near them.
    await spend.scrollIntoViewIfNeeded()
    await spend.getByText('this month').waitFor()
    await picture('dashboard')
    await spend.getByRole('link').first().click()
    await heading('Costs').waitFor()
    await press(button('Month before'), 'Enter')
    await soon(async () => page.url()).toMatch(/month=\d{4}-\d{2}/)
    await page.getByText('Nothing was spent in this month').first().waitFor()
    await page.reload()
    await page.getByText('Nothing was spent in this month').first().waitFor()
  })

  test('calls are found, filtered, and told apart; one whose outcome nobody knows is settled', async () => {
    stub.fail({ kind: 'resetAfter' })
    await api.ask('mutation { tryAi { __typename } }')
    await open('generations')
    await page.getByRole('row', { name: /outcome unknown/ }).waitFor()
    await picture('generations')
    await page
      .getByRole('row', { name: /outcome unknown/ })
      .getByRole('link')
      .first()
      .click()
    await press(button('Say what became of it'), 'Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByRole('dialog').getByRole('alert').getByText('Say what it was.').waitFor()
    await page.getByText('It was not carried out', { exact: true }).click()
    await picture('settle')
    await page.keyboard.press('Control+Enter')
    await page.getByText('The call is settled').waitFor()
    await soon(() => button('Say what became of it').count()).toBe(0)
  })

  const visited = [
    'generations',
    'costs',
    'model-service',
    'model-service?tab=limits',
    'model-service?tab=prices',
    'prompts',
    'prompts/new',
    `prompts/${prompt}`,
    `prompts/${prompt}?version=2`,
    `prompts/${prompt}?tab=try`,
    `prompts/${prompt}?tab=tests`,
    `prompts/${prompt}?tab=cases`,
    `prompts/${prompt}?tab=evolution`,
    `prompts/${prompt}/write`,
    'prompt-executions',
    'feedback',
  ]

  test.each(['light', 'dark'] as const)('axe finds nothing in %s, in English and in French', async (colorScheme) => {
    for (const language of ['en', 'fr'] as const) {
      const looker = await newPage(api.cookie, language, { colorScheme, reducedMotion: 'reduce' })
      for (const path of visited) {
        await looker.goto(`${product.url}/admin/${path}`)
        await settled(looker)
        expect(await violations(looker), `${path} in ${language}`).toEqual([])
        await picture(`${path.replaceAll(/[/?=]/g, ' ')} ${colorScheme} ${language}`, looker)
      }
      await looker.context().close()
    }
  })

  test('no page is wider than a phone', async () => {
    const phone = await newPage(api.cookie, 'fr', { viewport: phoneSize, hasTouch: true })
    for (const path of visited) {
      await phone.goto(`${product.url}/admin/${path}`)
      await settled(phone)
      expect(await phone.evaluate('document.documentElement.scrollWidth'), path).toBe(390)
      await picture(`${path.replaceAll(/[/?=]/g, ' ')} phone`, phone)
    }
    await phone.context().close()
  })

  test('a viewer looks at prompts, may change nothing, and is told what is withheld', async () => {
    const looker = await joinWorkspace(product, api, { name: 'Viewer', role: 'VIEWER' })
    const viewer = await newPage(looker.cookie, 'en')
    await viewer.goto(`${product.url}/admin/prompts/${prompt}`)
    await viewer.getByRole('heading', { name: 'Version 1' }).waitFor()
    expect(await viewer.getByRole('button', { name: 'Use this version' }).count()).toBe(0)
    expect(await viewer.getByRole('link', { name: 'Write a version' }).count()).toBe(0)
    await viewer.goto(`${product.url}/admin/costs`)
    await viewer.getByText('What models are asked, and budgets, are shown to editors.').waitFor()
    await viewer.goto(`${product.url}/admin/generations`)
    await settled(viewer)
    expect(await viewer.getByRole('grid').count()).toBe(0)
    await picture('viewer generations', viewer)
    await viewer.goto(`${product.url}/admin/prompts/no.such`)
    await viewer.getByText('There is no such prompt in this workspace.').waitFor()
    await viewer.context().close()
  })

  async function open(path: string): Promise<void> {
    await page.goto(`${product.url}/admin/${path}`)
  }

  /** By keyboard: the focus comes first. */
  async function press(locator: Locator, key: string): Promise<void> {
    await locator.focus()
    await page.keyboard.press(key)
  }

  async function type(locator: Locator, text: string): Promise<void> {
    await locator.focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type(text)
  }

  async function activeVersion(): Promise<number | undefined> {
    const answer = await api.ask<{ prompt: { activeVariants: { version: number }[] } }>(
      'query ($name: String!) { prompt(name: $name) { activeVariants { version } } }',
      { name: prompt },
    )
    return answer.prompt.activeVariants[0]?.version
  }

  async function addCases(): Promise<void> {
    const found = await api.ask<{ prompt: { id: string } }>('query ($name: String!) { prompt(name: $name) { id } }', {
      name: prompt,
    })
    for (let at = 0; at < 10; at++)
      await api.ask(
        'mutation ($id: ID!, $input: AddPromptCaseInput!) { addPromptCase(promptId: $id, input: $input) { __typename } }',
        {
          id: found.prompt.id,
          input: {
            language: 'EN',
            heldBack: at >= 4,
            variables: { product: `Pear ${at}`, price: `${at + 10} €` },
            expectation: { checks: [{ check: 'maxWords', value: 12 }] },
          },
        },
      )
  }

  const newPage = (cookie: string, language: 'en' | 'fr', options: BrowserContextOptions = {}) =>
    openAdmin(browser, product, { cookie, language, ...options })

  async function picture(name: string, shown: Page = page): Promise<void> {
    if (pictures) await shown.screenshot({ path: join(pictures, `${name}.png`), fullPage: true }).catch(() => {})
  }
})

/** A model that is long-winded unless the wording says otherwise; as a reflecting model it asks for brevity. */
function describer({ messages }: StubRequest) {
  const text = messages.map(({ content }) => content).join('\n')
  if (text.includes('You improve prompts'))
    return { json: { diagnosis: 'It says too much.', system: '', template: `${template} Be brief.` } }
  if (text.includes('Two wordings of one prompt'))
    return { json: { diagnosis: 'Both say too much.', system: '', template: `${template} Be very brief.` } }
  return /brief/.test(text)
    ? 'A pear.'
    : 'A pear, and many, many more words than anybody would ever care to read about one.'
}
