import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature } from '@openfeature/server-sdk'
import { OpenFeature as OpenFeatureWeb } from '@openfeature/web-sdk'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, describe, expect, test } from 'vitest'
import type { ExperimentInput } from '../src/experimentInput.ts'
import experiments from '../src/index.ts'

const { kernel, url, createWorkspace, cutDatabaseOff } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)

afterAll(async () => {
  await OpenFeature.clearProviders()
  await OpenFeatureWeb.clearProviders()
})

const layouts: ExperimentInput['variants'] = [
  { key: 'control', name: 'Control', value: { columns: 1 } },
  { key: 'wide', name: 'Wide', value: { columns: 3 } },
]
const headlines: ExperimentInput['variants'] = [
  { key: 'control', name: 'Control' },
  { key: 'bold', name: 'Bold' },
]

/** A workspace, a key that may evaluate, and experiments in it. */
async function workspaceWithKey(scopes = ['experiments:evaluate']) {
  const workspaceId = await createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const { key } = await kernel.access.createApiKey(workspaceId, { name: 'Flags', scopes })
  const draft = (input: Partial<ExperimentInput> = {}) =>
    service.create(context, { key: 'headline', name: 'Headline', goal: 'signup', variants: headlines, ...input })
  const start = async (input: Partial<ExperimentInput> = {}) => service.start(context, (await draft(input)).id)
  const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/ofrep/v1/evaluate/flags${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { context, key, draft, start, ask }
}

/** OpenFeature's client for servers, which asks for each flag. */
async function serverClient(key: string) {
  const domain = uuidv7()
  const provider = new OFREPProvider({ baseUrl: url, headers: [['Authorization', `Bearer ${key}`]] })
  await OpenFeature.setProviderAndWait(domain, provider)
  return OpenFeature.getClient(domain)
}

describe('OpenFeature’s client for servers', () => {
  test('gets the same variants as the service gives, with what there is to know about them', async () => {
    const { context, key, start } = await workspaceWithKey()
    const experiment = await start()
    const client = await serverClient(key)
    for (let index = 0; index < 20; index++) {
      const targetingKey = `visitor-${index}`
      const ours = await service.decide(context, 'headline', { id: targetingKey })
      expect(await client.getStringDetails('headline', 'none', { targetingKey })).toMatchObject({
        value: ours?.variantKey,
        variant: ours?.variantKey,
        reason: 'SPLIT',
        flagMetadata: { experimentId: experiment.id, variantId: ours?.variantId, decision: 'assigned', counted: true },
      })
    }
  })

  test('gets values of any type: text, numbers, switches, objects', async () => {
    const { key, start } = await workspaceWithKey()
    const both = (value: ExperimentInput['variants'][number]['value']) => headlines.map((each) => ({ ...each, value }))
    await start({ key: 'text', variants: both('Hello') })
    await start({ key: 'number', variants: both(42) })
    await start({ key: 'switch', variants: both(true) })
    await start({ key: 'object', variants: layouts })
    const client = await serverClient(key)
    const context = { targetingKey: 'visitor-1' }
    expect(await client.getStringValue('text', '', context)).toBe('Hello')
    expect(await client.getNumberValue('number', 0, context)).toBe(42)
    expect(await client.getBooleanValue('switch', false, context)).toBe(true)
    expect([{ columns: 1 }, { columns: 3 }]).toContainEqual(await client.getObjectValue('object', {}, context))
  })

  test('sends attributes, which conditions ask about; whoever is left out gets the control’s value', async () => {
    const { key, start } = await workspaceWithKey()
    await start({ variants: layouts, condition: { country: 'FR', 'plan.name': { $in: ['pro', 'team'] } } })
    const client = await serverClient(key)
    const details = (country: string) =>
      client.getObjectDetails('headline', {}, { targetingKey: 'visitor-1', country, plan: { name: 'pro' } })
    expect(await details('FR')).toMatchObject({ reason: 'SPLIT', variant: expect.any(String) })
    const outside = await details('DE')
    expect(outside).toMatchObject({ value: { columns: 1 }, reason: 'DEFAULT', flagMetadata: { decision: 'condition' } })
    expect(outside.variant).toBeUndefined()
  })

  test('hears DISABLED of what does not run, and gets the winner of what is over', async () => {
    const { context, key, draft, start } = await workspaceWithKey()
    await draft({ key: 'planned' })
    const { id } = await start({ key: 'over' })
    await service.complete(context, id, 'bold')
    const client = await serverClient(key)
    const subject = { targetingKey: 'visitor-1' }
    expect(await client.getStringDetails('planned', '', subject)).toMatchObject({
      value: 'control',
      reason: 'DISABLED',
    })
    expect(await client.getStringDetails('over', '', subject)).toMatchObject({
      value: 'bold',
      variant: 'bold',
      reason: 'STATIC',
      flagMetadata: { counted: false },
    })
  })

  test('falls back on its own default for a flag that there is not, and without a subject', async () => {
    const { key, start } = await workspaceWithKey()
    await start()
    const client = await serverClient(key)
    expect(await client.getStringDetails('other', 'mine', { targetingKey: 'a' })).toMatchObject({
      value: 'mine',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: 'There is no experiment "other", or it is archived. Copy its key from the experiment.',
    })
    expect(await client.getStringDetails('headline', 'mine', {})).toMatchObject({
      value: 'mine',
      errorCode: 'TARGETING_KEY_MISSING',
    })
  })

  test('keeps the variant that its subject was counted with, whatever the weights are now', async () => {
    const { context, key, start } = await workspaceWithKey()
    const { id, variants } = await start()
    const client = await serverClient(key)
    const subjects = Array.from({ length: 10 }, (_, index) => `visitor-${index}`)
    const seen = () =>
      Promise.all(subjects.map((targetingKey) => client.getStringValue('headline', '', { targetingKey })))
    const before = await seen()
    await service.expose(
      context,
      subjects.map((subject, index) => ({
        experimentId: id,
        subject,
        variantId: variants.find((variant) => variant.key === before[index])?.id as string,
      })),
    )
    await service.changeRunning(context, id, {
      weights: [
        { variant: 'control', weight: 1 },
        { variant: 'bold', weight: 9_999 },
      ],
    })
    expect(await seen()).toEqual(before)
    expect(await client.getStringDetails('headline', '', { targetingKey: subjects[0] as string })).toMatchObject({
      flagMetadata: { decision: 'sticky' },
    })
  })
})

describe('OpenFeature’s client for browsers', () => {
  /** It asks once for all flags and keeps them. */
  async function webClient(key: string) {
    const statuses: number[] = []
    const domain = uuidv7()
    const provider = new OFREPWebProvider({
      baseUrl: url,
      headers: [['Authorization', `Bearer ${key}`]],
      pollInterval: -1,
      cacheMode: 'disabled',
      fetchImplementation: async (request, init) => {
        const response = await fetch(request, init)
        statuses.push(response.status)
        return response
      },
    })
    const become = (targetingKey: string) => OpenFeatureWeb.setContext(domain, { targetingKey })
    await become('visitor-1')
    await OpenFeatureWeb.setProviderAndWait(domain, provider)
    return { client: OpenFeatureWeb.getClient(domain), become, statuses }
  }

  test('gets all flags of its subject at once, and those of another when it becomes one', async () => {
    const { context, key, start } = await workspaceWithKey()
    await start()
    await start({ key: 'layout', variants: layouts })
    const { client, become } = await webClient(key)
    for (const id of ['visitor-1', 'visitor-2', 'visitor-3']) {
      await become(id)
      const ours = await service.decide(context, 'headline', { id })
      expect(client.getStringValue('headline', '')).toBe(ours?.variantKey)
      expect(client.getObjectValue('layout', {})).toEqual((await service.decide(context, 'layout', { id }))?.value)
    }
  })

  test('hears that nothing has changed', async () => {
    const { key, start } = await workspaceWithKey()
    await start()
    const { become, statuses } = await webClient(key)
    await become('visitor-1')
    expect(statuses).toEqual([200, 304])
    await start({ key: 'another' })
    await become('visitor-1')
    expect(statuses).toEqual([200, 304, 200])
  })
})

describe('on the wire', () => {
  test('an evaluation', async () => {
    const { start, ask } = await workspaceWithKey()
    const { id } = await start()
    const response = await ask('/headline', { context: { targetingKey: 'visitor-1' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const body = (await response.json()) as { variant: string }
    expect(body).toEqual({
      key: 'headline',
      value: body.variant,
      reason: 'SPLIT',
      variant: expect.stringMatching(/^(control|bold)$/),
      metadata: { experimentId: id, decision: 'assigned', counted: true, variantId: expect.any(String) },
    })
  })

  test('all evaluations, without holdouts and drafts, with the same ETag as long as they are the same', async () => {
    const { context, start, draft, ask } = await workspaceWithKey()
    const holdout = await start({
      key: 'quarter',
      kind: 'holdout',
      variants: [
        { key: 'general', name: 'General', weight: 1 },
        { key: 'held-back', name: 'Held back', weight: 1 },
      ],
    })
    await start({ holdoutId: holdout.id })
    await draft({ key: 'secret-plan' })
    const all = async (targetingKey: string, headers = {}) => ask('', { context: { targetingKey } }, headers)
    const response = await all('visitor-1')
    const etag = response.headers.get('etag') as string
    const { flags } = (await response.json()) as { flags: { key: string; metadata: object }[] }
    expect(flags.map(({ key }) => key)).toEqual(['headline'])
    expect(flags[0]?.metadata).toMatchObject({ holdoutId: holdout.id, holdoutVariantId: expect.any(String) })

    const again = await all('visitor-1', { 'if-none-match': `"other", W/${etag}` })
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    expect((await all('visitor-1', { 'if-none-match': '"other"' })).status).toBe(200)
    const { id } = await start({ key: 'later' })
    expect((await all('visitor-1', { 'if-none-match': etag })).status).toBe(200)
    await service.complete(context, id, null)
  })

  test.each([
    ['{', 'PARSE_ERROR', 'The body is not JSON.'],
    ['', 'PARSE_ERROR', 'The body is not JSON.'],
    ['[]', 'INVALID_CONTEXT', /^context: is missing/],
    ['{"context": [1]}', 'INVALID_CONTEXT', /^context: is missing/],
    ['{"context": {}}', 'TARGETING_KEY_MISSING', /^context.targetingKey: is missing/],
    ['{"context": {"targetingKey": ""}}', 'TARGETING_KEY_MISSING', /^context.targetingKey: is missing/],
    ['{"context": {"targetingKey": 7}}', 'INVALID_CONTEXT', /^context.targetingKey: is no text/],
    [`{"context": {"targetingKey": "${'x'.repeat(501)}"}}`, 'INVALID_CONTEXT', /at most 500 characters/],
  ])('%s is refused with %s', async (body, errorCode, details) => {
    const { start, ask } = await workspaceWithKey()
    await start()
    const expected = { errorCode, errorDetails: expect.stringMatching(details) }
    const [one, all] = [await ask('/headline', body), await ask('', body)]
    expect([one.status, await one.json()]).toEqual([400, { key: 'headline', ...expected }])
    expect([all.status, await all.json()]).toEqual([400, expected])
  })

  test('attributes of strangers do no harm', async () => {
    const { start, ask } = await workspaceWithKey()
    await start({ condition: { name: 'a', age: { $gt: 5 }, note: { $regex: '^(a+)+$' } } })
    const context = { targetingKey: 'a', name: { toString: 1 }, age: { valueOf: null }, note: `${'a'.repeat(10_000)}!` }
    expect((await ask('/headline', { context })).status).toBe(200)
    expect((await ask('/headline', { context: { ...context, note: 'a'.repeat(20_000) } })).status).toBe(413)
  })
})

describe('while the database is away', () => {
  test('nobody can say whose key it is: clients hear when to ask again, and fall back on their defaults', async () => {
    const { key, start, ask } = await workspaceWithKey()
    await start()
    const client = await serverClient(key)
    const letIn = await cutDatabaseOff()
    try {
      const response = await ask('/headline', { context: { targetingKey: 'a' } })
      expect([response.status, response.headers.has('retry-after')]).toEqual([503, true])
      expect(await client.getStringValue('headline', 'mine', { targetingKey: 'a' })).toBe('mine')
    } finally {
      await letIn()
    }
    await expect.poll(() => client.getStringValue('headline', 'mine', { targetingKey: 'a' })).not.toBe('mine')
  })
})

describe('who may ask', () => {
  test('a key with the permission, and only its own workspace’s experiments', async () => {
    const mine = await workspaceWithKey()
    const theirs = await workspaceWithKey()
    await theirs.start()
    expect((await mine.ask('/headline', { context: { targetingKey: 'a' } })).status).toBe(404)
  })

  test('nobody without a key, nor with one for something else', async () => {
    const { start, ask } = await workspaceWithKey(['experiments:read'])
    await start()
    const body = { context: { targetingKey: 'a' } }
    expect((await ask('/headline', body)).status).toBe(403)
    expect((await ask('', body, { authorization: '' })).status).toBe(401)
    expect((await ask('', body, { authorization: 'Bearer esp_wrong' })).status).toBe(401)
  })

  test('a page of another origin, with a key that opens nothing else', async () => {
    const { key, start, ask } = await workspaceWithKey()
    await start()
    const origin = 'https://shop.example'
    const preflight = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,if-none-match',
      },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*if-none-match/)
    const answer = await ask('', { context: { targetingKey: 'a' } }, { origin })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag')

    const graphql = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ experiments { totalCount } }' }),
    })
    expect(await graphql.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })
})
