import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stubModelServer } from '@espalier/ai/testing'
import { type ApiClient, signIn } from './apiClient.ts'
import { connectModel, evolvePromptOfShop, improveShop, modelKey, writer } from './furnishedWork.ts'
import { act } from './improvingPage.ts'
import { joinWorkspace } from './joinWorkspace.ts'
import { newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'
import { until } from './until.ts'

/** A product in which a team has worked for four weeks. */
export interface FurnishedDemo {
  readonly product: Product
  readonly owner: ApiClient
  /** Somebody whose account is in French. */
  readonly french: ApiClient
  close(): Promise<void>
}

const password = 'four weeks of pictures'
const images = join(import.meta.dirname, '../../../../docs/images')

/**
 * The demo with its four weeks of visitors, and what a team would have made of them since: a page that improves itself, a prompt
 * that was evolved, mail, alerts, people who wrote. A stub answers as the language model.
 */
export async function furnishedDemo(): Promise<FurnishedDemo> {
  const [folder, stub] = await Promise.all([newDataFolder(), stubModelServer({ apiKey: modelKey, answer: writer() })])
  const product = await startProduct({ dataFolder: folder, env: { ESPALIER_DEMO: 'off', TRUSTED_PROXIES: '1' } })
  const close = async () => {
    await product.stop()
    await stub.close()
    await removeDataFolder(folder)
  }
  try {
    const owner = await begin(product)
    await people(product, owner)
    const french = await joinWorkspace(product, owner, { name: 'Camille', role: 'ADMIN', locale: 'fr' })
    await forms(product, owner)
    await mail(owner)
    await connectModel(owner, stub)
    await evolvePromptOfShop(owner)
    await improveShop(product, owner)
    await watching(owner)
    return { product, owner, french, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The first run, with the demo; resolves once its four weeks are written. */
async function begin(product: Product): Promise<ApiClient> {
  const token = /Begin here +\S+\/admin\/setup\?token=(\S+)/.exec(product.output())?.[1]
  const email = 'ada@example.com'
  const response = await fetch(`${product.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({
      query:
        'mutation ($input: SetUpInput!) { setUp(input: $input) { __typename ... on Error { message } ... on SetUpSuccess { data { demo { workspace { id } } } } } }',
      variables: {
        input: {
          ...{ token, email, password, name: 'Ada Lovelace', workspaceName: 'The Orchard' },
          ...{ locale: 'en', timeZone: 'Europe/Paris', demo: true },
        },
      },
    }),
  })
  const { data, errors } = await response.json()
  const demo = data?.setUp?.data?.demo?.workspace.id
  if (!demo) throw new Error(`The first run came to nothing: ${JSON.stringify(errors ?? data)}`)
  const owner = await signIn({ url: product.url, email, password })
  await owner.ask('mutation ($id: ID!) { switchWorkspace(id: $id) { __typename } }', { id: demo })
  await until('the four weeks are written', async () => {
    const { jobs } = await owner.ask<{ jobs: { nodes: { type: string; status: string }[] } }>(
      '{ jobs(first: 100) { nodes { type status } } }',
    )
    return jobs.nodes.some(({ type, status }) => type === 'demo.write-history' && status === 'COMPLETED')
  })
  return owner
}

async function people({ url }: Product, owner: ApiClient): Promise<void> {
  for (const [email, role] of [
    ['grace@example.com', 'EDITOR'],
    ['linus@example.com', 'VIEWER'],
  ])
    await act(owner, 'inviteMember', { input: ['InviteMemberInput!', { email, role }] }, '__typename')
  for (const [name, scopes] of [
    ['Web shop', ['tracking:ingest']],
    ['Weekly report', ['experiments:read', 'pages:read']],
  ] as const)
    await act(owner, 'createApiKey', { input: ['CreateApiKeyInput!', { name, scopes }] }, '__typename')
  for (const name of ['tree.png', 'basket.png'] as const) {
    const file = await readFile(join(images, name === 'tree.png' ? 'demo-page-desktop.png' : 'demo-page-phone.png'))
    await fetch(`${url}/images?name=${name}&alt=Pears%20on%20the%20tree`, {
      method: 'POST',
      headers: { cookie: owner.cookie, origin: url, 'content-type': 'image/png' },
      body: file,
    })
  }
}

/** A page with a form, and who has written in it. */
async function forms(product: Product, owner: ApiClient): Promise<void> {
  const input = {
    slug: 'contact',
    title: 'Write to us',
    language: 'en',
    variants: [{ key: 'original', content: contact }],
  }
  const { id } = await act(owner, 'createPage', { input: ['CreatePageInput!', input] })
  await act(owner, 'publishPage', { id: ['ID!', id] })
  const userAgent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
  await Promise.all(
    writers.map(async ([email, message], index) => {
      const headers = { 'user-agent': userAgent, 'x-forwarded-for': `198.18.0.${index}` }
      const page = await fetch(`${product.url}/p/demo/contact`, { headers })
      const html = await page.text()
      // Whoever sends a form at once is no person.
      await wait(3_000)
      await fetch(product.url + (/action="([^"]*)"/.exec(html)?.[1] ?? '').split('#')[0], {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headers, cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' },
        body: new URLSearchParams({
          ...{ _token: /name="_token" value="([^"]*)"/.exec(html)?.[1] ?? '', homepage_url: '', email, message },
          consent: 'yes',
        }),
      })
    }),
  )
}

const contact = {
  root: { props: { title: 'Write to us' } },
  content: [
    { type: 'Hero', props: { id: 'hero', title: 'Pears for your restaurant?', subtitle: 'We answer within a day.' } },
    {
      type: 'Form',
      props: {
        id: 'contact',
        heading: 'Write to us',
        fields: [
          { name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' },
          { name: 'message', type: 'textarea', label: 'Message', required: false, maxLength: 500 },
          { name: 'consent', type: 'checkbox', label: 'You may answer me' },
        ],
        label: 'Send',
        goal: 'lead',
        thanks: { heading: 'Thank you', text: 'We answer within a day.' },
      },
    },
  ],
}

const writers = [
  ['chef@example.org', 'Twenty kilograms each Tuesday, from October on?'],
  ['marie@example.net', 'Do you deliver to Lyon?'],
  ['jo@example.com', 'Which kind keeps best over winter?'],
  ['school@example.org', 'Sixty children would like to see the garden in May.'],
  ['henri@example.fr', 'Une cagette par semaine, est-ce possible ?'],
] as const

async function mail(owner: ApiClient): Promise<void> {
  const { mailTemplateDefinitions } = await owner.ask<{ mailTemplateDefinitions: { name: string }[] }>(
    '{ mailTemplateDefinitions { name } }',
  )
  for (const { name } of mailTemplateDefinitions)
    for (const language of ['EN', 'FR'])
      await owner.ask(
        'mutation ($template: String!, $language: MailLanguage!) { sendTestMail(template: $template, language: $language) { __typename } }',
        { template: name, language },
      )
  for (const address of ['gone@example.org', 'no-more@example.net'])
    await act(owner, 'suppressAddress', { input: ['SuppressAddressInput!', { address }] }, '__typename')
}

/** Rules that watch, what they have said, where it is sent. */
async function watching(owner: ApiClient): Promise<void> {
  for (const rule of [
    { name: 'Many visitors', metric: 'tracking.visitors', direction: 'ABOVE', threshold: 20, kind: 'THRESHOLD' },
    {
      name: 'Few sign-ups',
      metric: 'tracking.conversions',
      direction: 'BELOW',
      threshold: 5,
      kind: 'THRESHOLD',
      window: 1_440,
    },
    { name: 'Visitors are not as usual', metric: 'tracking.visitors', kind: 'ANOMALY', weeks: 4 },
  ])
    await act(owner, 'createAlertRule', { input: ['AlertRuleInput!', rule] }, '__typename')
  await act(
    owner,
    'createWebhookEndpoint',
    {
      input: [
        'CreateWebhookEndpointInput!',
        { url: 'https://hooks.example.com/espalier', description: 'The team’s chat' },
      ],
    },
    '__typename',
  )
  await owner.ask('mutation { sendDailyReport { __typename } }')
}
