import { createHash } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { forgetOperations } from '../../src/apiUse/forgetOperations.ts'
import { OperationLog } from '../../src/apiUse/operationLog.ts'
import { both, definePlugin, sql } from '../../src/index.ts'
import type { ObservedOperation } from '../../src/schema/serve/observation.ts'
import { ManualTime, servedKernel } from '../../src/testing/index.ts'

const orchard = definePlugin({
  name: 'orchard',
  permissions: { 'orchard:read': 'See trees' },
  schema: [
    (builder) => {
      const read = { authScopes: { permission: 'orchard:read' }, subGraphs: both } as const
      const Ripeness = builder.enumType('Ripeness', {
        description: 'How far a fruit is.',
        subGraphs: both,
        values: {
          RIPE: { description: 'Ready.' },
          MELLOW: { description: 'Ready, in old words.', deprecationReason: 'Use RIPE.' },
        } as const,
      })
      const Pick = builder.inputType('PickInput', {
        description: 'What to pick.',
        fields: (t) => ({
          ripeness: t.field({ type: Ripeness, description: 'How far it is.' }),
          basket: t.string({ description: 'Where to.', deprecationReason: 'Baskets are gone.' }),
        }),
      })
      builder.queryField('trees', (t) =>
        t.int({
          description: 'How many trees.',
          ...read,
          args: { old: t.arg.boolean({ description: 'Also old ones.', deprecationReason: 'All are counted.' }) },
          resolve: () => 3,
        }),
      )
      builder.queryField('oldTrees', (t) =>
        t.int({ description: 'As it was.', deprecationReason: 'Use trees.', ...read, resolve: () => 3 }),
      )
      builder.queryField('picked', (t) =>
        t.string({
          description: 'What was picked.',
          ...read,
          args: { input: t.arg({ type: Pick, required: true, description: 'What.' }) },
          resolve: () => 'pears',
        }),
      )
      builder.queryField('fallen', (t) =>
        t.int({
          nullable: true,
          description: 'Breaks.',
          ...read,
          resolve: () => {
            throw new Error('a wasp')
          },
        }),
      )
      builder.subscriptionField('ripening', (t) =>
        t.string({
          description: 'Once.',
          ...read,
          subscribe: async function* () {
            yield 'soon'
          },
          resolve: () => 'soon',
        }),
      )
    },
  ],
})

const clock = new ManualTime(new Date('2026-11-22T10:00:00Z'))
const { kernel, url, signIn } = await servedKernel([orchard], {
  clock,
  serving: { rateLimits: { apiKey: { points: 12, seconds: 600 } } },
})

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

async function integration() {
  const owner = await signIn()
  const { id, key } = await kernel.access.createApiKey(owner.workspaceId, { name: 'Shop', scopes: ['orchard:read'] })
  const ask = async (body: unknown, headers: Record<string, string> = {}, path = '/graphql/public') => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
  const read = async <Result>(fields: string): Promise<Result> => {
    await kernel.operationLog.flush()
    const answer = await owner.ask<{ apiKeys: { nodes: Result[] } }>(`{ apiKeys { nodes { ${fields} } } }`)
    return answer.apiKeys.nodes[0] as Result
  }
  return { owner, id, key, ask, read }
}

interface Listed {
  operations: { nodes: Record<string, unknown>[]; totalCount: number }
}
const listed = (fields: string, args = '') => `operations${args} { nodes { ${fields} } totalCount }`

describe('The log of a key', () => {
  it('has what it asked for, without the values', async () => {
    const { ask, read } = await integration()
    const query = 'query Picked($input: PickInput!) { picked(input: $input) }'
    const { body } = await ask(
      { query, operationName: 'Picked', variables: { input: { ripeness: 'RIPE' } } },
      {
        'x-graphql-client-name': 'shop',
        'x-graphql-client-version': '2.1.0',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
    )
    expect(body.data).toEqual({ picked: 'pears' })
    await ask({ query: '{ fallen }' }, { accept: 'application/graphql-response+json' }, '/graphql')
    const { operations } = await read<Listed>(
      listed(
        'at schema transport kind name documentHash cost durationMs outcome times traceId clientName clientVersion',
      ),
    )
    expect(operations.nodes).toEqual([
      expect.objectContaining({ schema: 'ADMIN', kind: 'QUERY', name: null, outcome: 'INTERNAL_ERROR' }),
      {
        at: '2026-11-22T10:00:00.000Z',
        schema: 'PUBLIC',
        transport: 'HTTP',
        kind: 'QUERY',
        name: 'Picked',
        documentHash: hashOf(query),
        cost: body.extensions.cost.requested,
        durationMs: expect.any(Number),
        outcome: 'OK',
        times: 1,
        traceId: 'a'.repeat(32),
        clientName: 'shop',
        clientVersion: '2.1.0',
      },
    ])
    const rows = await kernel.database.system.query(sql`select to_jsonb(o)::text as "row" from "ApiOperation" o`)
    expect(JSON.stringify(rows)).not.toMatch(/RIPE|127\.0\.0\.1/)
  })

  it('has what was refused, with the code, whichever way it came', async () => {
    const { ask, read, key } = await integration()
    await ask({ query: '{ nothing }', operationName: null })
    await ask({ query: '{ trees', operationName: 'Broken' })
    await ask({ documentId: `sha256:${'0'.repeat(64)}` })
    await ask('{')
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql/public`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${key}` },
    })
    onTestFinished(() => void client.dispose())
    for (const query of ['subscription Ripening { ripening }', 'query No { nothing }'])
      await new Promise<void>((resolve) => {
        client.subscribe({ query }, { next: () => {}, error: () => resolve(), complete: () => resolve() })
      })
    const { operations } = await read<Listed>(
      listed('transport kind name outcome', '(orderBy: { field: ID, direction: ASC })'),
    )
    expect(operations.nodes.map(({ outcome }) => outcome)).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_PARSE_FAILED',
      'PERSISTED_QUERY_NOT_FOUND',
      'BAD_REQUEST',
      'OK',
      'GRAPHQL_VALIDATION_FAILED',
    ])
    expect(operations.nodes[1]).toEqual({
      transport: 'HTTP',
      kind: null,
      name: 'Broken',
      outcome: 'GRAPHQL_PARSE_FAILED',
    })
    expect(operations.nodes[4]).toEqual({
      transport: 'WEBSOCKET',
      kind: 'SUBSCRIPTION',
      name: 'Ripening',
      outcome: 'OK',
    })
    const { operations: failed } = await read<Listed>(listed('name', '(filter: { failed: true, kind: [QUERY] })'))
    expect(failed.totalCount).toBe(2)
  })

  it('keeps refusals by the rate limit as one, which says how many they were', async () => {
    const { ask, read } = await integration()
    for (let time = 0; time < 20; time += 1) await ask({ query: '{ trees }' })
    const { operations } = await read<Listed>(listed('outcome times', '(filter: { failed: true })'))
    const times = operations.nodes.map((one) => one.times as number)
    expect(operations.nodes.every(({ outcome }) => outcome === 'RATE_LIMITED')).toBe(true)
    expect(times.reduce((sum, one) => sum + one, 0)).toBe(8)
    expect(times.length).toBeLessThan(8)
  })

  it('adds up by day and by document', async () => {
    const { ask, read } = await integration()
    const trees = 'query Trees { trees }'
    await ask({ query: trees })
    await ask({ query: trees })
    await ask({ query: '{ fallen }' })
    await read('id')
    clock.advance(24 * 3600_000)
    await ask({ query: trees })
    const { usage } = await read<{ usage: { byDay: unknown[]; operations: unknown[]; errors: unknown[] } }>(
      'usage(days: 3) { byDay { day calls errors cost } operations { name documentHash calls errors cost averageMs } errors { code times } }',
    )
    clock.advance(-24 * 3600_000)
    expect(usage.byDay).toEqual([
      { day: '2026-11-21', calls: 0, errors: 0, cost: 0 },
      { day: '2026-11-22', calls: 3, errors: 1, cost: 2 },
      { day: '2026-11-23', calls: 1, errors: 0, cost: 1 },
    ])
    expect(usage.operations).toEqual([
      { name: 'Trees', documentHash: hashOf(trees), calls: 3, errors: 0, cost: 3, averageMs: expect.any(Number) },
      { name: null, documentHash: hashOf('{ fallen }'), calls: 1, errors: 1, cost: 0, averageMs: null },
    ])
    expect(usage.errors).toEqual([{ code: 'INTERNAL_ERROR', times: 1 }])
  })

  it('says what it still asks for that is deprecated: fields, arguments, inputs and values, in variables too', async () => {
    const { ask, owner, read } = await integration()
    await ask({ query: 'query Old { oldTrees trees(old: true) picked(input: { basket: "a" }) }' })
    await ask({ query: 'query Again { oldTrees }' })
    const query = 'query Vary($input: PickInput!) { picked(input: $input) }'
    await ask({ query, variables: { input: { ripeness: 'RIPE' } } })
    await ask({ query, variables: { input: { ripeness: 'MELLOW', basket: 'b' } } })
    const { deprecatedUses } = await read<{
      deprecatedUses: { coordinate: string; uses: number; operationName: string }[]
    }>('deprecatedUses { coordinate uses operationName schema }')
    expect(Object.fromEntries(deprecatedUses.map((use) => [use.coordinate, [use.uses, use.operationName]]))).toEqual({
      'Query.oldTrees': [2, 'Again'],
      'Query.trees(old:)': [1, 'Old'],
      'PickInput.basket': [2, 'Vary'],
      'Ripeness.MELLOW': [1, 'Vary'],
    })
    const all = await owner.ask<{ deprecatedUses: { apiKeyName: string }[] }>('{ deprecatedUses { apiKeyName } }')
    expect(all.deprecatedUses.map(({ apiKeyName }) => apiKeyName)).toEqual(['Shop', 'Shop', 'Shop', 'Shop'])
  })

  it('is seen by no other workspace, nor by members who may not see keys', async () => {
    const { ask, owner, read } = await integration()
    await ask({ query: '{ oldTrees }' })
    const { operations } = await read<{ operations: { nodes: { id: string }[] } }>('operations { nodes { id } }')
    const other = await signIn()
    const node = '{ node(id: $id) { id } }'
    const id = operations.nodes[0]?.id as string
    expect(await owner.ask(`query ($id: ID!) ${node}`, { id })).toEqual({ node: { id } })
    expect(await other.ask(`query ($id: ID!) ${node}`, { id })).toEqual({ node: null })
    expect(await other.ask('{ deprecatedUses { uses } }')).toEqual({ deprecatedUses: [] })
    const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
    expect((await viewer.answer('{ deprecatedUses { uses } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it('is not kept of persons', async () => {
    const { owner } = await integration()
    const before = kernel.operationLog.counts.written
    await owner.ask('{ trees }')
    await kernel.operationLog.flush()
    expect(kernel.operationLog.counts.written).toBe(before)
  })

  it('is forgotten after its days, and its numbers by day after a year', async () => {
    const { ask, id, owner, read } = await integration()
    await ask({ query: '{ oldTrees }' })
    await read('id')
    const forget = async (days: number) => {
      clock.advance(days * 24 * 3600_000)
      const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
      await context.enqueue(forgetOperations, {})
      const kept = async (table: string) => {
        const text = `select count(*)::int as "count" from "${table}" where "apiKeyId" = $1`
        const [row] = await kernel.database.system.query<{ count: number }>({ text, values: [id] })
        return row?.count
      }
      const read = async () => [await kept('ApiOperation'), await kept('ApiUsage'), await kept('DeprecatedUse')]
      return read
    }
    await expect.poll(await forget(29)).toEqual([1, 1, 1])
    await expect.poll(await forget(2)).toEqual([0, 1, 1])
    await expect.poll(await forget(370)).toEqual([0, 0, 0])
    clock.advance(-401 * 24 * 3600_000)
  })
})

describe('The log under pressure', () => {
  const operation = (workspaceId: string): ObservedOperation => ({
    workspaceId,
    apiKeyId: '0196f000-0000-7000-8000-000000000001',
    schema: 'public',
    transport: 'http',
    kind: 'query',
    name: 'Trees',
    documentHash: 'a'.repeat(64),
    cost: 1,
    durationMs: 1,
    outcome: 'OK',
    traceId: 'b'.repeat(32),
    clientName: undefined,
    clientVersion: undefined,
    deprecated: [],
  })
  const logFor = (workspace: (id: string) => never | ReturnType<typeof kernel.contexts.workspace>, most?: number) =>
    new OperationLog({ workspace, clock, log: kernel.log, everyMs: 3_600_000, ...(most && { most }) })
  const real = (id: string) => kernel.contexts.workspace(id, { type: 'system', name: 'test' })

  it('holds no more than it may, and counts what it drops', async () => {
    const { owner } = await integration()
    const log = logFor(real, 1_500)
    for (let time = 0; time < 2_000; time += 1) log.record(operation(owner.workspaceId))
    await log.flush()
    expect(log.counts).toEqual({ written: 1_500, dropped: 500 })
  })

  it('tries once more what could not be written, and then lets it go', async () => {
    const { owner } = await integration()
    let broken = true
    const log = logFor((id) => {
      if (broken) throw new Error('The database is away.')
      return real(id)
    })
    log.record(operation(owner.workspaceId))
    await log.flush()
    expect(log.counts).toEqual({ written: 0, dropped: 0 })
    broken = false
    await log.flush()
    expect(log.counts).toEqual({ written: 1, dropped: 0 })
    broken = true
    log.record(operation(owner.workspaceId))
    await log.flush()
    await log.flush()
    expect(log.counts).toEqual({ written: 1, dropped: 1 })
  })

  it('of one workspace is no obstacle to another', async () => {
    const { owner } = await integration()
    const log = logFor(real)
    // A workspace that is not there: its rows are refused.
    log.record(operation('0196f000-0000-7000-8000-0000000000ff'))
    log.record({ ...operation('0196f000-0000-7000-8000-0000000000ff'), traceId: null as never })
    log.record(operation(owner.workspaceId))
    await log.flush()
    expect(log.counts.written).toBe(1)
  })
})
