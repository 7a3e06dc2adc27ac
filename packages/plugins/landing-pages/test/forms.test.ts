import { existsSync } from 'node:fs'
import { sql } from '@espalier/core'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { type Browser, chromium } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

/** A clock that tests push forward: a form that is sent at once is spam. */
const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
const { url, kernel, signIn } = await servedKernel([tracking, experiments, landingPages], { clock })

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

const form = (id = 'contact') => ({
  type: 'Form',
  props: {
    id,
    heading: 'Write to us',
    fields: [
      { name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' },
      { name: 'plan', type: 'select', label: 'Plan', options: ['Free', 'Team'], required: false },
      { name: 'message', type: 'textarea', label: 'Message', required: false, maxLength: 100 },
      { name: 'consent', type: 'checkbox', label: 'You may answer me' },
    ],
    label: 'Send',
    goal: 'lead',
    thanks: { heading: 'Thank you', text: 'We answer within a day.' },
  },
})

const content = (blocks: object[]) => ({
  root: { props: { title: 'Offer' } },
  content: [{ type: 'Hero', props: { id: 'hero', title: 'Offer' } }, ...blocks],
})

async function publish(client: SignedInClient, input: object = {}) {
  const { createPage } = await client.ask<{ createPage: { data: { id: string; url: string } } }>(
    'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id url } } } }',
    { input: { slug: `p-${uuidv7()}`, title: 'P', variants: [{ key: 'a', content: content([form()]) }], ...input } },
  )
  await client.ask('mutation ($id: ID!) { publishPage(id: $id) { __typename } }', { id: createPage.data.id })
  return { id: createPage.data.id, path: new URL(createPage.data.url).pathname }
}

/** Everybody comes from an address of their own: the limit of an address is the subject of one test. */
let people = 0
const nextAddress = () => `198.18.${people >> 8}.${people++ & 255}`

interface Seen {
  readonly address: string
  readonly html: string
  readonly token: string
  readonly action: string
  readonly cookie: string
}

/** Opens a page, and lets the time pass that it takes to read it. */
async function open(path: string, headers: Record<string, string> = {}, seconds = 10): Promise<Seen> {
  const address = nextAddress()
  const response = await fetch(url + path, {
    headers: { 'user-agent': chrome, 'x-forwarded-for': address, ...headers },
  })
  const html = await response.text()
  clock.ahead += seconds * 1_000
  return {
    address,
    html,
    token: /name="_token" value="([^"]*)"/.exec(html)?.[1] ?? '',
    action: (/action="([^"]*)"/.exec(html)?.[1] ?? '').split('#')[0] ?? '',
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  }
}

const good = { email: 'ada@example.com', plan: 'Team', message: 'Hello', consent: 'yes' }

function send(seen: Seen, fields: Record<string, string> = good, headers: Record<string, string> = {}) {
  return fetch(url + seen.action, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'user-agent': chrome, 'x-forwarded-for': seen.address, cookie: seen.cookie, ...headers },
    body: new URLSearchParams({ _token: seen.token, homepage_url: '', ...fields }),
  })
}

interface Submission {
  id: string
  form: string
  values: Record<string, unknown>
  status: string
  spamReason: string | null
  visitorId: string | null
}

async function submissions(client: SignedInClient, filter: object = {}): Promise<Submission[]> {
  const { formSubmissions } = await client.ask<{ formSubmissions: { nodes: Submission[] } }>(
    `query ($filter: FormSubmissionFilter) {
      formSubmissions(filter: $filter) { nodes { id form values status spamReason visitorId } }
    }`,
    { filter },
  )
  return formSubmissions.nodes
}

const conversions = async (workspaceId: string) =>
  kernel.contexts
    .workspace(workspaceId, { type: 'system', name: 'test' })
    .db.prisma.formSubmission.count({ where: { status: 'received' } })

describe('a form', () => {
  test('is kept, and answered with the thanks', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const response = await send(await open(path))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(`${path}#B2-thanks`)
    expect(await submissions(client)).toEqual([
      expect.objectContaining({
        form: 'contact',
        values: { email: 'ada@example.com', plan: 'Team', message: 'Hello', consent: true },
        status: 'RECEIVED',
        spamReason: null,
        visitorId: expect.any(String),
      }),
    ])
  })

  test('goes on to another page of the site where it says so', async () => {
    const contact = form()
    const elsewhere = { ...contact, props: { ...contact.props, thanks: { heading: 'T', href: '/p/demo/welcome' } } }
    const { path } = await publish(await signIn(), { variants: [{ key: 'a', content: content([elsewhere]) }] })
    expect((await send(await open(path))).headers.get('location')).toBe('/p/demo/welcome')
  })

  test('goes on to a place in its own page, and its address leads back to the page', async () => {
    const contact = form()
    const below = { ...contact, props: { ...contact.props, thanks: { heading: 'T', href: '#more' } } }
    const more = { type: 'Text', props: { id: 'm', anchor: 'more', text: 'T' } }
    const { path } = await publish(await signIn(), { variants: [{ key: 'a', content: content([below, more]) }] })
    const seen = await open(path)
    expect((await send(seen)).headers.get('location')).toBe(`${path}#more`)
    const opened = await fetch(url + seen.action, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, path])
  })

  test('counts as a conversion of its goal, once however often it is sent', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const seen = await open(path)
    const answers = await Promise.all([send(seen), send(seen), send(seen)])
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    // Reloaded and sent anew, as the same visitor.
    expect((await send({ ...(await open(path, { cookie: seen.cookie })), cookie: seen.cookie })).status).toBe(303)
    expect(await submissions(client)).toHaveLength(1)
    const rows = await kernel.contexts
      .workspace(client.workspaceId, { type: 'system', name: 'test' })
      .db.query<{ goal: string; id: string }>(sql`select "goal", "id" from "TrackingEvent" where "name" = 'conversion'`)
    expect(rows).toEqual([{ goal: 'lead', id: expect.any(String) }])
    expect(await conversions(client.workspaceId)).toBe(1)
  })

  test('is shown again with what is wrong and what was written, in the language of the page', async () => {
    const client = await signIn()
    const { path } = await publish(client, { language: 'fr' })
    const seen = await open(path)
    const response = await send(seen, { email: 'ada', message: '<script>alert(1)</script>', plan: 'Gold' })
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('Veuillez saisir une adresse électronique')
    expect(html).toContain('Veuillez cocher cette case')
    expect(html).toContain('Veuillez choisir l’une des options')
    expect(html).toContain('value="ada"')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;</textarea>')
    expect(await submissions(client)).toEqual([])
    const again = /name="_token" value="([^"]*)"/.exec(html)?.[1] ?? ''
    expect((await send({ ...seen, token: again })).status).toBe(303)
    expect(await submissions(client)).toHaveLength(1)
  })

  test('of somebody who is not to be tracked is kept, without a visitor', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const headers = { 'sec-gpc': '1' }
    expect((await send(await open(path, headers), good, headers)).status).toBe(303)
    expect(await submissions(client)).toEqual([expect.objectContaining({ visitorId: null })])
  })

  test('counts for the variant that its sender was shown', async () => {
    const client = await signIn()
    const { createExperiment } = await client.ask<{ createExperiment: { data: { id: string } } }>(
      `mutation { createExperiment(input: { key: "e", name: "E", goal: "lead",
        variants: [{ key: "a", name: "A" }, { key: "b", name: "B" }] }) { ... on CreateExperimentSuccess { data { id } } } }`,
    )
    const { id } = createExperiment.data
    const variants = ['a', 'b'].map((key) => ({ key, content: content([form()]) }))
    const { path } = await publish(client, { experimentId: id, variants })
    await client.ask('mutation ($id: ID!) { startExperiment(id: $id) { __typename } }', { id })
    for (let visitor = 0; visitor < 8; visitor++)
      expect((await send(await open(path), { ...good, message: `${visitor}` })).status).toBe(303)
    const { experiment } = await client.ask<{
      experiment: { results: { goal: { variants: { variant: { key: string }; sum: number }[] } } }
    }>('{ experiment(key: "e") { results { goal { variants { variant { key } sum } } } } }')
    const counted = Object.fromEntries(experiment.results.goal.variants.map(({ variant, sum }) => [variant.key, sum]))
    const kept = await kernel.contexts
      .workspace(client.workspaceId, { type: 'system', name: 'test' })
      .db.prisma.formSubmission.groupBy({ by: ['variantKey'], _count: true })
    for (const { variantKey, _count } of kept) expect(counted[variantKey], variantKey).toBe(_count)
    expect(experiment.results.goal.variants.reduce((all, { sum }) => all + sum, 0)).toBe(8)
    // All converted: what Wilson's interval leaves of 100 %, z = 1.959964 at 95 %: n / (n + z²).
    const { page } = await client.ask<{ page: { variants: { key: string; performanceScore: number | null }[] } }>(
      'query ($slug: String!) { page(slug: $slug) { variants { key performanceScore } } }',
      { slug: path.split('/').at(-1) },
    )
    for (const { key, performanceScore } of page.variants) {
      const n = counted[key] ?? 0
      if (n === 0) expect(performanceScore).toBeNull()
      else expect(performanceScore).toBeCloseTo((100 * n) / (n + 1.959964 ** 2), 4)
    }
  })
})

describe('what no person has sent is held for spam, and its sender does not learn of it', () => {
  test.each([
    ['the trap is filled in', 'TRAP', 10, { ...good, homepage_url: 'https://spam.example' }, {}],
    ['it comes at once', 'TOO_FAST', 0, good, {}],
    ['it says that it is a program', 'BOT', 10, good, { 'user-agent': 'python-requests/2.32' }],
  ])('%s', async (_name, reason, seconds, fields, headers) => {
    const client = await signIn()
    const { path } = await publish(client)
    const response = await send(await open(path, {}, seconds), fields, headers)
    expect(response.status).toBe(303)
    expect(await submissions(client)).toEqual([expect.objectContaining({ status: 'SPAM', spamReason: reason })])
    expect(await conversions(client.workspaceId)).toBe(0)
  })

  test('one view of a page is used again and again', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const seen = await open(path)
    for (let index = 0; index < 7; index++) await send(seen, { ...good, message: `${index}` })
    expect(await submissions(client, { status: ['RECEIVED'] })).toHaveLength(5)
    expect(await submissions(client, { status: ['SPAM'] })).toHaveLength(2)
  })
})

describe('a form that is attacked', () => {
  test.each([
    ['no token', ''],
    ['a token of nobody’s', 'e30.AAAA'],
    ['a token that is changed', 'changed'],
    ['a long token', 'a'.repeat(100_000)],
  ])('%s keeps nothing, and the sender may send it again', async (_name, wrong) => {
    const client = await signIn()
    const { path } = await publish(client)
    const seen = await open(path)
    const token = wrong === 'changed' ? `A${seen.token.slice(1)}` : wrong
    const response = await send({ ...seen, token })
    expect(response.status).toBe(422)
    expect(await response.text()).toContain('send the form once more')
    expect(await submissions(client)).toEqual([])
  })

  test('a token of another workspace’s page, of another page, and of yesterday do not pass', async () => {
    const client = await signIn()
    const own = await open((await publish(client)).path)
    const sibling = await open((await publish(client)).path)
    const foreign = await open((await publish(await signIn())).path)
    for (const { token } of [sibling, foreign]) expect((await send({ ...own, token })).status).toBe(422)
    clock.ahead += 25 * 3600_000
    expect((await send(own)).status).toBe(422)
    expect(await submissions(client)).toEqual([])
  })

  test('what is signed for the tracker of a page says nothing of a view, and what is signed for a view is that one', async () => {
    const editor = await signIn({ role: 'editor' })
    const page = await publish(editor)
    const seen = await open(page.path)
    const service = kernel.service(tracking)
    const signed = service.readPageContext(seen.token)
    expect(signed).toMatchObject({ view: { shown: 'a' } })
    const { view: _view, ...withoutView } = signed as NonNullable<typeof signed>
    const { token } = service.pageContext(withoutView)
    expect((await send({ ...seen, token })).status).toBe(422)
    const [body = '', signature] = seen.token.split('.')
    const claim = JSON.parse(Buffer.from(body, 'base64url').toString())
    const claimed = Buffer.from(JSON.stringify({ ...claim, t: 0, k: 'b' })).toString('base64url')
    const forged = { ...seen, token: `${claimed}.${signature}` }
    expect((await send(forged)).status).toBe(422)
    expect((await send(seen)).status).toBe(303)
  })

  test('forms, pages and workspaces that are not there are not found', async () => {
    const { path } = await publish(await signIn())
    const seen = await open(path)
    for (const action of [
      `${path}/forms/other`,
      `${path}/forms/hero`,
      `${path}-2/forms/contact`,
      '/p/no/no/forms/contact',
    ])
      expect((await send({ ...seen, action })).status, action).toBe(404)
  })

  test('sent again and again from one address is slowed down', async () => {
    const { path } = await publish(await signIn())
    const seen = await open(path)
    const statuses = []
    for (let index = 0; index < 31; index++) statuses.push((await send(seen, { ...good, consent: 'no' })).status)
    expect(statuses).toEqual([...Array(30).fill(422), 429])
  })

  test('what is too large, of another kind, or not text is refused or mended, never a failure', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const seen = await open(path)
    expect((await send(seen, { ...good, message: 'x'.repeat(600_000) })).status).toBe(413)
    expect((await send(seen, { ...good, message: 'x'.repeat(101) })).status).toBe(422)
    const json = { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': chrome }, body: '{}' }
    expect((await fetch(url + seen.action, json)).status).toBe(415)
    expect((await send(seen, { ...good, message: 'a\u0000b', __proto__x: '1' })).status).toBe(303)
    const raw = await fetch(url + seen.action, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': chrome,
        'x-forwarded-for': seen.address,
      },
      body: `_token=${seen.token}&email=%FF%FE&consent=yes&consent=no&email=b@example.com`,
    })
    expect(raw.status).toBe(422)
    expect((await submissions(client)).map(({ values }) => values.message)).toEqual(['ab'])
  })
})

describe('submissions', () => {
  test('belong to their workspace, and to those who may read them', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    await send(await open(path))
    const [kept] = await submissions(client)
    const stranger = await signIn()
    expect(await submissions(stranger)).toEqual([])
    const erase = (by: SignedInClient) =>
      by.ask<{ answer: { __typename: string; data?: { count: number } } }>(
        'mutation ($ids: [ID!]!) { answer: deleteFormSubmissions(ids: $ids) { __typename ... on DeleteFormSubmissionsSuccess { data { count } } } }',
        { ids: [kept?.id] },
      )
    expect((await erase(stranger)).answer.data?.count).toBe(0)
    const viewer = await signIn({ role: 'viewer', workspace: client.workspaceId })
    expect((await erase(viewer)).answer.__typename).toBe('ForbiddenError')
    await expect(submissions(viewer)).rejects.toThrow('submissions:read')
    const editor = await signIn({ role: 'editor', workspace: client.workspaceId })
    expect(await submissions(editor)).toHaveLength(1)
    expect((await erase(client)).answer.data?.count).toBe(1)
    expect(await submissions(client)).toEqual([])
  })

  test('leave nothing of what was sent in the audit trail', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    await send(await open(path))
    const [kept] = await submissions(client)
    await client.ask('mutation ($id: ID!) { setFormSubmissionStatus(id: $id, status: SPAM) { __typename } }', {
      id: kept?.id,
    })
    await client.ask('mutation ($ids: [ID!]!) { deleteFormSubmissions(ids: $ids) { __typename } }', { ids: [kept?.id] })
    const trail = await kernel.contexts
      .workspace(client.workspaceId, { type: 'system', name: 'test' })
      .db.prisma.auditEntry.findMany({ where: { resourceType: 'FormSubmission' } })
    expect(trail).toHaveLength(2)
    expect(JSON.stringify(trail, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      'ada@example.com',
    )
  })

  test('can be told from spam by hand', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    await send(await open(path, {}, 0))
    const [held] = await submissions(client)
    await client.ask('mutation ($id: ID!) { setFormSubmissionStatus(id: $id, status: RECEIVED) { __typename } }', {
      id: held?.id,
    })
    expect(await submissions(client)).toEqual([expect.objectContaining({ status: 'RECEIVED', spamReason: null })])
  })
})

describe.skipIf(!existsSync(chromiumPath))('in a browser without script', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  test('a form is filled in, mended and sent, and the thanks take its place', async () => {
    const client = await signIn()
    const { path } = await publish(client)
    const context = await browser.newContext({
      javaScriptEnabled: false,
      userAgent: chrome,
      extraHTTPHeaders: { 'x-forwarded-for': nextAddress() },
    })
    const page = await context.newPage()
    await page.goto(url + path)
    expect(await page.getByRole('status').isVisible()).toBe(false)
    clock.ahead += 10_000
    await page.getByLabel('E-mail').fill('ada@example')
    await page.getByLabel('You may answer me').check()
    await page.getByRole('button', { name: 'Send' }).click()
    expect(await page.getByRole('alert').innerText()).toBe('Please check the fields that are marked.')
    expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('E-mail').fill('ada@example.com')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).isVisible()).toBe(false)
    expect(await submissions(client)).toHaveLength(1)
    await context.close()
  })
})
