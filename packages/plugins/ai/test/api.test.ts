import { sql } from '@espalier/core'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import { afterAll, describe, expect, test } from 'vitest'
import ai from '../src/index.ts'
import { stubModelServer } from '../src/testing/index.ts'
import { say } from './asker.ts'

const { kernel, signIn, createWorkspace } = await servedKernel([ai])
const stub = await stubModelServer({ apiKey: 'sk-right' })
afterAll(() => stub.close())

const status = 'configured baseUrl hasKey setAt model breaker pricesAsOf'
const errors = '__typename ... on Error { code message }'

const setKey = async (client: SignedInClient, input: object) =>
  (
    await client.ask<{ setAiKey: { data?: Record<string, unknown>; message?: string; code?: string } }>(
      `mutation ($input: SetAiKeyInput!) { setAiKey(input: $input) { ... on SetAiKeySuccess { data { ${status} } } ${errors} } }`,
      { input },
    )
  ).setAiKey

const tryAi = async (client: SignedInClient) =>
  (
    await client.ask<{
      tryAi: { data: { ok: boolean; text: string; errorCode: string; errorMessage: string; call: object } }
    }>(
      `mutation { tryAi(text: "Bonjour ?") { ... on TryAiSuccess { data { ok text errorCode errorMessage call { id status purpose } } } ${errors} } }`,
    )
  ).tryAi.data

const set = (client: SignedInClient, value: object) =>
  client.ask(
    'mutation ($value: JSON!) { updatePluginSettings(plugin: "ai", value: $value) { __typename ... on Error { message } } }',
    { value },
  )

const asSystem = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

describe('The model service', () => {
  test('is set with its key, which no answer and no trail shows', async () => {
    const client = await signIn()
    expect(await client.ask(`{ aiStatus { ${status} } }`)).toMatchObject({
      aiStatus: { configured: false, baseUrl: null, hasKey: false, setAt: null, breaker: 'CLOSED' },
    })
    expect(await setKey(client, { baseUrl: `${stub.baseUrl}/`, key: 'sk-right' })).toMatchObject({
      data: { configured: true, baseUrl: stub.baseUrl, hasKey: true, setAt: expect.any(String) },
    })
    const { data: trail } = await client.answer('{ auditTrail: auditEntries { nodes { action before after } } }')
    expect(JSON.stringify(trail)).toContain('setAiKey')
    expect(JSON.stringify(trail)).not.toContain('sk-right')
  })

  test('keeps its key on its host, and does not take it along to another', async () => {
    const client = await signIn()
    await setKey(client, { baseUrl: stub.baseUrl, key: 'sk-right' })
    expect(await setKey(client, { baseUrl: stub.baseUrl.replace('/v1', '/v2') })).toMatchObject({
      data: { hasKey: true },
    })
    expect(await setKey(client, { baseUrl: 'https://models.example/v1' })).toMatchObject({ data: { hasKey: false } })
    expect(await setKey(client, { baseUrl: 'https://api.openai.com/v1' })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('input.key: is missing'),
    })
  })

  test.each([
    ['models', 'is no address'],
    ['http://models.example/v1', 'would send the key in the clear'],
    ['https://me:secret@models.example', 'has a user name or password'],
    ['https://models.example/v1?x=1', 'has a query'],
    ['file:///etc/passwd', 'would send the key in the clear'],
  ])('is refused at %s', async (baseUrl, problem) => {
    const client = await signIn()
    expect((await setKey(client, { baseUrl, key: 'k' })).message).toContain(problem)
  })

  test.each(['http://ollama:11434/v1', 'http://192.168.1.20:8000/v1', 'http://[::1]:8080'])(
    'may be near, at %s',
    async (baseUrl) => {
      const client = await signIn()
      expect(await setKey(client, { baseUrl })).toMatchObject({ data: { configured: true, hasKey: false } })
    },
  )

  test('is set by those who may configure it; editors read, viewers do not', async () => {
    const workspace = await createWorkspace()
    const editor = await signIn({ role: 'editor', workspace })
    const viewer = await signIn({ role: 'viewer', workspace })
    expect(await setKey(editor, { baseUrl: stub.baseUrl })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await editor.ask('{ aiStatus { configured } }')).toEqual({ aiStatus: { configured: false } })
    const { errors } = await viewer.answer('{ aiCalls { totalCount } }')
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('can be tried, and says what is wrong', async () => {
    const client = await signIn()
    expect(await tryAi(client)).toMatchObject({ ok: false, errorCode: 'AI_NOT_CONFIGURED', call: null })
    await setKey(client, { baseUrl: stub.baseUrl, key: 'sk-wrong' })
    expect(await tryAi(client)).toMatchObject({
      ok: false,
      errorCode: 'AI_REQUEST_REJECTED',
      errorMessage: expect.stringContaining('Incorrect API key'),
      call: { status: 'FAILED' },
    })
    await setKey(client, { key: 'sk-right' })
    expect(await tryAi(client)).toMatchObject({
      ok: true,
      text: 'A pear tree.',
      call: { status: 'SUCCEEDED', purpose: 'ai.try' },
    })
  })
})

describe('The settings', () => {
  test('say what may be spent and what leaves: editors read them, and only those who may configure it change them', async () => {
    const workspace = await createWorkspace()
    const [admin, editor] = [await signIn({ role: 'admin', workspace }), await signIn({ role: 'editor', workspace })]
    expect(await set(admin, { monthlyBudget: 5 })).toEqual({
      updatePluginSettings: { __typename: expect.stringContaining('Success') },
    })
    for (const change of [
      { monthlyBudget: null },
      { prices: { 'gpt-4.1-mini': { input: 0, output: 0 } } },
      { redact: 'none' },
    ])
      expect(await set(editor, change)).toEqual({
        updatePluginSettings: { __typename: 'ForbiddenError', message: expect.stringContaining('"ai:configure"') },
      })
    const { plugins } = await editor.ask<{ plugins: { settings: object }[] }>('{ plugins { settings } }')
    expect(plugins).toContainEqual({ settings: expect.objectContaining({ monthlyBudget: 5 }) })
  })
})

describe('The ledger', () => {
  test('shows each call with who asked, and what a month cost by purpose and day', async () => {
    const client = await signIn()
    await setKey(client, { baseUrl: stub.baseUrl, key: 'sk-right' })
    await set(client, { monthlyBudget: 5, purposeBudgets: { 'tests.write': 1 } })
    const context = asSystem(client.workspaceId)
    const request = { purpose: 'tests.write', messages: say('Write about pears.') }
    const { callId } = await kernel.service(ai).ask(context, { ...request, idempotencyKey: '1' })
    await kernel.service(ai).ask(context, { ...request, idempotencyKey: '2' })
    await tryAi(client)
    expect(
      await client.ask(`{ aiCalls(filter: { purpose: { equals: "tests.write" }, status: [SUCCEEDED] }, orderBy: { field: CREATED_AT, direction: ASC }) {
        totalCount nodes { purpose model status messages { role content } response cacheHit costMicros askedByType askedByName pricesAsOf } } }`),
    ).toEqual({
      aiCalls: {
        totalCount: 2,
        nodes: [
          {
            purpose: 'tests.write',
            model: 'gpt-4.1-mini',
            status: 'SUCCEEDED',
            messages: say('Write about pears.'),
            response: 'A pear tree.',
            cacheHit: false,
            costMicros: 7,
            askedByType: 'system',
            askedByName: 'test',
            pricesAsOf: '2026-03-21',
          },
          expect.objectContaining({ cacheHit: true, costMicros: 0, response: 'A pear tree.' }),
        ],
      },
    })
    const { aiSpending } = await client.ask<{ aiSpending: { budgets: object[]; days: object[] } }>(
      '{ aiSpending { budgets { purpose limitMicros spentMicros reservedMicros calls } days { purpose calls cacheHits inputTokens costMicros } } }',
    )
    expect(aiSpending.budgets).toEqual([
      { purpose: '', limitMicros: 5_000_000, spentMicros: 13, reservedMicros: 0, calls: 2 },
      { purpose: 'ai.try', limitMicros: null, spentMicros: 6, reservedMicros: 0, calls: 1 },
      { purpose: 'tests.write', limitMicros: 1_000_000, spentMicros: 7, reservedMicros: 0, calls: 1 },
    ])
    expect(aiSpending.days).toEqual([
      { purpose: 'ai.try', calls: 1, cacheHits: 0, inputTokens: 3, costMicros: 6 },
      { purpose: 'tests.write', calls: 2, cacheHits: 1, inputTokens: 5, costMicros: 7 },
    ])
    const other = await signIn()
    expect(await other.ask('{ aiCalls { totalCount } }')).toEqual({ aiCalls: { totalCount: 0 } })
    const [{ id } = { id: '' }] = (
      await client.ask<{ aiCalls: { nodes: { id: string }[] } }>('{ aiCalls { nodes { id } } }')
    ).aiCalls.nodes
    expect(await client.ask('query ($id: ID!) { aiCall(id: $id) { id } }', { id })).toEqual({ aiCall: { id } })
    expect(await other.ask('query ($id: ID!) { aiCall(id: $id) { id } }', { id })).toEqual({ aiCall: null })
    expect(callId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('says what a month is', async () => {
    const client = await signIn()
    const { errors } = await client.answer('{ aiSpending(month: "2026-13") { month } }')
    expect(errors?.[0]?.message).toContain('"2026-13" is no month')
    expect(await client.ask('{ aiSpending(month: "2026-02") { month days { day } } }')).toEqual({
      aiSpending: { month: '2026-02-01', days: [] },
    })
  })
})

describe('A call whose outcome is unknown', () => {
  async function lost() {
    const client = await signIn()
    await setKey(client, { baseUrl: stub.baseUrl, key: 'sk-right' })
    const context = asSystem(client.workspaceId)
    const ask = () =>
      kernel.service(ai).ask(context, { purpose: 'tests.lose', idempotencyKey: 'lost', messages: say('Lost?') })
    stub.fail({ kind: 'resetAfter' })
    await expect(ask()).rejects.toMatchObject({ code: 'AI_OUTCOME_UNKNOWN' })
    const { aiCalls } = await client.ask<{ aiCalls: { nodes: { id: string }[] } }>('{ aiCalls { nodes { id } } }')
    const settle = async (input: object) =>
      (
        await client.ask<{ settleAiCall: object }>(
          `mutation ($id: ID!, $input: SettleAiCallInput!) { settleAiCall(id: $id, input: $input) { ... on SettleAiCallSuccess { data { status costMicros response } } ${errors} } }`,
          { id: aiCalls.nodes[0]?.id, input },
        )
      ).settleAiCall
    const spent = async () => {
      const [row] = await context.db.query<{ spent: number; calls: number }>(
        sql`select "spentMicros"::int as "spent", "calls" from "AiSpending" where "purpose" = ''`,
      )
      return row
    }
    return { ask, settle, spent }
  }

  test('is settled with its answer by somebody who has found it, and then its key is answered', async () => {
    const { ask, settle, spent } = await lost()
    expect((await spent())?.spent).toBeGreaterThan(6_000)
    expect(await settle({ carriedOut: true, response: 'A medlar.', inputTokens: 10, outputTokens: 3 })).toMatchObject({
      data: { status: 'SUCCEEDED', costMicros: 9, response: 'A medlar.' },
    })
    expect(await spent()).toEqual({ spent: 9, calls: 1 })
    expect(await ask()).toMatchObject({ text: 'A medlar.', costMicros: 9 })
    expect(await settle({ carriedOut: false })).toMatchObject({ code: 'CONFLICT' })
  })

  test('costs nothing once somebody has found that it was not carried out, and its key may ask again', async () => {
    const { ask, settle, spent } = await lost()
    expect(await settle({ carriedOut: false, response: 'x' })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await settle({ carriedOut: false })).toMatchObject({ data: { status: 'FAILED', costMicros: 0 } })
    expect((await spent())?.spent).toBe(0)
    expect(await ask()).toMatchObject({ text: 'A pear tree.' })
  })
})

describe('Prices', () => {
  test('are those of the list, and those that the workspace has set instead', async () => {
    const client = await signIn()
    await set(client, { prices: { 'gpt-4o': { input: 1, output: 2 }, 'own-model': { input: 0, output: 0.5 } } })
    const { aiPrices } = await client.ask<{ aiPrices: { model: string }[] }>(
      '{ aiPrices { model inputMicros cachedInputMicros outputMicros asOf } }',
    )
    expect(aiPrices).toContainEqual({
      model: 'gpt-4.1-mini',
      inputMicros: 400_000,
      cachedInputMicros: 100_000,
      outputMicros: 1_600_000,
      asOf: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    })
    expect(aiPrices.filter(({ model }) => ['gpt-4o', 'own-model'].includes(model))).toEqual([
      { model: 'gpt-4o', inputMicros: 1e6, cachedInputMicros: 1e6, outputMicros: 2e6, asOf: null },
      { model: 'own-model', inputMicros: 0, cachedInputMicros: 0, outputMicros: 500_000, asOf: null },
    ])
    expect(aiPrices.map(({ model }) => model)).toEqual(aiPrices.map(({ model }) => model).sort())
  })
})

test('spending by model adds up to spending by purpose', async () => {
  const client = await signIn()
  await setKey(client, { baseUrl: stub.baseUrl, key: 'sk-right' })
  await tryAi(client)
  await set(client, { model: 'gpt-4o' })
  await expect.poll(() => client.ask('{ aiStatus { model } }')).toEqual({ aiStatus: { model: 'gpt-4o' } })
  await tryAi(client)
  const { aiSpending } = await client.ask<{
    aiSpending: Record<'models' | 'days', { costMicros: number; calls: number; model?: string }[]>
  }>('{ aiSpending { days { calls costMicros } models { model calls costMicros inputTokens outputTokens } } }')
  const sum = (rows: { costMicros: number }[]) => rows.reduce((total, { costMicros }) => total + costMicros, 0)
  expect(aiSpending.models.map(({ model, calls }) => [model, calls])).toEqual([
    ['gpt-4.1-mini', 1],
    ['gpt-4o', 1],
  ])
  expect(sum(aiSpending.models)).toBeGreaterThan(0)
  expect(sum(aiSpending.models)).toBe(sum(aiSpending.days))
})
