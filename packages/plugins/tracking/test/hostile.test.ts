import { gzipSync } from 'node:zlib'
import { seededRandom, sql } from '@espalier/core'
import { serveKernel } from '@espalier/core/server'
import { testDatabase, testKernel } from '@espalier/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newEventId } from '../src/eventId.ts'
import tracking from '../src/index.ts'
import { countedAsLogged } from './countedAsLogged.ts'

/** FUZZ_RUNS=10000 npx vitest run packages/plugins/tracking/test/hostile.test.ts */
const runs = Number(process.env.FUZZ_RUNS ?? 2000)
/** Half of the requests are the same each time; the others are new ones, of which a failure prints the seed. */
const fixedSeed = 20261121

const database = await testDatabase()
const { kernel } = await testKernel(database, [tracking])
const server = serveKernel(kernel, { trustProxy: 1 })
const workspaceId = await database.createWorkspace()
const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const site = await kernel.service(tracking).sites.ensure(context, 'Shop')
let url: string

beforeAll(async () => {
  url = await server.listen(0, '127.0.0.1')
})
afterAll(() => server.close())

const random = seededRandom(1)
const anyText = fc.string({ unit: 'binary' })
const anything = fc.anything({
  withNullPrototype: true,
  maxDepth: 3,
  key: fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString')),
})
/** Usually what is right, sometimes something of any kind. */
const mostly = <Right>(right: fc.Arbitrary<Right>, wrong: fc.Arbitrary<unknown> = anything): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong })

const hour = 3600_000
const anId = fc
  .oneof(fc.integer({ min: -50 * hour, max: hour }), fc.constantFrom(-1e12, 1e12, 1e14))
  .map((offset) => newEventId(new Date(Math.min(Date.now() + offset, 2 ** 47)), random))
const anEvent = mostly(
  fc.record(
    {
      id: mostly(anId, fc.oneof(fc.uuid(), anything)),
      name: mostly(
        fc.constantFrom('pageview', 'click', 'conversion', 'scrolled'),
        fc.constantFrom('exposure', '__proto__', 7),
      ),
      url: mostly(fc.webUrl({ withQueryParameters: true }), fc.oneof(anyText, fc.constant('x'.repeat(3000)))),
      referrer: mostly(fc.webUrl()),
      goal: mostly(fc.constantFrom('signup', '注文', "'; drop table"), fc.oneof(anyText, anything)),
      value: mostly(
        fc.constantFrom('1999 EUR', { amountMinor: 5, currency: 'JPY' }),
        fc.oneof(anything, fc.double(), anyText),
      ),
      metrics: mostly(
        fc.record({ engagedMs: fc.double(), scrollDepth: fc.double(), cls: fc.double() }),
        fc.dictionary(fc.constantFrom('engagedMs', 'scrollDepth', 'loadMs', 'cls'), anything),
      ),
      properties: mostly(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
        fc.oneof(fc.dictionary(anyText, anything), anything),
      ),
    },
    { requiredKeys: ['id', 'name'] },
  ),
)
const aBatch = mostly(
  fc.record({
    site: mostly(fc.constant(site.key), fc.oneof(anyText, anything)),
    visitorId: mostly(fc.uuid()),
    context: fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.oneof(anyText, fc.constant('e30.e30')) },
    ),
    events: mostly(fc.array(anEvent, { minLength: 1, maxLength: 8 })),
  }),
)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const text = aBatch.map(
  (batch) => JSON.stringify(batch, (_key, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '',
)
const bytes = (encoding: BufferEncoding) => text.map((body) => Buffer.from(body, encoding))
const aBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 24, arbitrary: text },
  { weight: 2, arbitrary: fc.tuple(text, fc.nat(400)).map(([body, end]) => body.slice(0, end)) },
  { weight: 1, arbitrary: anyText },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)) },
  { weight: 1, arbitrary: bytes('utf16le') },
  { weight: 1, arbitrary: bytes('latin1') },
  { weight: 1, arbitrary: text.map((body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)])) },
  { weight: 1, arbitrary: text.map((body) => gzipSync(body)) },
  // Keys twice: the last one counts, for everybody alike.
  { weight: 1, arbitrary: fc.tuple(text, text).map(([one, two]) => `${one.slice(0, -1)},${two.slice(1)}`) },
  {
    weight: 1,
    arbitrary: text.map((body) =>
      body.replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30_000 }).map((depth) => text2nested(depth)) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 200_000 }).map((size) => `{"site":"${'x'.repeat(size)}"}`) },
)
const text2nested = (depth: number) =>
  `{"site":"${site.key}","visitorId":"0b44cd05-2c3f-4d4f-9d4b-1f1c2c4d5e6f","events":[{"id":"${newEventId(new Date(), random)}","name":"x","properties":{"a":${nested(depth)}}}]}`
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'text/plain',
      'application/json',
      'text/plain;charset=utf-16',
      'multipart/form-data',
      'x',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity'),
    referer: fc.constantFrom('https://example.com/', 'nonsense', ''),
    'cf-ipcountry': fc.constantFrom('FR', 'XX', "';--"),
  },
  { requiredKeys: [] },
)

const seen = new Map<number, number>()
let accepted = 0
let rejected = 0

async function send(body: string | Buffer, more: object, from: number): Promise<void> {
  const response = await fetch(`${url}/collect`, {
    method: 'POST',
    body: body as BodyInit,
    headers: {
      ...more,
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-forwarded-for': `198.51.${from >> 8}.${from & 255}`,
    },
  })
  const answer = (await response.json()) as { accepted?: number; rejected?: unknown[] }
  seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
  expect([200, 400, 404, 413]).toContain(response.status)
  accepted += answer.accepted ?? 0
  rejected += answer.rejected?.length ?? 0
}

describe('whatever arrives', () => {
  test.each([
    ['the same requests each time', fixedSeed],
    ['new ones', undefined],
  ])(
    'gets an answer that is no fault of the server: %s',
    async (_which, seed) => {
      await fc.assert(fc.asyncProperty(aBody, headers, fc.integer({ min: 0, max: 65_535 }), send), {
        numRuns: Math.ceil(runs / 2),
        ...(seed !== undefined && { seed }),
      })
    },
    600_000,
  )

  test('is counted only where it was accepted', async () => {
    expect([...seen.keys()].sort()).toEqual([200, 400, 404, 413])
    expect(accepted).toBeGreaterThan(runs / 2)
    expect(rejected).toBeGreaterThan(runs / 20)
    const [logged] = await context.db.query<{ count: number }>(sql`select count(*)::int as count from "TrackingEvent"`)
    expect(logged?.count).toBe(accepted)
    await countedAsLogged(context)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
