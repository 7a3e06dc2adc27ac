import { describe, expect, test } from 'vitest'
import type { MetricVariantResult } from '../../src/results/experimentResults.ts'
import { resultsOf } from '../../src/results/resultsOf.ts'
import type { PhaseWeights, Total } from '../../src/results/totals.ts'
import { compareProportions, wilsonInterval } from '../../src/statistics/proportions.ts'
import { did, experimentWith, exposed, halves, metric, rules } from './totals.ts'

const onePhase = new Map([[1, halves('a', 'b')]])
const conversion = metric('conversion')

function read(
  totals: readonly Total[],
  {
    metrics = [conversion],
    ids = ['a', 'b'],
    weights = onePhase as PhaseWeights,
    looks = new Map(),
    ...change
  }: Partial<Parameters<typeof resultsOf>[2]> & {
    metrics?: Parameters<typeof experimentWith>[1]
    ids?: string[]
    weights?: PhaseWeights
    looks?: Parameters<typeof resultsOf>[1]['looks']
  } = {},
) {
  return resultsOf(experimentWith(ids, metrics), { totals, weights, looks }, { ...rules, ...change })
}

const lastOf = (results: ReturnType<typeof read>, index = 0) =>
  results.metrics[index]?.variants.at(-1) as MetricVariantResult

describe('a rate in one phase', () => {
  const totals = [exposed('a', 1000), exposed('b', 1000), did('conversion', 'a', 100), did('conversion', 'b', 130)]

  test('is compared as two proportions, with Wilson’s and Newcombe’s intervals', () => {
    const results = read(totals, { plannedSubjects: 1000 })
    const expected = compareProportions({ exposures: 1000, conversions: 100 }, { exposures: 1000, conversions: 130 })
    expect(results).toMatchObject({ exposures: 2000, plannedReached: true, sampleRatio: { pValue: 1, alarm: false } })
    expect(lastOf(results)).toMatchObject({
      subjects: 1000,
      sum: 130,
      mean: 0.13,
      interval: wilsonInterval({ exposures: 1000, conversions: 130 }),
      comparison: {
        difference: expect.closeTo(0.03, 12),
        differenceInterval: expected.differenceInterval,
        relativeLift: expect.closeTo(0.3, 12),
        relativeInterval: expected.relativeInterval,
        fixed: { pValue: expected.pValue, adjustedPValue: expected.pValue },
        significant: true,
        better: true,
      },
    })
  })

  test('has no p-value of one look before the planned size is reached, nor without a plan', () => {
    for (const plannedSubjects of [null, 1001]) {
      const { comparison } = lastOf(read(totals, { plannedSubjects }))
      expect(comparison?.fixed).toEqual({ pValue: null, adjustedPValue: null })
      // The always-valid test is stricter: what one look calls significant it does not yet.
      expect(comparison?.sequential.pValue).toBeGreaterThan(0.05)
      expect(comparison?.significant).toBe(false)
    }
  })

  test('less of what should be little is better', () => {
    const refunds = metric('conversion', { higherIsBetter: false })
    const { comparison, chanceToBeBest } = lastOf(read(totals, { metrics: [refunds] }))
    expect(comparison).toMatchObject({ better: false })
    expect(comparison?.chanceToWin).toBeLessThan(0.05)
    expect(chanceToBeBest).toBeLessThan(0.05)
  })
})

describe('what has been seen before', () => {
  const totals = [exposed('a', 500), exposed('b', 500), did('conversion', 'a', 50), did('conversion', 'b', 52)]

  test('the smallest always-valid p-value stays, and its interval is where all of them overlap', () => {
    const today = lastOf(read(totals)).comparison?.sequential
    const looks = new Map([['conversion b', { pValue: 0.01, lower: 0.001, upper: 0.2 }]])
    const { comparison } = lastOf(read(totals, { looks }))
    expect(today?.pValue).toBeGreaterThan(0.5)
    expect(comparison?.sequential).toMatchObject({
      pValue: 0.01,
      interval: { lower: 0.001, upper: today?.interval?.upper },
    })
    expect(comparison?.significant).toBe(true)
  })
})

describe('phases', () => {
  // Research, Simpson: no effect at all, rates of 5 % then 10 %, weights 50/50 then 10/90.
  const totals = [
    exposed('a', 1000),
    exposed('b', 1000),
    did('conversion', 'a', 50),
    did('conversion', 'b', 50),
    exposed('a', 200, { phase: 2 }),
    exposed('b', 1800, { phase: 2 }),
    did('conversion', 'a', 20, { phase: 2 }),
    did('conversion', 'b', 180, { phase: 2 }),
  ]
  const weights = new Map([
    [1, { a: 0.5, b: 0.5 }],
    [2, { a: 0.1, b: 0.9 }],
  ])

  test('are weighted, not pooled: moving weights make no effect', () => {
    const results = read(totals, { weights })
    expect(results.metrics[0]?.variants.map(({ mean }) => mean)).toEqual([
      expect.closeTo(0.075, 12),
      expect.closeTo(0.075, 12),
    ])
    expect(lastOf(results).comparison).toMatchObject({ difference: 0, better: null, significant: false })
    expect(lastOf(results).comparison?.chanceToWin).toBeCloseTo(0.5, 1)
  })

  test('and the sample ratio is that of each phase', () => {
    expect(read(totals, { weights }).sampleRatio).toEqual({ pValue: 1, alarm: false })
    const wrong = new Map([
      [1, { a: 0.5, b: 0.5 }],
      [2, { a: 0.5, b: 0.5 }],
    ])
    expect(read(totals, { weights: wrong }).sampleRatio).toMatchObject({ alarm: true })
  })

  test('a variant that was added later is compared over the phases that it took part in', () => {
    const added = [...totals.filter(({ phase, variantId }) => phase === 2 || variantId === 'a'), exposed('b', 0)]
    const { comparison, mean } = lastOf(read(added, { weights }))
    expect(mean).toBe(0.1)
    expect(comparison?.difference).toBeCloseTo(0, 12)
  })
})

test('the chance to be the best is that of phases in which all took part', () => {
  // The control had a bad day alone; on the day of both, they did alike.
  const totals = [
    exposed('a', 1000),
    did('conversion', 'a', 10),
    exposed('a', 1000, { phase: 2 }),
    exposed('b', 1000, { phase: 2 }),
    did('conversion', 'a', 200, { phase: 2 }),
    did('conversion', 'b', 200, { phase: 2 }),
  ]
  const weights = new Map([
    [1, { a: 1 }],
    [2, halves('a', 'b')],
  ])
  expect(lastOf(read(totals, { weights })).chanceToBeBest).toBeCloseTo(0.5, 9)
})

describe('other kinds of metrics', () => {
  test('a mean for each subject, with those who did nothing in it', () => {
    const value = metric('value')
    const totals = [
      exposed('a', 4),
      exposed('b', 4),
      did('value', 'a', [1000, 2000]),
      did('value', 'b', [2000, 2000, 3000]),
    ]
    const results = read(totals, { metrics: [value] })
    expect(results.metrics[0]?.variants.map(({ mean }) => mean)).toEqual([750, 1750])
    expect(lastOf(results).comparison).toMatchObject({ difference: 1000, relativeLift: 1000 / 750 })
  })

  test('a ratio is over its denominator, not over subjects', () => {
    const ratio = metric('ratio')
    const line = { otherSum: 10, otherSumOfSquares: 30, sumOfProducts: 60 }
    const totals = [
      exposed('a', 5),
      exposed('b', 5),
      did('ratio', 'a', [2, 4, 6, 8, 10], { ...line, sumOfProducts: 80 }),
      did('ratio', 'b', [3, 6, 9, 12, 15], { ...line, sumOfProducts: 120 }),
    ]
    expect(read(totals, { metrics: [ratio] }).metrics[0]?.variants.map(({ mean }) => mean)).toEqual([3, 4.5])
  })

  test('what subjects did before is taken out', () => {
    const count = metric('count')
    // Each does exactly as much after as before: with that taken out, nothing is left to differ.
    const before = (values: number[]) => ({
      otherSum: values.reduce((sum, value) => sum + value, 0),
      otherSumOfSquares: values.reduce((sum, value) => sum + value ** 2, 0),
      sumOfProducts: values.reduce((sum, value) => sum + value ** 2, 0),
    })
    const [first, second] = [
      [1, 2, 3, 4],
      [2, 3, 4, 7],
    ]
    const totals = [
      exposed('a', 4),
      exposed('b', 4),
      did('count', 'a', first as number[], before(first as number[])),
      did('count', 'b', second as number[], before(second as number[])),
    ]
    expect(lastOf(read(totals, { metrics: [count] })).comparison?.difference).toBe(1.5)
    expect(lastOf(read(totals, { metrics: [count], cupedDays: 14 })).comparison?.difference).toBeCloseTo(0, 12)
  })
})

describe('many comparisons', () => {
  const totals = [
    exposed('a', 1000),
    ...['b', 'c', 'd'].flatMap((id) => [exposed(id, 1000), did('conversion', id, 128)]),
    did('conversion', 'a', 100),
    ...['a', 'b', 'c', 'd'].map((id) => did('value', id, 10)),
  ]
  const weights = new Map([[1, halves('a', 'b', 'c', 'd')]])
  const ids = ['a', 'b', 'c', 'd']

  test('are corrected by Holm within the goals, and watching other metrics changes nothing of that', () => {
    const one = read(totals, { ids, weights, plannedSubjects: 1 })
    const watched = read(totals, {
      ids,
      weights,
      plannedSubjects: 1,
      metrics: [conversion, [metric('value'), 'secondary']],
    })
    const pValue = compareProportions(
      { exposures: 1000, conversions: 100 },
      { exposures: 1000, conversions: 128 },
    ).pValue
    for (const results of [one, watched])
      expect(lastOf(results).comparison).toMatchObject({
        fixed: { pValue, adjustedPValue: (pValue as number) * 3 },
        significant: false,
      })
    const uncorrected = read(totals, { ids, weights, plannedSubjects: 1, correction: 'none' })
    expect(lastOf(uncorrected).comparison?.significant).toBe(pValue !== null && pValue < 0.05)
  })

  test('the chances to be the best add up to 1', () => {
    const results = read(totals, { ids, weights })
    const sum = results.metrics[0]?.variants.reduce(
      (total, { chanceToBeBest }) => total + (chanceToBeBest as number),
      0,
    )
    expect(sum).toBeCloseTo(1, 9)
  })
})

describe('where there is nothing to say, nothing is said', () => {
  const finite = (value: unknown): boolean =>
    typeof value === 'number'
      ? Number.isFinite(value)
      : value === null || typeof value !== 'object' || Object.values(value).every(finite)

  test.each<[string, Total[]]>([
    ['nobody', []],
    ['nobody in one arm', [exposed('a', 100), did('conversion', 'a', 10)]],
    ['one subject', [exposed('a', 1)]],
    ['no conversion', [exposed('a', 100), exposed('b', 100)]],
    ['everybody converts', [exposed('a', 9), exposed('b', 9), did('conversion', 'a', 9), did('conversion', 'b', 9)]],
    ['more conversions than subjects', [exposed('a', 1), exposed('b', 1), did('conversion', 'b', 3)]],
    ['a conversion and nobody', [did('conversion', 'b', 1)]],
    [
      'more than the world has people',
      [exposed('a', 1e13), exposed('b', 1e13), did('conversion', 'a', 1e12), did('conversion', 'b', 1.1e12)],
    ],
  ])('%s', (_, totals) => {
    for (const plannedSubjects of [null, 1]) {
      const results = read(totals, { plannedSubjects })
      expect(results.metrics[0]?.variants).toHaveLength(2)
      expect(finite(results)).toBe(true)
    }
  })

  test('one variant, none, and no metric', () => {
    for (const ids of [[], ['a']]) expect(finite(read([exposed('a', 5)], { ids }))).toBe(true)
    expect(read([exposed('a', 5)], { metrics: [] })).toMatchObject({ exposures: 5, metrics: [] })
  })
})
