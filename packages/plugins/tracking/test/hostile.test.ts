import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectorUnderTest } from './collector.ts'
import { countedAsLogged } from './countedAsLogged.ts'

const { post, makeSite, newId } = await collectorUnderTest()
const site = await makeSite()

const anyText = fc.string({ unit: 'binary' })
const anything = fc.anything({
  withNullPrototype: true,
  maxDepth: 3,
  key: fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString')),
})
/** Usually what is right, sometimes something of any kind. */
const mostly = <Right>(right: fc.Arbitrary<Right>, wrong: fc.Arbitrary<unknown> = anything): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong })

const mostlyText = (right: fc.Arbitrary<string>, wrong: fc.Arbitrary<string>) =>
  mostly(right, wrong) as fc.Arbitrary<string>

const idAt = (offset: number) => newId(new Date(Date.now() + offset))
const anEvent = mostly(
  fc.record(
    {
      id: mostly(fc.integer({ min: -50 * 3600_000, max: 3600_000 }).map(idAt), fc.oneof(fc.uuid(), anything)),
      name: mostly(
        fc.constantFrom('pageview', 'click', 'conversion', 'scrolled'),
        fc.constantFrom('exposure', '__proto__', 7),
      ),
      url: mostly(fc.webUrl(), fc.oneof(anyText, fc.constant('x'.repeat(3000)))),
      referrer: mostly(fc.webUrl()),
      goal: mostly(fc.constantFrom('signup', '注文', "'; drop table"), fc.oneof(anyText, anything)),
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
    sessionId: mostly(fc.uuid()),
    events: mostly(fc.array(anEvent, { minLength: 1, maxLength: 8 })),
  }),
)
const aBody: fc.Arbitrary<string> = mostlyText(
  aBatch.map(jsonOf),
  fc.oneof(
    anyText,
    fc.tuple(aBatch, fc.nat(400)).map(([batch, end]) => jsonOf(batch).slice(0, end)),
  ),
)

function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part)) ?? ''
}

test('whatever arrives gets an answer that is no fault of the server, and only what was accepted is counted', async () => {
  const seen = new Set<number>()
  let accepted = 0
  let rejected = 0
  await fc.assert(
    fc.asyncProperty(aBody, async (body) => {
      const answer = await post(body)
      seen.add(answer.status)
      expect([200, 400, 404]).toContain(answer.status)
      accepted += answer.accepted ?? 0
      rejected += answer.rejected?.length ?? 0
    }),
    { numRuns: 1500 },
  )
  expect([...seen].sort()).toEqual([200, 400, 404])
  expect(accepted).toBeGreaterThan(1000)
  expect(rejected).toBeGreaterThan(100)
  expect(await site.logged()).toHaveLength(accepted)
  await countedAsLogged(site.context)
}, 120_000)
