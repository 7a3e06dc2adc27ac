import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchSchema, eventSchema } from '../src/collectRequest.ts'
import { usualBatch, usualEvent } from '../src/usualRequest.ts'

const id = '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8'

/** Mostly what the tracker sends, now and then what nobody should. */
const often = <Value>(usual: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd })
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('', '\0', '\ud800', 'a'.repeat(64), 'a'.repeat(65), 'é'.repeat(4096), 'a'.repeat(8193), 'exposure'),
  fc.string({ unit: 'binary', maxLength: 300 }),
)
const anId = often(fc.constantFrom(id, id, id.toUpperCase(), id, `${id}0`, id.replace('7f80', '4f80')))
const aText = often(fc.option(fc.webUrl(), { nil: undefined }))
const aName = fc.oneof(
  { weight: 30, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'length', '7', '\0', 'k'.repeat(128), 'k'.repeat(129)) },
)
const aProperty = fc.oneof(
  { weight: 30, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)) },
  { weight: 1, arbitrary: fc.oneof(odd, fc.constant('"'.repeat(500))) },
)
const someProperties = fc.dictionary(aName, aProperty, { maxKeys: 6 })

/** As it arrives: from JSON, in which "__proto__" is a name like any other. */
const sent = <Value>(value: fc.Arbitrary<Value>) => value.map((sent) => JSON.parse(JSON.stringify(sent)) as unknown)

const anEvent = sent(
  fc.record(
    {
      id: anId,
      name: often(fc.constantFrom('pageview', 'click', 'a.b:c-d_9', 'scroll')),
      goal: aText,
      url: aText,
      referrer: aText,
      properties: often(someProperties),
      value: fc.option(fc.constant('1999 EUR'), { freq: 12 }).map((value) => value ?? undefined),
      metrics: fc.constantFrom(undefined, undefined, null, null, {}, { engagedMs: 8200 }),
      more: fc.jsonValue(),
    },
    { requiredKeys: ['id', 'name'] },
  ),
)
const aBatch = sent(
  fc.record(
    {
      site: often(fc.constantFrom('a key', '', 's'.repeat(64))),
      visitorId: anId,
      sessionId: anId,
      context: aText,
      events: often(fc.oneof(fc.array(fc.jsonValue(), { maxLength: 3 }), fc.constant(Array(101).fill(1)))),
      more: fc.jsonValue(),
    },
    { requiredKeys: ['site', 'events'] },
  ),
)

/** Whoever asks takes what is left out and what is null for the same. */
const nothing = { properties: null, value: null, metrics: null }

/** Whether it was read, and then as the schema reads it. */
function same(schema: typeof eventSchema | typeof batchSchema, given: unknown, usual: object | undefined): boolean {
  if (usual === undefined) return false
  const { success, data } = schema.safeParse(given)
  expect(success).toBe(true)
  expect({ ...nothing, ...usual }).toEqual({ ...nothing, ...data })
  return true
}

test('an event that is read without the schema is what the schema reads', () => {
  let usual = 0
  fc.assert(
    fc.property(anEvent, (event) => {
      if (same(eventSchema, event, usualEvent(event))) usual++
    }),
    { numRuns: 3000 },
  )
  expect(usual).toBeGreaterThan(100)
})

test('a batch that is read without the schema is what the schema reads', () => {
  let usual = 0
  fc.assert(
    fc.property(aBatch, (batch) => {
      if (same(batchSchema, batch, usualBatch(batch))) usual++
    }),
    { numRuns: 3000 },
  )
  expect(usual).toBeGreaterThan(100)
})

test.each([
  [
    'an event',
    usualEvent({ id, name: 'pageview', url: 'https://example.com/', referrer: null, properties: { seats: 12 } }),
  ],
  ['a batch', usualBatch({ site: 'a key', visitorId: id.toUpperCase(), events: [{}] })],
])('%s of the tracker needs no schema', (_what, read) => {
  expect(read).toBeDefined()
})
