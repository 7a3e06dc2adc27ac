import fc from 'fast-check'
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

/** Ids that the product has given out, by type: so that what is generated finds something. */
export type KnownIds = ReadonlyMap<string, readonly string[]>

/**
 * Values for an input of the schema: mostly what it takes, with its scalars at their edges; sometimes null, of another type, with a
 * field too few or too many.
 *
 * @param hint what the value is for, such as "publishPage.id": ids are rather of the type that it names
 */
export function valueFor(type: GraphQLInputType, hint: string, ids: KnownIds, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return mostly(valueFor(type.ofType, hint, ids, depth), nothing, 60)
  if (isListType(type)) {
    const item = valueFor(type.ofType, hint, ids, depth + 1)
    return fc.oneof(
      { weight: 20, arbitrary: fc.array(item, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(item, { minLength: 30, maxLength: 60 }) },
      { weight: 1, arbitrary: item },
      { weight: 1, arbitrary: nothing },
    )
  }
  if (isEnumType(type)) return mostly(fc.constantFrom(...type.getValues().map(({ name }) => name)), wrong, 30)
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    // `{ and: [{ or: … }] }` goes on for ever.
    const written = fields.filter((field) => depth < 4 || isRequiredInputField(field))
    const required = written.filter(isRequiredInputField).map(({ name }) => name)
    const object = fc.record(
      Object.fromEntries(
        written.map((field) => [field.name, valueFor(field.type, `${hint}.${field.name}`, ids, depth + 1)]),
      ),
      { requiredKeys: required },
    )
    const spoiled = fc.tuple(object, odd, anyJson).map(([given, name, value]) => ({ ...given, [name]: value }))
    return fc.oneof(
      { weight: 40, arbitrary: object },
      { weight: 1, arbitrary: spoiled },
      { weight: 1, arbitrary: wrong },
    )
  }
  return mostly(scalar(type.name, hint, ids), wrong, 40)
}

const mostly = (usual: fc.Arbitrary<unknown>, rare: fc.Arbitrary<unknown>, times: number) =>
  fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: rare })

function scalar(name: string, hint: string, ids: KnownIds): fc.Arbitrary<unknown> {
  switch (name) {
    case 'ID':
      return anId(hint, ids)
    case 'Int':
    case 'SafeInt':
    case 'Float':
      return aNumber
    case 'Boolean':
      return fc.boolean()
    case 'DateTime':
      return anInstant
    case 'Date':
      return aDay
    case 'UUID':
      return fc.oneof(fc.uuid(), fc.constantFrom('00000000-0000-0000-0000-000000000000', 'not-a-uuid', ''))
    case 'JSON':
      return anyJson
    default:
      return text
  }
}

/** Text as people write it, as attackers do, and as no database stores it. */
export const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('spring-sale', 'Ada Lovelace', 'ada@example.com', 'en', 'fr', 'Europe/Paris'),
  },
  { weight: 3, arbitrary: fc.constantFrom('https://example.com/x?y=1#z', 'original', 'a', 'EUR', 'demo', 'welcome') },
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n',
      '\t\r\n',
      '\0',
      'a\0b',
      '\ud800',
      '\udfff x',
      '\u202e\u2066',
      '\ufeff',
      '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
      'ß'.repeat(300),
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '-',
      '%',
      '%00',
      '%ff',
      '\\',
      '../../etc/passwd',
      'javascript:alert(1)',
      'http://',
      'http://[',
      '//',
      "'; select pg_sleep(9); --",
      '$1',
      '{{ 1 | times: 9e99 }}',
      '{% for i in (1..999999999) %}x{% endfor %}',
      '{% include "x" %}',
      '{{',
      '<svg onload=alert(1)>',
      '=1+1',
      '(a+)+$',
      '[',
      '1e999',
      'NaN',
      '-0',
      'null',
      '{}',
      '[]',
      '9'.repeat(40),
      'a@b',
      `a@${'b.'.repeat(130)}c`,
      'xn--a',
      'i\u0307',
      'Etc/GMT+99',
      'x-klingon',
      'zz-ZZ',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(5_000, 70_000).map((length) => 'long '.repeat(length / 5)) },
)

const aNumber = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, min: 0, max: 1 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      0,
      -0,
      -1,
      1.5,
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      2 ** 53 - 1,
      2 ** 53,
      -(2 ** 53),
      1e21,
      1e308,
      5e-324,
      -1e308,
      '1',
      'NaN',
      'Infinity',
    ),
  },
)

const anInstant = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2030-01-01') })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59.999Z',
    '9999-12-31T23:59:59-14:00',
    '+275760-09-13T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-06-30T23:59:60Z',
    '2026-11-22',
    '2026-11-22T25:00:00Z',
    '-000001-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '',
    'tomorrow',
  ),
)

const aDay = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2030-01-01') })
    .map((date) => date.toISOString().slice(0, 10)),
  fc.constantFrom(
    '0000-01-01',
    '0001-01-01',
    '9999-12-31',
    '10000-01-01',
    '2026-02-29',
    '2026-13-01',
    '-0001-01-01',
    '2026-11-22T00:00:00Z',
    '',
  ),
)

function anId(hint: string, ids: KnownIds): fc.Arbitrary<string> {
  const all = [...ids.values()].flat()
  const words = hint.toLowerCase()
  const likely = [...ids]
    .filter(([type]) => words.includes(type.toLowerCase()) || type.toLowerCase().includes(lastWord(hint)))
    .flatMap(([, some]) => some)
  const types = [...ids.keys(), 'Nothing', '__proto__']
  const foreign = fc
    .tuple(fc.constantFrom(...types), fc.oneof(fc.uuid(), fc.constantFrom('1', '', 'a:b', "'", '\0')))
    .map(([type, key]) => btoa(`${type}:${key}`))
  return fc.oneof(
    { weight: 8, arbitrary: likely.length > 0 ? fc.constantFrom(...likely) : foreign },
    { weight: 3, arbitrary: all.length > 0 ? fc.constantFrom(...all) : foreign },
    { weight: 3, arbitrary: foreign },
    { weight: 1, arbitrary: text },
  )
}

/** The type that a root field is likely about: "publishPage.id" → "page". */
function lastWord(hint: string): string {
  const [field = ''] = hint.split('.')
  return /[A-Z][a-z]+$/.exec(field)?.[0].toLowerCase() ?? field
}

const odd = fc.constantFrom('__proto__', 'constructor', '', 'workspaceId', 'id', '$where', 'a.b')

/** JSON without a type: also what no document of ours looks like. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(...deepOnes()) },
)

/** Of another kind than whatever was asked for. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  anyJson,
  fc.constantFrom(null, true, -1, 'RED', [], {}, [[]], { length: { toString: 0 } }),
)
const nothing = fc.constant(null)

function deepOnes(): unknown[] {
  const nested = (depth: number, around: (inner: unknown) => unknown) => {
    let value: unknown = 1
    for (let level = 0; level < depth; level += 1) value = around(value)
    return value
  }
  return [
    nested(99, (inner) => ({ a: inner })),
    nested(400, (inner) => [inner]),
    nested(2_000, (inner) => [inner]),
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    // biome-ignore lint/suspicious/noThenProperty: what waits for any object with a `then` would wait for this one
    { length: 1e9, toString: 1, then: 'x', toJSON: 'x' },
  ]
}
