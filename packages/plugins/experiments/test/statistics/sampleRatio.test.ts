import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleRatio, sampleRatioOfPeriods, srmCauses } from '../../src/statistics/index.ts'
import { numbersIn, sum } from './values.ts'

const arms = (observed: readonly number[], weights: readonly number[]) =>
  observed.map((count, arm) => ({ observed: count, weight: weights[arm] as number }))

describe('the sample ratio', () => {
  test('is Pearson’s test: the example of R’s chisq.test(x, p = p, rescale.p = TRUE)', () => {
    // X-squared = 9.9901, df = 4, p-value = 0.04059.
    const { chiSquare, degreesOfFreedom, pValue, alarm } = sampleRatio(arms([89, 37, 30, 28, 2], [40, 20, 20, 15, 5]))
    expect(chiSquare).toBeCloseTo(9.9901, 4)
    expect(degreesOfFreedom).toBe(4)
    expect(pValue).toBeCloseTo(0.04059, 5)
    expect(alarm).toBe(false)
  })

  // packages/back-end/test/stats.test.ts of GrowthBook, "calculates SRM correctly".
  test.each([
    [[1000, 1200], [0.5, 0.5], 0.000020079, true],
    [[135, 115], [0.5, 0.5], 0.205903211, false],
    [[310, 98], [0.75, 0.25], 0.647434186, false],
    [[1000, 1200, 900], [0.5, 0.5, 0], 0.000020079, true],
    [[500, 500, 600], [0.34, 0.33, 0.33], 0.000592638, true],
    [[500, 500], [0.5, 0.5], 1, false],
  ])('%j at %j, as GrowthBook’s checkSrm', (observed, weights, expected, alarm) => {
    const result = sampleRatio(arms(observed, weights))
    expect(result.pValue).toBeCloseTo(expected, 9)
    expect(result.alarm).toBe(alarm)
  })

  test('of a gross mismatch is tiny and not 0', () => {
    // χ² = 100 with one degree of freedom: scipy 1.17, chi2.sf(100, 1) = 1.5239706048320995e-23.
    const { chiSquare, pValue } = sampleRatio(arms([5500, 4500], [1, 1]))
    expect(chiSquare).toBeCloseTo(100, 10)
    expect((pValue as number) / 1.5239706048320995e-23).toBeCloseTo(1, 10)
  })

  test('notices an arm that gets nobody', () => {
    expect(sampleRatio(arms([0, 500, 500], [1, 1, 1])).alarm).toBe(true)
  })

  test.each([
    ['nobody', [0, 0, 0], [1, 1, 1]],
    ['one arm', [1000], [1]],
    ['one arm with a weight', [1000, 900, 800], [1, 0, 0]],
    ['fewer than 8 subjects for each arm on average', [0, 10, 10], [1, 1, 1]],
    ['no arm', [], []],
  ])('of %s is not asked', (_name, observed, weights) => {
    expect(sampleRatio(arms(observed, weights))).toMatchObject({ pValue: null, alarm: false })
  })

  test('over periods compares with what was expected in each', () => {
    const periods = [arms([500, 500], [1, 1]), arms([1000, 9000], [1, 9])]
    expect(sampleRatioOfPeriods(periods)).toMatchObject({
      expected: [1500, 9500],
      chiSquare: 0,
      pValue: 1,
      alarm: false,
    })
    // Against the last weights alone the same counts would look broken.
    expect(sampleRatio(arms([1500, 9500], [1, 9])).alarm).toBe(true)
  })

  test('over periods counts an arm from when it has a weight', () => {
    const periods = [arms([500, 500, 3], [1, 1, 0]), arms([400, 400, 400], [1, 1, 1])]
    expect(sampleRatioOfPeriods(periods).expected).toEqual([900, 900, 400])
  })

  test('whatever the counts, there is an answer and never NaN', () => {
    const arm = fc.record({
      observed: fc.nat(),
      weight: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    })
    fc.assert(
      fc.property(fc.array(arm, { maxLength: 5 }), (list) => {
        const result = sampleRatio(list)
        for (const number of numbersIn(result)) expect(Number.isFinite(number)).toBe(true)
        if (result.pValue !== null) expect(result.pValue >= 0 && result.pValue <= 1).toBe(true)
      }),
    )
  })

  test.each([
    [[-1, 5], [1, 1], /An arm has -1 subjects/],
    [[1.5, 5], [1, 1], /An arm has 1\.5 subjects/],
    [[1, 5], [1, -1], /weight of an arm is -1/],
    [[1, 5], [1, Number.NaN], /weight of an arm is NaN/],
  ])('%j at %j is refused', (observed, weights, message) => {
    expect(() => sampleRatio(arms(observed, weights))).toThrow(message)
  })
})

describe('why the ratio is off', () => {
  test('a treatment whose page breaks loses visitors before they are counted', () => {
    const counts = [
      [5000, 0],
      [0, 4000],
    ]
    expect(srmCauses(counts, [1, 1])).toEqual([
      { expected: 4500, predicted: 5000, recorded: 5000, captured: 500, moved: 0 },
      { expected: 4500, predicted: 4000, recorded: 4000, captured: -500, moved: 0 },
    ])
  })

  test('forced variants move visitors from where they were assigned', () => {
    const counts = [
      [4500, 500],
      [0, 5000],
    ]
    expect(srmCauses(counts, [1, 1])).toEqual([
      { expected: 5000, predicted: 5000, recorded: 4500, captured: 0, moved: -500 },
      { expected: 5000, predicted: 5000, recorded: 5500, captured: 0, moved: 500 },
    ])
  })

  test('the two causes are the whole gap, in every arm', () => {
    const row = fc.array(fc.nat(1_000_000), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 3 }), (counts) => {
        const causes = srmCauses(counts, [1, 2, 5])
        for (const { expected, recorded, captured, moved } of causes)
          expect(captured + moved).toBeCloseTo(recorded - expected, 6)
        expect(sum(causes.map(({ moved }) => moved))).toBe(0)
      }),
    )
  })

  test.each([
    [[[1, 2]], [1, 1], /2 weights, but a row or column of 1/],
    [[[1], [2]], [1, 1], /a row or column of 1/],
    [
      [
        [1, 2],
        [3, -4],
      ],
      [1, 1],
      /An arm has -4 subjects/,
    ],
    [
      [
        [1, 2],
        [3, 4],
      ],
      [0, 0],
      /All weights are 0/,
    ],
  ])('%j at %j is refused', (counts, weights, message) => {
    expect(() => srmCauses(counts, weights)).toThrow(message)
  })
})
