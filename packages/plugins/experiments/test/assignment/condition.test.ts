import { evalCondition } from '@growthbook/growthbook'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../src/assignment/condition.ts'
import { conditionProblems } from '../../src/assignment/conditionInput.ts'
import { conditionCompiler } from '../../src/assignment/conditionLanguage.ts'
import cases from './growthbookCases.json' with { type: 'json' }

/** Saved groups are lists that conditions name; there are none here, and whoever asks for one is told so. */
const isOfGroups = (condition: unknown) => /\$(not)?[iI]nGroup/.test(JSON.stringify(condition))

describe('GrowthBook’s cases', () => {
  const theirs = cases.evalCondition as unknown as [string, object, Record<string, unknown>, boolean][]
  test.each(theirs.filter(([, condition]) => !isOfGroups(condition)))('%s', (_name, condition, attributes, holds) => {
    expect(compileCondition(condition)(attributes)).toBe(holds)
  })

  test('are all here, but the eight of saved groups', () => {
    expect(theirs.length).toBe(248)
    expect(theirs.filter(([, condition]) => isOfGroups(condition)).length).toBe(8)
  })

  test('are conditions that can be stored, but those that are there to be wrong', () => {
    const refused = theirs.filter(([, condition]) => conditionProblems(condition).length > 0)
    expect(refused.map(([name]) => name)).toEqual([
      '$in - not array',
      '$nin - not array',
      '$ini - not array',
      '$nini - not array',
      'unknown operator - pass',
      '$regex invalid - pass',
      '$regex invalid - fail',
      ...theirs.filter(([, condition]) => isOfGroups(condition)).map(([name]) => name),
    ])
  })
})

test('GrowthBook’s SDK agrees, whatever the condition and the attributes', () => {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      1,
      5,
      '',
      'a',
      'A',
      'b',
      '5',
      '1.2.3',
      '1.2.3-beta',
      'v2.0',
      '10.1.0',
    ),
    fc.constantFrom<unknown>([], ['a'], ['a', 'b'], [1, 5], [{ x: 1 }], {}, { x: 1 }),
  )
  const { condition } = fc.letrec<{ value: unknown; condition: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.dictionary(fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte'), leaf, { minKeys: 1, maxKeys: 2 }),
      fc.dictionary(fc.constantFrom('$veq', '$vne', '$vlt', '$vlte', '$vgt', '$vgte'), leaf, {
        minKeys: 1,
        maxKeys: 2,
      }),
      fc.dictionary(fc.constantFrom('$in', '$nin', '$ini', '$nini', '$all', '$alli'), fc.array(leaf), {
        minKeys: 1,
        maxKeys: 2,
      }),
      fc.dictionary(fc.constantFrom('$regex', '$regexi'), fc.constantFrom('a', '^b', '5$', '(a|b)', '^[0-9.]+$'), {
        minKeys: 1,
      }),
      fc.record({ $type: fc.constantFrom('string', 'number', 'boolean', 'array', 'object', 'null') }),
      fc.record({ $exists: fc.boolean() }),
      fc.dictionary(fc.constantFrom('$not', '$size', '$elemMatch'), tie('value'), { minKeys: 1, maxKeys: 1 }),
    ),
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.dictionary(fc.constantFrom('a', 'b', 'b.x', 'c'), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<
        Record<string, unknown>
      >,
      fc.dictionary(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('condition'), { maxLength: 3 }), {
        minKeys: 1,
        maxKeys: 2,
      }) as fc.Arbitrary<Record<string, unknown>>,
      fc.record({ $not: tie('condition') }),
    ),
  }))
  const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf)
  let asked = 0
  fc.assert(
    fc.property(condition, attributes, (asks, has) => {
      if (conditionProblems(asks).length > 0) return
      asked++
      expect(compileCondition(asks)(has)).toBe(evalCondition(has, asks as Parameters<typeof evalCondition>[1]))
    }),
    { numRuns: 5_000 },
  )
  expect(asked).toBeGreaterThan(1_000)
})

describe('a condition that people write', () => {
  test.each([
    [{ country: { $equals: 'FR' } }, 'country.$equals', 'there is no operator $equals'],
    [{ $gt: 5 }, '$gt', 'the operator $gt needs an attribute: {"country": {"$gt": …}}'],
    [{ $orr: [] }, '$orr', 'there is no operator $orr'],
    [{ $or: { a: 1 } }, '$or', '$or takes a list of conditions'],
    [{ $and: [{ a: 1 }, 'b'] }, '$and.1', 'is no condition; write an object such as {"country": "FR"}'],
    [{ $not: [] }, '$not', 'is no condition; write an object such as {"country": "FR"}'],
    [{ a: { $in: 'FR' } }, 'a.$in', '$in takes a list, such as ["a", "b"]'],
    [{ a: { $exists: 1 } }, 'a.$exists', '$exists takes true or false'],
    [{ a: { $type: 'text' } }, 'a.$type', /^\$type takes one of "string"/],
    [{ a: { $vgt: {} } }, 'a.$vgt', '$vgt takes a version, such as "2.10.0"'],
    [{ a: { $gt: [1] } }, 'a.$gt', '$gt takes a text, a number, true, false or null'],
    [{ a: { $gt: 1, b: 2 } }, 'a', /^mixes operators and names/],
    [{ list: { $elemMatch: { name: { $lk: 1 } } } }, 'list.$elemMatch.name.$lk', 'there is no operator $lk'],
    [{ id: { $inGroup: 'beta' } }, 'id.$inGroup', /there are no saved groups. List the values in \$in/],
    [{ a: { $regex: '(' } }, 'a.$regex', /^\$regex is no regular expression/],
    [{ a: { $regex: '(?=x)' } }, 'a.$regex', /linear time.*Look-around/],
    [{ a: { $regex: '(x)\\1' } }, 'a.$regex', /has "\\1", which does not mean the same everywhere/],
    [{ a: { $regexi: 'x'.repeat(501) } }, 'a.$regexi', '$regexi has more than 500 characters'],
    ['FR', '', /^is no condition/],
    [Array(3), '', /^is no condition/],
    [{ length: 5, a: { $size: { $foo: 1 } } }, 'a.$size.$foo', 'there is no operator $foo'],
  ])('%j is refused at %j', (condition, path, message) => {
    const [problem, ...others] = conditionProblems(condition)
    expect(problem?.path.join('.')).toBe(path)
    if (typeof message === 'string') expect(problem?.message.en).toBe(message)
    else expect(problem?.message.en).toMatch(message)
    expect(others).toEqual([])
  })

  test('is neither nested without end nor endless', () => {
    let nested: object = { a: 1 }
    for (let depth = 0; depth < 100_000; depth++) nested = { $not: nested }
    expect(conditionProblems(nested)[0]?.message.en).toBe('is nested more than 20 deep')
    expect(conditionProblems({ id: { $in: Array.from({ length: 20_000 }, String) } })[0]?.message.en).toBe(
      'has more than 10,000 values',
    )
  })
})

describe('attributes of strangers', () => {
  const anyCondition = fc.object({
    key: fc.constantFrom(
      'a',
      '$eq',
      '$gt',
      '$in',
      '$regex',
      '$size',
      '$not',
      '$or',
      '$elemMatch',
      '$vgt',
      '$ini',
      '$all',
    ),
    values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant('a+')],
    maxDepth: 4,
  })
  const anyAttributes = fc.object({ key: fc.constantFrom('a', 'b', 'toString', 'valueOf', 'length'), maxDepth: 3 })

  test('make no condition fail, whatever it is', () => {
    fc.assert(
      fc.property(anyCondition, anyAttributes, (condition, attributes) => {
        expect(typeof compileCondition(condition)(attributes)).toBe('boolean')
        conditionProblems(condition)
      }),
    )
  })

  test('have what they say they have, and nothing that objects inherit', () => {
    expect(compileCondition({ constructor: { $exists: true } })({})).toBe(false)
    expect(compileCondition({ 'a.toString': { $exists: true } })({ a: {} })).toBe(false)
    expect(compileCondition({ toString: 'mine' })({ toString: 'mine' })).toBe(true)
  })

  test('keep no pattern busy: what takes others for ever is a matter of its length', () => {
    // JavaScript's own would take 2^30000 steps.
    expect(compileCondition({ a: { $regex: '^(a+)+$' } })({ a: `${'a'.repeat(30_000)}!` })).toBe(false)
    expect(compileCondition({ a: { $regex: '(a|a)(a|a)(a|a)*b' } })({ a: 'a'.repeat(30_000) })).toBe(false)
  })

  test('match patterns here as they do in browsers', () => {
    const inBrowsers = conditionCompiler((pattern, insensitive) => {
      const regex = new RegExp(pattern, insensitive ? 'i' : '')
      return (text) => regex.test(text)
    })
    const pattern = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          'Ab',
          '.',
          '^',
          '$',
          '[a-c]',
          '[^b]',
          '(a|b)',
          '\\d',
          '\\w',
          '\\b',
          '\\.',
          '-',
          '+',
          '*',
          '?',
          '{2}',
          '|',
        ),
      )
      .map((parts) => parts.join(''))
      .filter((text) => conditionProblems({ a: { $regex: text } }).length === 0)
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'c', '1', '.', '-', ' '), maxLength: 12 })
    fc.assert(
      fc.property(pattern, text, fc.constantFrom('$regex', '$regexi'), (source, a, operator) => {
        const condition = { a: { [operator]: source } }
        expect(compileCondition(condition)({ a })).toBe(inBrowsers(condition)({ a }))
      }),
      { numRuns: 2_000 },
    )
  })
})
