import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { beforeAll, describe, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import { serverOf } from '../src/webhooks/serverOf.ts'

const operations = operationsPlugin({ mayAsk: () => true })
const { kernel, url: server, signIn } = await servedKernel([mail, operations])

const chat = 'https://hooks.chat.example/services/T0/B0/xoxSecret'
const list = (filter: string) => `{ webhookEndpoints(filter: ${filter}) { nodes { url } } }`

type Client = Awaited<ReturnType<typeof signIn>>
let owner: Client
let viewer: Client

beforeAll(async () => {
  owner = await signIn()
  viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
  for (const url of [chat, 'https://example.com/'])
    await owner.ask(
      'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { __typename } }',
      {
        input: { url, description: 'Tells the team' },
      },
    )
})

describe('the address of an endpoint', () => {
  test('is whole for who may change it', async () => {
    expect(await owner.ask(list('{ search: "xoxSecret" }'))).toEqual({ webhookEndpoints: { nodes: [{ url: chat }] } })
    expect(await owner.ask(list('{ url: { contains: "xox" } }'))).toEqual({
      webhookEndpoints: { nodes: [{ url: chat }] },
    })
  })

  test('is its server for everybody else, whichever way leads there', async () => {
    const { webhookEndpoints } = await viewer.ask<{ webhookEndpoints: { nodes: { id: string; url: string }[] } }>(
      '{ webhookEndpoints { nodes { id url } } }',
    )
    expect(webhookEndpoints.nodes.map(({ url }) => url).sort()).toEqual([
      'https://example.com/',
      'https://hooks.chat.example/…',
    ])
    for (const { id } of webhookEndpoints.nodes) {
      const node = await viewer.ask('query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { url } } }', { id })
      expect(JSON.stringify(node)).not.toContain('xoxSecret')
    }
  })

  test('is not found out letter by letter', async () => {
    expect(await viewer.ask(list('{ search: "xoxSecret" }'))).toEqual({ webhookEndpoints: { nodes: [] } })
    expect(await viewer.ask(list('{ search: "team" }'))).toMatchObject({ webhookEndpoints: { nodes: [{}, {}] } })
    await expect(viewer.ask(list('{ url: { startsWith: "https://hooks.chat.example/services/T" } }'))).rejects.toThrow(
      'operations:write',
    )
  })
})

describe('the audit trail', () => {
  const trail = `{ auditEntries(first: 50, filter: { resourceType: { equals: "WebhookEndpoint" } }) { nodes { before after } } }`
  test('shows the address of an endpoint as the endpoint does, in entries of any age', async () => {
    const { webhookEndpoints } = await owner.ask<{ webhookEndpoints: { nodes: { id: string }[] } }>(
      list('{ search: "xoxSecret" }').replace('url', 'id'),
    )
    await owner.ask(
      'mutation ($id: ID!) { updateWebhookEndpoint(id: $id, input: { description: "Of the shop" }) { __typename } }',
      { id: webhookEndpoints.nodes[0]?.id },
    )
    const key = withScopes
    const whole = await (await key(['audit:read', 'operations:read', 'operations:write'])).ask(trail)
    expect(JSON.stringify(whole).split(chat)).toHaveLength(4)
    const masked = JSON.stringify(await (await key(['audit:read', 'operations:read'])).ask(trail))
    expect(masked).not.toContain('xoxSecret')
    expect(masked.split('https://hooks.chat.example/…')).toHaveLength(4)
    expect(masked).toContain('Of the shop')
    for (const [more, seen] of [
      [['operations:write'], true],
      [[], false],
    ] as const) {
      const file = await (await withScopes(['audit:read', 'operations:read', ...more])).download()
      expect(file).toContain('hooks.chat.example')
      expect(file.includes('xoxSecret')).toBe(seen)
    }
  })
})

test.each([
  ['https://example.com', 'https://example.com/'],
  ['https://example.com/?token=x', 'https://example.com/…'],
  ['https://ada:secret@example.com:8443/hooks#x', 'https://example.com:8443/…'],
])('of %s %s is shown', (address, shown) => {
  expect(serverOf(address)).toBe(shown)
})

/** An API key of the owner's workspace. */
async function withScopes(scopes: readonly string[]) {
  const { key } = await kernel.access.createApiKey(owner.workspaceId, { name: 'Auditor', scopes })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const ask = async (query: string) => {
    const response = await fetch(`${server}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    return response.json() as Promise<{ data?: { exportAuditEntries?: { data: { url: string } } } }>
  }
  const download = async () => {
    const { data } = await ask(
      'mutation { exportAuditEntries { ... on ExportAuditEntriesSuccess { data { url } } ... on Error { message } } }',
    )
    const { pathname } = new URL(data?.exportAuditEntries?.data.url as string)
    return (await fetch(server + pathname, { headers })).text()
  }
  return { ask, download }
}
