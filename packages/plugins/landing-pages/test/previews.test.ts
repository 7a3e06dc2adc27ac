import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

/** A clock that tests push forward: preview links expire. */
const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
const { url, kernel, signIn } = await servedKernel([tracking, experiments, landingPages], { clock })

const content = (title: string, blocks: object[] = []) => ({
  root: { props: { title: 'Offer' } },
  content: [{ type: 'Hero', props: { id: 'hero', title } }, ...blocks],
})

/** A page with one variant. */
async function draft(client: SignedInClient, of: object = content('First')) {
  const { createPage } = await client.ask<{ createPage: { data: { id: string; variants: [{ id: string }] } } }>(
    'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id variants { id } } } } }',
    { input: { slug: `p-${uuidv7()}`, title: 'P', variants: [{ key: 'a', content: of }] } },
  )
  const { id, variants } = createPage.data
  return { pageId: id, id: variants[0].id }
}

interface Link {
  __typename: string
  message?: string
  data?: { url: string; expiresAt: string; preview: { id: string } }
}

async function link(client: SignedInClient, id: string, expiresAt?: Date): Promise<Link> {
  const { answer } = await client.ask<{ answer: Link }>(
    `mutation ($id: ID!, $expiresAt: DateTime) { answer: createPreviewLink(variantId: $id, expiresAt: $expiresAt) {
      __typename ... on Error { message } ... on CreatePreviewLinkSuccess { data { url expiresAt preview { id } } } } }`,
    { id, expiresAt: expiresAt?.toISOString() },
  )
  return answer
}

async function revoke(client: SignedInClient, id: string | undefined) {
  const { answer } = await client.ask<{ answer: { __typename: string; message?: string } }>(
    'mutation ($id: ID!) { answer: revokePreviewLink(id: $id) { __typename ... on Error { message } } }',
    { id },
  )
  return answer
}

const follow = (address: string | undefined) =>
  fetch(url + new URL(address ?? '').pathname, { headers: { 'user-agent': 'Mozilla/5.0 Chrome/141.0' } })

interface Listed {
  createdByName: string
  createdByType: string
  expiresAt: string
  revokedAt: string | null
  isActive: boolean
  variant: { key: string }
}

async function listed(client: SignedInClient, filter: Record<string, unknown> = {}): Promise<Listed[]> {
  const { pagePreviews } = await client.ask<{ pagePreviews: { nodes: Listed[] } }>(
    `query ($filter: PagePreviewFilter) { pagePreviews(filter: $filter) {
      nodes { createdByName createdByType expiresAt revokedAt isActive variant { key } } } }`,
    { filter },
  )
  return pagePreviews.nodes
}

describe('a preview link', () => {
  test('shows the draft as it is, tracks nobody, and is for no search engine', async () => {
    const client = await signIn()
    const form = {
      type: 'Form',
      props: {
        id: 'f',
        heading: 'H',
        fields: [{ name: 'email', label: 'E' }],
        label: 'Send',
        thanks: { heading: 'T' },
      },
    }
    const { id } = await draft(client, content('First', [form]))
    const { data } = await link(client, id)
    await client.ask(
      'mutation ($id: ID!, $content: JSON!) { updatePageVariant(id: $id, content: $content) { __typename } }',
      {
        id,
        content: content('Second', [form]),
      },
    )
    const response = await follow(data?.url)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    })
    expect(response.headers.get('set-cookie')).toBeNull()
    const html = await response.text()
    expect(html).toContain('<h1>Second</h1>')
    expect(html).toContain('<meta name="robots" content="noindex, nofollow">')
    expect(html).toMatch(/<button class="button" disabled>/)
    expect(html).not.toMatch(/<script|_token|action=/)
  })

  test('ends when it says', async () => {
    const client = await signIn()
    const { id } = await draft(client)
    const { data } = await link(client, id, new Date(clock.now().getTime() + 3600_000))
    expect((await follow(data?.url)).status).toBe(200)
    clock.ahead += 3600_001
    expect((await follow(data?.url)).status).toBe(410)
  })

  test('is not made for longer than 30 days, nor for the past', async () => {
    const client = await signIn()
    const { id } = await draft(client)
    for (const ms of [-1, 31 * 24 * 3600_000])
      expect((await link(client, id, new Date(clock.now().getTime() + ms))).__typename).toBe('InvalidInputError')
  })

  test('cannot be forged, and is not made for another workspace', async () => {
    const client = await signIn()
    const { id } = await draft(client)
    expect((await link(await signIn(), id)).__typename).toBe('NotFoundError')
    const address = (await link(client, id)).data?.url ?? ''
    const [body = '', signature = ''] = address.split('/').at(-1)?.split('.') ?? []
    const facts = JSON.parse(Buffer.from(body, 'base64url').toString())
    const later = Buffer.from(JSON.stringify({ ...facts, x: facts.x + 1e9 })).toString('base64url')
    for (const token of [`${later}.${signature}`, body, `${body}.`, `${body}.AAAA`, 'x', '%00', 'a'.repeat(8_000)])
      expect((await fetch(`${url}/preview/${token}`)).status, token.slice(0, 40)).toBe(404)
  })

  test('of an archived page shows nothing', async () => {
    const client = await signIn()
    const { id, pageId } = await draft(client)
    const { data } = await link(client, id)
    await client.ask('mutation ($id: ID!) { archivePage(id: $id) { __typename } }', { id: pageId })
    expect((await follow(data?.url)).status).toBe(404)
  })

  test('is listed: who made it, for which variant, until when, and whether it still shows anything', async () => {
    const client = await signIn()
    const { id } = await draft(client)
    const other = await draft(client)
    const first = (await link(client, id)).data
    await link(client, other.id, new Date(clock.now().getTime() + 3600_000))
    const { viewer } = await client.ask<{ viewer: { user: { name: string } } }>('{ viewer { user { name } } }')
    const seen = { createdByName: viewer.user.name, createdByType: 'USER', revokedAt: null, variant: { key: 'a' } }
    expect(await listed(client, { variantId: [id] })).toEqual([
      { ...seen, expiresAt: first?.expiresAt, isActive: true },
    ])
    clock.ahead += 3600_001
    expect((await listed(client)).map(({ isActive }) => isActive)).toEqual([false, true])
    expect(await listed(await signIn())).toEqual([])
    // Whoever may read the list is not thereby invited by every link on it.
    expect(JSON.stringify(await listed(client))).not.toContain('/preview/')
  })

  test('is revoked singly, at once', async () => {
    const client = await signIn()
    const { id } = await draft(client)
    const [one, another] = [(await link(client, id)).data, (await link(client, id)).data]
    expect((await revoke(client, one?.preview.id)).__typename).toBe('RevokePreviewLinkSuccess')
    const refused = await follow(one?.url)
    expect([refused.status, await refused.text()]).toEqual([410, expect.stringContaining('called back')])
    expect(refused.headers.get('cache-control')).toBe('private, no-store')
    expect((await follow(another?.url)).status).toBe(200)
    expect((await listed(client)).map(({ isActive, revokedAt }) => [isActive, revokedAt !== null])).toEqual([
      [true, false],
      [false, true],
    ])
    expect(await revoke(client, one?.preview.id)).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('revoked already'),
    })
    const trail = await kernel.contexts
      .workspace(client.workspaceId, { type: 'system', name: 'test' })
      .db.prisma.auditEntry.findMany({ where: { action: 'revokePreviewLink' } })
    expect(trail).toEqual([expect.objectContaining({ resourceType: 'PageVariant', actorType: 'user' })])
  })

  test('is revoked by whoever made it, and by who may change pages; by nobody else', async () => {
    const editor = await signIn()
    const viewer = await signIn({ role: 'viewer', workspace: editor.workspaceId })
    const { id } = await draft(editor)
    const ofEditor = (await link(editor, id)).data?.preview.id
    const [own, other] = [(await link(viewer, id)).data?.preview.id, (await link(viewer, id)).data?.preview.id]
    expect(await revoke(viewer, ofEditor)).toMatchObject({
      __typename: 'ForbiddenError',
      message: expect.stringContaining('pages:write'),
    })
    expect((await revoke(viewer, own)).__typename).toBe('RevokePreviewLinkSuccess')
    expect((await revoke(editor, other)).__typename).toBe('RevokePreviewLinkSuccess')
    expect((await revoke(await signIn(), ofEditor)).__typename).toBe('NotFoundError')
  })
})
