import { existsSync } from 'node:fs'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { type Browser, chromium } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'
import { fullPage } from './leastProps.ts'

const { url, signIn } = await servedKernel([tracking, experiments, landingPages])

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

function content(title: string, blocks: unknown[] = []) {
  return { root: { props: { title } }, content: [{ type: 'Hero', props: { id: 'hero', title } }, ...blocks] }
}

interface Answer {
  __typename: string
  message?: string
  issues?: { path: string; message: string }[]
  data?: { id: string; status: string; slug: string; url: string }
}

const fields = (success: string) => `__typename
  ... on Error { message }
  ... on InvalidInputError { issues { path message } }
  ... on ${success} { data { id status slug url } }`

async function create(client: SignedInClient, input: object = {}): Promise<Answer> {
  const page = {
    slug: `p-${uuidv7()}`,
    title: 'Offer',
    variants: [{ key: 'control', content: content('First') }],
    ...input,
  }
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation ($input: CreatePageInput!) { answer: createPage(input: $input) { ${fields('CreatePageSuccess')} } }`,
    { input: page },
  )
  return answer
}

async function update(client: SignedInClient, id: string | undefined, input: object): Promise<Answer> {
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation ($id: ID!, $input: UpdatePageInput!) { answer: updatePage(id: $id, input: $input) { ${fields('UpdatePageSuccess')} } }`,
    { id, input },
  )
  return answer
}

async function act(
  client: SignedInClient,
  mutation: 'publishPage' | 'archivePage',
  id: string | undefined,
): Promise<Answer> {
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation ($id: ID!) { answer: ${mutation}(id: $id) { ${fields(mutation === 'publishPage' ? 'PublishPageSuccess' : 'ArchivePageSuccess')} } }`,
    { id },
  )
  return answer
}

/** Asks for a page as a browser does. */
function visit(address: string | undefined, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${new URL(address ?? '').pathname}`, {
    headers: { 'user-agent': chrome, 'x-forwarded-for': '192.0.2.7', ...headers },
  })
}

async function published(client: SignedInClient, input: object = {}): Promise<Answer['data']> {
  const { data } = await create(client, input)
  expect((await act(client, 'publishPage', data?.id)).message).toBeUndefined()
  return data
}

describe('a page', () => {
  test('is a draft that nobody sees, until it is published', async () => {
    const client = await signIn()
    const { data } = await create(client)
    expect(data?.status).toBe('DRAFT')
    expect((await visit(data?.url)).status).toBe(404)
    expect((await act(client, 'publishPage', data?.id)).data?.status).toBe('ACTIVE')
    const response = await visit(data?.url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain('<h1>First</h1>')
  })

  test('shows a change only after it is published', async () => {
    const client = await signIn()
    const page = await published(client)
    await update(client, page?.id, { variants: [{ key: 'control', content: content('Second') }] })
    expect(await (await visit(page?.url)).text()).toContain('<h1>First</h1>')
    await act(client, 'publishPage', page?.id)
    expect(await (await visit(page?.url)).text()).toContain('<h1>Second</h1>')
  })

  test('is gone once archived', async () => {
    const client = await signIn()
    const page = await published(client)
    expect((await act(client, 'archivePage', page?.id)).data?.status).toBe('ARCHIVED')
    expect((await visit(page?.url)).status).toBe(404)
  })

  test('carries its language, title, canonical address and the tracker', async () => {
    const page = await published(await signIn(), { language: 'fr' })
    const html = await (await visit(page?.url)).text()
    expect(html).toContain('<html lang="fr">')
    expect(html).toContain('<title>First</title>')
    expect(html).toContain(`<link rel="canonical" href="${page?.url}">`)
    expect(html).toMatch(/<script [^>]*defer src="\/t\.js" data-site="\w+"/)
  })

  test('is served to crawlers without a tracker, and to people who ask not to be tracked', async () => {
    const page = await published(await signIn())
    for (const headers of [
      { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' },
      { dnt: '1' },
      { 'sec-gpc': '1' },
    ]) {
      const response = await visit(page?.url, headers as unknown as Record<string, string>)
      expect(response.status).toBe(200)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(await response.text()).not.toContain('espalier-context')
    }
  })

  test('belongs to its workspace', async () => {
    const client = await signIn()
    const stranger = await signIn()
    const { data } = await create(client)
    expect((await act(stranger, 'publishPage', data?.id)).__typename).toBe('NotFoundError')
    expect((await update(stranger, data?.id, { title: 'Mine' })).__typename).toBe('NotFoundError')
    expect(await stranger.ask('{ pages { totalCount } }')).toEqual({ pages: { totalCount: 0 } })
    const viewer = await signIn({ role: 'viewer', workspace: client.workspaceId })
    expect((await act(viewer, 'publishPage', data?.id)).__typename).toBe('ForbiddenError')
  })

  test('an address that nobody published is not found, in whatever workspace', async () => {
    const page = await published(await signIn())
    const workspace = new URL(page?.url ?? '').pathname.split('/')[2]
    for (const path of ['/p/nobody/nothing', `/p/${workspace}/nothing`, `/p/${workspace}/..%2f..%2fetc`, '/p/%00/%00'])
      expect((await fetch(url + path)).status, path).toBe(404)
  })

  test('a slug belongs to one page of a workspace, also when two take it at once', async () => {
    const client = await signIn()
    const answers = await Promise.all([create(client, { slug: 'taken' }), create(client, { slug: 'taken' })])
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'CreatePageSuccess'])
    expect((await create(await signIn(), { slug: 'taken' })).__typename).toBe('CreatePageSuccess')
  })

  const hero = (props: object) => ({
    root: { props: { title: 'T' } },
    content: [{ type: 'Hero', props: { id: 'h', title: 'T', ...props } }],
  })
  test.each([
    [
      'a block that does not exist',
      { ...content('T'), content: [{ type: 'Marquee', props: { id: 'a' } }] },
      'content.0.type',
    ],
    [
      'a block without an id',
      { ...content('T'), content: [{ type: 'Text', props: { text: 'x' } }] },
      'content.0.props.id',
    ],
    [
      'two blocks with one id',
      { ...content('T'), content: [1, 2].map(() => ({ type: 'Text', props: { id: 'a', text: 'x' } })) },
      'content',
    ],
    ['an empty headline', hero({ title: ' ' }), 'content.0.props.title'],
    [
      'a link that is a script',
      hero({ action: { label: 'Go', href: 'javascript:alert(1)' } }),
      'content.0.props.action.href',
    ],
    [
      'a link that is data',
      hero({ action: { label: 'Go', href: 'data:text/html,<script>' } }),
      'content.0.props.action.href',
    ],
    [
      'a link to another host in disguise',
      hero({ action: { label: 'Go', href: '//evil.example' } }),
      'content.0.props.action.href',
    ],
    ['a page without a title', { root: { props: {} }, content: [] }, 'root.props.title'],
    ['no content at all', 'nothing', ''],
  ])('%s is refused, and names the field', async (_name, broken, path) => {
    const client = await signIn()
    const { __typename, issues } = await create(client, { variants: [{ key: 'control', content: broken }] })
    expect(__typename).toBe('InvalidInputError')
    expect(issues?.map((issue) => issue.path)).toEqual([`input.variants.0.content${path && `.${path}`}`])
    expect(await client.ask('{ pages { totalCount } }')).toEqual({ pages: { totalCount: 0 } })
  })
})

describe.skipIf(!existsSync(chromiumPath))('what people write is text', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  const attacks = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</title><script>alert(1)</script>',
    '</style><script>alert(1)</script>',
    '<!--tracker--><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '{{constructor.constructor("alert(1)")()}}',
    '<svg/onload=alert(1)>',
  ]
  test.each(attacks)('%s', async (attack) => {
    const page = await published(await signIn(), {
      title: attack,
      variants: [
        {
          key: 'control',
          content: fullPage(attack),
        },
      ],
    })
    const html = await (await visit(page?.url)).text()
    const elements = await inBrowser(html)
    expect(elements.map(({ tag }) => tag).filter((tag) => !ours.has(tag))).toEqual([])
    expect(elements.filter(({ tag }) => tag === 'SCRIPT')).toEqual([
      expect.objectContaining({ text: '', attributes: ['id', 'defer', 'src', 'data-site', 'data-context'] }),
    ])
    expect(elements.flatMap(({ attributes }) => attributes).filter((name) => name.startsWith('on'))).toEqual([])
    expect(elements.filter(({ tag }) => tag === 'TITLE').map(({ text }) => text)).toEqual([attack])
  })

  /** Elements that the blocks and the document make, and nothing else does. */
  const ours = new Set(
    [
      'HTML HEAD META TITLE LINK STYLE SCRIPT BODY MAIN SECTION H1 H2 H3 P A UL LI FOOTER DIV SPAN B SMALL IMG',
      'FIGURE FIGCAPTION BLOCKQUOTE DETAILS SUMMARY FORM LABEL LEGEND FIELDSET INPUT SELECT OPTION TEXTAREA BUTTON',
    ].flatMap((names) => names.split(' ')),
  )

  /** The document as a browser understands it: its parser decides, not a pattern of ours. */
  async function inBrowser(html: string): Promise<{ tag: string; text: string; attributes: string[] }[]> {
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.setContent(html)
    const elements = await page.locator('*').evaluateAll((all) =>
      all.map((element) => ({
        tag: element.tagName,
        text: element.textContent ?? '',
        attributes: element.getAttributeNames(),
      })),
    )
    await page.close()
    return elements
  }
})

describe('a page under experiment', () => {
  const variants = [
    { key: 'control', content: content('First') },
    { key: 'bold', content: content('Second') },
  ]

  async function underExperiment(client: SignedInClient) {
    const { createExperiment } = await client.ask<{ createExperiment: { data: { id: string } } }>(
      `mutation { createExperiment(input: { key: "e-${uuidv7()}", name: "E", goal: "signup",
        variants: [{ key: "control", name: "C" }, { key: "bold", name: "B" }] }) { ... on CreateExperimentSuccess { data { id } } } }`,
    )
    const experimentId = createExperiment.data.id
    const start = () => client.ask(`mutation { startExperiment(id: "${experimentId}") { __typename } }`)
    const complete = (winner: string) =>
      client.ask(`mutation { completeExperiment(id: "${experimentId}", winner: "${winner}") { __typename } }`)
    return { experimentId, start, complete }
  }

  const headline = async (response: Response) => /<h1>(.*?)<\/h1>/.exec(await response.text())?.[1]

  test('shows each visitor one variant, and the same on every visit', async () => {
    const client = await signIn()
    const { experimentId, start } = await underExperiment(client)
    const page = await published(client, { experimentId, variants })
    await start()
    const seen = new Set<string | undefined>()
    for (let visitor = 0; visitor < 20; visitor++) {
      const first = await visit(page?.url)
      const cookie = first.headers
        .getSetCookie()
        .map((set) => set.split(';')[0])
        .join('; ')
      expect(cookie).toContain('espalier_visitor=')
      const shown = await headline(first)
      seen.add(shown)
      const again = await visit(page?.url, { cookie })
      expect(again.headers.get('set-cookie')).toBeNull()
      expect(await headline(again)).toBe(shown)
    }
    expect([...seen].sort()).toEqual(['First', 'Second'])
  })

  test('shows whoever is not counted the first variant at every visit, and the winner once there is one', async () => {
    const client = await signIn()
    const { experimentId, start, complete } = await underExperiment(client)
    const page = await published(client, { experimentId, variants })
    await start()
    const uncounted = [{ dnt: '1' }, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' }] as Record<
      string,
      string
    >[]
    for (const headers of uncounted)
      for (let again = 0; again < 8; again++) expect(await headline(await visit(page?.url, headers))).toBe('First')
    await complete('bold')
    for (const headers of uncounted) expect(await headline(await visit(page?.url, headers))).toBe('Second')
  })

  test('shows the first variant before the experiment starts, and the winner after it', async () => {
    const client = await signIn()
    const { experimentId, start, complete } = await underExperiment(client)
    const page = await published(client, { experimentId, variants })
    for (let visitor = 0; visitor < 5; visitor++) expect(await headline(await visit(page?.url))).toBe('First')
    await start()
    await complete('bold')
    for (let visitor = 0; visitor < 5; visitor++) expect(await headline(await visit(page?.url))).toBe('Second')
  })

  test('is not published while the experiment has a variant without content', async () => {
    const client = await signIn()
    const { experimentId } = await underExperiment(client)
    const { data } = await create(client, { experimentId })
    expect(await act(client, 'publishPage', data?.id)).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('bold'),
    })
    expect((await visit(data?.url)).status).toBe(404)
  })

  test('keeps its experiment and its language when only its title changes', async () => {
    const client = await signIn()
    const { experimentId } = await underExperiment(client)
    const { data } = await create(client, { experimentId, language: 'fr' })
    expect((await update(client, data?.id, { title: 'Other' })).__typename).toBe('UpdatePageSuccess')
    const { node } = await client.ask<{ node: object }>(
      'query ($id: ID!) { node(id: $id) { ... on Page { title language experiment { id } } } }',
      { id: data?.id },
    )
    expect(node).toEqual({ title: 'Other', language: 'fr', experiment: { id: experimentId } })
  })

  test('takes only an experiment of its own workspace', async () => {
    const { experimentId } = await underExperiment(await signIn())
    expect((await create(await signIn(), { experimentId })).issues?.[0]?.path).toBe('input.experimentId')
  })
})
