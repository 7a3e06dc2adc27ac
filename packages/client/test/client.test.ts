import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type SqlContext, sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { afterAll, describe, expect, test } from 'vitest'
import { type Client, createClient, EspalierError, type TypedDocument, unwrap, visitorOf } from '../src/index.ts'

const { kernel, url, signIn } = await servedKernel([tracking, experiments])

/** A workspace, and a client with a key of it. */
async function integration(
  scopes = [
    'tracking:read',
    'tracking:write',
    'tracking:ingest',
    'experiments:write',
    'experiments:read',
    'experiments:evaluate',
  ],
) {
  const owner = await signIn()
  const { createApiKey } = await owner.ask<{ createApiKey: { data: { key: string } } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeySuccess { data { key } } } }',
    { input: { name: 'Integration', scopes } },
  )
  const { key } = createApiKey.data
  const workspace = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
  return { owner, key, workspace, client: createClient({ url, key }) }
}

const createExperiment = `mutation ($key: String!) {
  createExperiment(input: { key: $key, name: "Headline", goal: "signup", variants: [{ key: "a", name: "A" }, { key: "b", name: "B" }] }) {
    __typename ... on CreateExperimentSuccess { data { id key } } ... on Error { code message }
    ... on InvalidInputError { issues { path code message } } } }` as TypedDocument<
  {
    createExperiment:
      | { __typename: 'CreateExperimentSuccess'; data: { id: string; key: string } }
      | { __typename: 'InvalidInputError'; code: string; message: string }
  },
  { key: string }
>
const list = '{ experiments { nodes { key } } }' as TypedDocument<
  { experiments: { nodes: { key: string }[] } },
  Record<string, never>
>
const keysOf = async ({ query }: Client) => (await query(list)).experiments.nodes.map(({ key }) => key).sort()

const siteOf = async (workspace: SqlContext) => (await kernel.service(tracking).sites.ensure(workspace, 'Shop')).key

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** A server that may do as it likes before it passes requests on to the real one. */
async function before(
  handle: (
    request: IncomingMessage,
    count: number,
  ) => 'pass' | 'cut after' | 'cut' | { status: number; headers?: Record<string, string>; body?: object },
) {
  let count = 0
  const times: number[] = []
  const listener: RequestListener = async (request, response) => {
    count += 1
    times.push(performance.now())
    const decided = handle(request, count)
    if (decided === 'cut') return void request.socket.destroy()
    if (typeof decided === 'object') {
      response.writeHead(decided.status, { 'content-type': 'application/json', ...decided.headers })
      return void response.end(JSON.stringify(decided.body ?? {}))
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers as Record<string, string>
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const answer = await fetch(url + request.url, {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
      signal: gone.signal,
    })
    if (decided === 'cut after') return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    try {
      for await (const chunk of answer.body as ReadableStream<Uint8Array>) response.write(chunk)
    } catch {
      // The caller has gone.
    }
    response.end()
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    times,
    cutAll: () => server.closeAllConnections(),
  }
}

const quick = { firstMs: 5, attempts: 4 }
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error) => (error as EspalierError).code,
  )

describe('queries and mutations', () => {
  test('a query gives its data, a mutation its union', async () => {
    const { client } = await integration()
    const made = await client.mutate(createExperiment, { key: 'headline' })
    expect(unwrap(made.createExperiment)).toMatchObject({ key: 'headline' })
    expect(await keysOf(client)).toEqual(['headline'])
  })

  test('what a mutation refuses is an error with its code and issues, for those who unwrap', async () => {
    const { client } = await integration()
    const refused = (await client.mutate(createExperiment, { key: '' })).createExperiment
    expect(refused.__typename).toBe('InvalidInputError')
    expect(() => unwrap(refused)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path: 'input.key' })] }),
    )
  })

  test('a key that opens nothing, one without the scope, and a wrong document say so, with a trace', async () => {
    const { key } = await integration(['tracking:ingest'])
    expect(await codeOf(createClient({ url, key: 'esp_nothing' }).query(list))).toBe('UNAUTHENTICATED')
    const error = await createClient({ url, key })
      .query(list)
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(EspalierError)
    expect(error).toMatchObject({ code: 'FORBIDDEN', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(await codeOf(createClient({ url, key }).query('{ nothing }'))).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(() => createClient({ url: 'example.com' })).toThrow(expect.objectContaining({ code: 'BAD_URL' }))
  })

  test('a session of the browser works as a key does', async () => {
    const { owner, client } = await integration()
    await client.mutate(createExperiment, { key: 'headline' })
    const { cookie = '', origin = '' } = owner.headers
    const person = createClient({ url, workspace: owner.workspaceId, schema: 'admin', headers: { cookie, origin } })
    expect(await keysOf(person)).toEqual(['headline'])
  })
})

describe('repetitions', () => {
  test('a query is asked again after a broken connection, and as late as the server says', async () => {
    const { key } = await integration()
    const proxy = await before((_request, count) =>
      count === 1
        ? 'cut'
        : count === 2
          ? {
              status: 503,
              headers: { 'retry-after': '1' },
              body: { errors: [{ message: 'x', extensions: { code: 'UNAVAILABLE' } }] },
            }
          : 'pass',
    )
    const client = createClient({ url: proxy.url, key, retry: quick })
    expect(await keysOf(client)).toEqual([])
    expect(proxy.times).toHaveLength(3)
    expect((proxy.times[2] as number) - (proxy.times[1] as number)).toBeGreaterThan(950)
  })

  test('what the client did wrong, and what lasts too long, is not repeated', async () => {
    const { key } = await integration()
    const wrong = await before(() => 'pass')
    await codeOf(createClient({ url: wrong.url, key, retry: quick }).query('{ nothing }'))
    expect(wrong.times).toHaveLength(1)
    const limited = await before(() => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      body: { errors: [{ message: 'x', extensions: { code: 'RATE_LIMITED' } }] },
    }))
    const error = await createClient({ url: limited.url, key, retry: quick })
      .query(list)
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 3600 })
    expect(limited.times).toHaveLength(1)
  })

  test('a mutation whose answer is lost is carried out once under its key, and not repeated without one', async () => {
    const { key, client } = await integration()
    const lossy = async () => {
      const proxy = await before((_request, count) => (count === 1 ? 'cut after' : 'pass'))
      return { ...proxy, client: createClient({ url: proxy.url, key, retry: quick }) }
    }
    const without = await lossy()
    expect(await codeOf(without.client.mutate(createExperiment, { key: 'sent-once' }))).toBe('NETWORK')
    expect(without.times).toHaveLength(1)
    const under = await lossy()
    const order = { idempotencyKey: 'order-1' }
    expect(
      unwrap((await under.client.mutate(createExperiment, { key: 'sent-twice' }, order)).createExperiment).key,
    ).toBe('sent-twice')
    expect(under.times).toHaveLength(2)
    expect(await keysOf(client)).toEqual(['sent-once', 'sent-twice'])
    expect(await codeOf(client.mutate(createExperiment, { key: 'other' }, order))).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  test('what cannot be sent, or is no document, is told as that by a promise, and not repeated', async () => {
    let sent = 0
    const client = createClient({
      url,
      key: 'k',
      retry: quick,
      fetch: (...request) => {
        sent += 1
        return fetch(...request)
      },
    })
    expect(await codeOf(client.query('{ a }', { big: 1n } as never))).toBe('BAD_REQUEST')
    expect(await codeOf(client.mutate('mutation { a }', {}, { idempotencyKey: 'two\nlines' }))).toBe('BAD_REQUEST')
    expect(await codeOf(client.subscribe('subscription { a }', { big: 1n } as never).next())).toBe('BAD_REQUEST')
    expect(await codeOf(client.query({} as never))).toBe('BAD_DOCUMENT')
    expect(await codeOf(client.mutate({} as never))).toBe('BAD_DOCUMENT')
    await expect(client.track({ site: 's', visitorId: 'v' } as never)).rejects.toThrow()
    expect(sent).toBe(0)
  })

  test('an evaluation waits for so long in all, however often it is asked again', async () => {
    const proxy = await before(() => ({ status: 503, headers: { 'retry-after': '15' } }))
    const client = createClient({ url: proxy.url, key: 'k', retry: { attempts: 3 }, timeoutMs: 100 })
    const { value, metadata } = await client.evaluate('headline', { id: 'u' }, { fallback: 'Welcome' })
    expect([value, metadata.code]).toEqual(['Welcome', 'TIMEOUT'])
    expect(await codeOf(client.evaluate('headline', { id: 'u' }))).toBe('TIMEOUT')
    expect(proxy.times.length).toBeLessThanOrEqual(2)
    const reason = new Error('left')
    await expect(
      client.evaluate('headline', { id: 'u' }, { fallback: 'Welcome', signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason)
  })

  test('ends with a timeout, or when its caller aborts', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      silent.close()
      silent.closeAllConnections()
    })
    const client = createClient({
      url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      key: 'k',
      retry: false,
    })
    expect(await codeOf(client.query(list, {}, { timeoutMs: 50 }))).toBe('TIMEOUT')
    const reason = new Error('left')
    const abort = new AbortController()
    const asked = client.query(list, {}, { signal: abort.signal })
    abort.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })
})

describe('subscriptions', () => {
  const live = 'subscription { metricsUpdated { pageviews } }' as TypedDocument<
    { metricsUpdated: { pageviews: number } },
    Record<string, never>
  >

  test('tell the state as of now, go on after a broken connection, and end with the loop', async () => {
    const { key, client, workspace } = await integration()
    const site = await siteOf(workspace)
    const view = () =>
      client.track({
        site,
        visitorId: crypto.randomUUID(),
        events: [{ name: 'pageview', url: 'https://shop.example/' }],
      })
    // Away for longer than a query would wait.
    const proxy = await before((_request, count) => (count > 1 && count < 8 ? 'cut' : 'pass'))
    const interrupted: string[] = []
    const seen: number[] = []
    let isCut = false
    const watching = createClient({ url: proxy.url, key, retry: { ...quick, maxMs: 50 } })
    for await (const { metricsUpdated } of watching.subscribe(
      live,
      {},
      { onInterrupted: ({ code }) => interrupted.push(code) },
    )) {
      seen.push(metricsUpdated.pageviews)
      if (metricsUpdated.pageviews === 0) await view()
      if (metricsUpdated.pageviews === 1 && !isCut) {
        isCut = true
        proxy.cutAll()
        // While nobody listens.
        await view()
      }
      if (metricsUpdated.pageviews === 2 && interrupted.length > 0) break
    }
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(2)
    expect(interrupted).toEqual(Array.from({ length: 7 }, () => 'NETWORK'))
  })

  test('that are refused, or whose key is revoked, end with the reason', async () => {
    const { key, client, owner } = await integration()
    expect(await codeOf(createClient({ url, key: 'esp_nothing' }).subscribe(live).next())).toBe('UNAUTHENTICATED')
    expect(await codeOf(client.subscribe('subscription { nothing }').next())).toBe('GRAPHQL_VALIDATION_FAILED')
    const watching = createClient({ url, key }).subscribe(live)
    await watching.next()
    const { apiKeys } = await owner.ask<{ apiKeys: { nodes: { id: string }[] } }>('{ apiKeys { nodes { id } } }')
    await owner.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }', { id: apiKeys.nodes[0]?.id })
    const end = async () => {
      for await (const _ of { [Symbol.asyncIterator]: () => watching });
    }
    expect(await codeOf(end())).toBe('UNAUTHENTICATED')
  })
})

describe('experiments and events from servers', () => {
  test('gives the variant that the browser shows, and the fallback where there is none', async () => {
    const { client, workspace } = await integration()
    const variants = [
      { key: 'control', name: 'Control', value: 'Welcome' },
      { key: 'bold', name: 'Bold', value: 'Grow' },
    ]
    const service = kernel.service(experiments)
    const { id } = await service.create(workspace, {
      key: 'headline',
      name: 'Headline',
      goal: 'signup',
      variants,
    } as never)
    await service.start(workspace, id)
    const user = await visitorOf('site', 'user-1')
    const { variant, value, reason } = await client.evaluate('headline', { id: user })
    expect(variant).toBe((await service.decide(workspace, 'headline', { id: user }))?.variantKey)
    expect([value, reason]).toEqual([variants.find(({ key }) => key === variant)?.value, 'SPLIT'])
    expect(await codeOf(client.evaluate('nothing', { id: user }))).toBe('FLAG_NOT_FOUND')
    const away = createClient({ url: 'http://127.0.0.1:1', key: 'k', retry: false })
    expect(await away.evaluate('headline', { id: user }, { fallback: 'Welcome' })).toMatchObject({
      variant: null,
      value: 'Welcome',
      reason: 'ERROR',
      metadata: { code: 'NETWORK' },
    })
  })

  test('an event whose acknowledgement is lost counts once; what is wrong with one is told', async () => {
    const { key, client, workspace } = await integration()
    const site = await siteOf(workspace)
    const proxy = await before((_request, count) => (count === 1 ? 'cut after' : 'pass'))
    const visitorId = await visitorOf(site, 'user-1')
    const lossy = createClient({ url: proxy.url, key, retry: quick })
    const answer = await lossy.track({ site, visitorId, events: [{ name: 'order-placed', properties: { items: 2 } }] })
    expect(answer).toEqual({ accepted: 0, duplicates: 1 })
    const log = await workspace.db.query<{ name: string; visitorId: string }>(
      sql`select "name", "visitorId" from "TrackingEvent"`,
    )
    expect(log).toEqual([{ name: 'order-placed', visitorId }])
    const error = await client
      .track({ site, visitorId, events: [{ name: 'x' }, { name: '' }] })
      .catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'INVALID_EVENTS',
      data: { accepted: 1 },
      issues: [{ path: expect.stringMatching(/^events\.1/) }],
    })
    expect(await codeOf(client.track({ site: 'nobody', visitorId, events: [{ name: 'x' }] }))).toBe('UNKNOWN_SITE')
  })

  test('a user is the same visitor everywhere, another on another site', async () => {
    // SHA-256 of ["espalier visitor","shop","user-1"], its first 16 bytes, as a UUID of version 8.
    expect(await visitorOf('shop', 'user-1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(await visitorOf('shop', 'user-1')).toBe(await visitorOf('shop', 'user-1'))
    expect(await visitorOf('other', 'user-1')).not.toBe(await visitorOf('shop', 'user-1'))
  })
})
