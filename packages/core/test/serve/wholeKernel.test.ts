import { serverAudits } from 'graphql-http'
import { createClient } from 'graphql-ws'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { definePlugin, defineTopic } from '../../src/index.ts'
import { servedKernel } from '../../src/testing/index.ts'

/** The serving layer on everything real: database, sign-in, keys, the product's own schemas. */
const rang = defineTopic<{ note: string }>({ name: 'bells.rang' })
const bells = definePlugin({
  name: 'bells',
  permissions: { 'bells:read': 'Hear the bells' },
  setup: ({ live }) => live,
  schema: [
    (builder, live) => {
      builder.subscriptionField('bell', (t) =>
        t.string({
          description: 'The note of a bell, whenever it rings.',
          authScopes: { permission: 'bells:read' },
          subGraphs: ['admin', 'public'],
          extensions: { live: { shared: true } },
          subscribe: (_root, _args, ctx) => live.subscribe(ctx.workspaceId, rang, 'tower', ctx.request.signal) as never,
          resolve: (heard) => (heard as unknown as { message: { note: string } }).message.note,
        }),
      )
    },
  ],
})

const { kernel, url, signIn, createWorkspace } = await servedKernel([bells])

function listen(credentials: { key?: string; headers?: Record<string, string> }) {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers: credentials.headers ?? {} })
    }
  }
  const closed = Promise.withResolvers<number>()
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeaders,
    retryAttempts: 0,
    ...(credentials.key ? { connectionParams: { authorization: `Bearer ${credentials.key}` } } : {}),
    on: { closed: (event) => closed.resolve((event as CloseEvent).code) },
  })
  onTestFinished(() => void client.dispose())
  const heard: unknown[] = []
  const refusals: unknown[] = []
  client.subscribe(
    { query: 'subscription { bell }' },
    {
      next: ({ data, errors }) => (errors ? refusals.push(...errors) : heard.push(data?.bell)),
      error: (error) => refusals.push(error),
      complete: () => {},
    },
  )
  return { heard, refusals, closed: closed.promise }
}

/** Rings until it is heard: a subscription takes a moment to stand. */
const ringUntil = (workspaceId: string, heard: () => boolean) =>
  expect
    .poll(() => {
      kernel.live.publish(workspaceId, rang, 'tower', { note: 'C' })
      return heard()
    })
    .toBe(true)

describe('A subscription', () => {
  it('of a key hears its own workspace, and nothing any more when the key is revoked', async () => {
    const owner = await signIn()
    const other = await createWorkspace()
    const { id, key } = await kernel.access.createApiKey(owner.workspaceId, {
      name: 'listener',
      scopes: ['bells:read'],
    })
    const { key: foreignKey } = await kernel.access.createApiKey(other, { name: 'neighbor', scopes: ['bells:read'] })
    const [listener, neighbor] = [listen({ key }), listen({ key: foreignKey })]
    await ringUntil(owner.workspaceId, () => listener.heard.length > 0)
    expect(neighbor.heard).toEqual([])
    const globalId = Buffer.from(`ApiKey:${id}`).toString('base64')
    expect(
      await owner.answer('mutation Revoke($id: ID!) { revokeApiKey(id: $id) { __typename } }', { id: globalId }),
    ).not.toHaveProperty('errors')
    expect(await listener.closed).toBe(4403)
  })

  it('of a person ends with the session', async () => {
    const editor = await signIn({ role: 'editor' })
    const listener = listen({ headers: editor.headers })
    await ringUntil(editor.workspaceId, () => listener.heard.length > 0)
    await fetch(`${url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { ...editor.headers, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(await listener.closed).toBe(4403)
  })

  it('takes the permission of its field', async () => {
    const workspaceId = await createWorkspace()
    const { key } = await kernel.access.createApiKey(workspaceId, { name: 'deaf', scopes: ['audit:read'] })
    const deaf = listen({ key })
    await expect.poll(() => deaf.refusals).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    const stranger = listen({})
    await expect.poll(() => stranger.refusals).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })
})

describe("The product's own schema", () => {
  it('answers the same interpreted and compiled, errors included', async () => {
    const viewer = await signIn({ role: 'viewer' })
    const query = `mutation Try($scopes: [String!]!) { createApiKey(input: { name: "k", scopes: $scopes }) { __typename ... on InvalidInputError { code message } ... on ForbiddenError { code message } } }`
    const owner = await signIn()
    const stable = (answer: unknown) =>
      JSON.parse(JSON.stringify(answer, (key, value) => (key === 'traceId' || key === 'rateLimit' ? 'another' : value)))
    for (const person of [viewer, owner]) {
      const [first, ...later] = await Promise.all([1, 2, 3, 4, 5].map(() => person.answer(query, { scopes: [] })))
      for (const answer of later) expect(stable(answer)).toEqual(stable(first))
      expect(JSON.stringify(first)).toMatch(/FORBIDDEN|INVALID_INPUT/)
    }
  })

  it.each(['/graphql', '/graphql/public'])('passes all 61 audits of GraphQL over HTTP on %s', async (path) => {
    const audits = serverAudits({ url: url + path })
    expect(audits).toHaveLength(61)
    const failed: string[] = []
    for (const audit of audits) {
      const result = await audit.fn()
      if (result.status !== 'ok') failed.push(`${audit.name}: ${result.reason}`)
    }
    expect(failed).toEqual([])
  })

  it('shows its pools and jobs to Prometheus', async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toMatch(/espalier_database_connections\{pool="app",state="open"\} \d+/)
    expect(text).toContain('espalier_jobs')
    expect((await (await fetch(`${url}/readyz`)).json()).status).toBe('ready')
  })
})
