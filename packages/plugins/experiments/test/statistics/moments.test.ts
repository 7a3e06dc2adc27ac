import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CupedMoments,
  compareEstimates,
  cupedEstimates,
  meanEstimate,
  proportionEstimate,
  type RatioMoments,
  ratioEstimate,
} from '../../src/statistics/index.ts'
import { anyMoments, momentsOf, numbersIn, pair, sum } from './values.ts'

describe('a proportion', () => {
  test('has the mean p and the variance p (1 - p)', () => {
    expect(proportionEstimate({ subjects: 100, sum: 20 })).toEqual({ subjects: 100, mean: 0.2, variance: 0.2 * 0.8 })
  })

  test('of nobody is not known', () => {
    expect(proportionEstimate({ subjects: 0, sum: 0 })).toEqual({ subjects: 0, mean: null, variance: null })
  })

  test.each([
    [10, 11, /11 conversions of 10 subjects/],
    [10, -1, /-1 conversions/],
    [10, 2.5, /2\.5 conversions/],
    [-1, 0, /number of subjects is -1/],
    [1.5, 1, /1\.5/],
    [Number.NaN, 0, /NaN/],
  ])('of %d subjects with %d conversions is refused', (subjects, conversions, message) => {
    expect(() => proportionEstimate({ subjects, sum: conversions })).toThrow(message)
  })
})

describe('a mean', () => {
  test('has the variance of the sample: the extra hours of sleep in R’s data set `sleep`, group 1', () => {
    // R: mean(sleep$extra[1:10]) is 0.75, var() is 3.200556.
    const { subjects, mean, variance } = meanEstimate(momentsOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]))
    expect(subjects).toBe(10)
    expect(mean).toBeCloseTo(0.75, 12)
    expect(variance).toBeCloseTo(3.200556, 6)
  })

  test('of one subject has no variance, of nobody nothing', () => {
    expect(meanEstimate(momentsOf([5]))).toEqual({ subjects: 1, mean: 5, variance: null })
    expect(meanEstimate(momentsOf([]))).toEqual({ subjects: 0, mean: null, variance: null })
  })

  test('of equal values does not vary, whatever rounding leaves in the sums', () => {
    expect(meanEstimate(momentsOf(Array<number>(1_000).fill(19.99))).variance).toBe(0)
  })

  test('whatever the values, mean and variance are numbers, or null where there is nothing to tell them from', () => {
    fc.assert(
      fc.property(anyMoments(), anyMoments(), (a, b) => {
        const both = {
          subjects: a.subjects + b.subjects,
          sum: a.sum + b.sum,
          sumOfSquares: a.sumOfSquares + b.sumOfSquares,
        }
        const { mean, variance } = meanEstimate(both)
        expect(mean === null).toBe(both.subjects === 0)
        expect(variance === null).toBe(both.subjects < 2)
        for (const number of numbersIn({ mean, variance })) expect(Number.isFinite(number)).toBe(true)
      }),
    )
  })

  test.each([
    [{ subjects: 2, sum: 10, sumOfSquares: 1 }, /"sumOfSquares" is 1, which 2 subjects with a "sum" of 10 cannot have/],
    [{ subjects: 2, sum: Number.NaN, sumOfSquares: 1 }, /"sum" is NaN/],
    [{ subjects: 0, sum: 3, sumOfSquares: 9 }, /"sum" is 3 of no subjects/],
    [{ subjects: 2, sum: 1, sumOfSquares: Number.POSITIVE_INFINITY }, /"sumOfSquares" is Infinity/],
  ])('%o is refused', (moments, message) => {
    expect(() => meanEstimate(moments)).toThrow(message)
  })
})

describe('a ratio', () => {
  // The numbers of test_sequential_test_runs_ratio_ra in GrowthBook's packages/stats/tests/frequentist/test_tests.py;
  // mean and variance are what its RatioStatistic gives for them.
  const control: RatioMoments = {
    subjects: 100,
    sum: 485.112236689623,
    sumOfSquares: 2715.484666118136,
    denominatorSum: 679.9093275844917,
    denominatorSumOfSquares: 4939.424001640236,
    sumOfProducts: 3602.146836776702,
  }
  const treatment: RatioMoments = {
    subjects: 100,
    sum: 514.7757826608777,
    sumOfSquares: 2994.897482705013,
    denominatorSum: 705.4090874383759,
    denominatorSumOfSquares: 5291.36604146392,
    sumOfProducts: 3918.1561431600717,
  }

  test('has GrowthBook’s mean and delta-method variance', () => {
    expect(ratioEstimate(control).mean).toBeCloseTo(0.7134954868365716, 14)
    expect(ratioEstimate(control).variance).toBeCloseTo(0.019620702937212645, 12)
    expect(ratioEstimate(treatment).mean).toBeCloseTo(0.729754963223164, 14)
    expect(ratioEstimate(treatment).variance).toBeCloseTo(0.019119165724409845, 12)
  })

  test('compares as GrowthBook’s TwoSidedTTest does', () => {
    const { pValue, differenceInterval, relativeInterval } = compareEstimates(
      ratioEstimate(control),
      ratioEstimate(treatment),
    )
    expect(pValue).toBeCloseTo(0.40974737657590476, 10)
    expect(differenceInterval?.lower).toBeCloseTo(-0.022554691439217553, 10)
    expect(differenceInterval?.upper).toBeCloseTo(0.05507364421240239, 10)
    expect(relativeInterval?.lower).toBeCloseTo(-0.03224290232999809, 10)
    expect(relativeInterval?.upper).toBeCloseTo(0.07781985883937179, 10)
  })

  test('over a denominator of 1 for each subject is a mean', () => {
    const moments = momentsOf([1, 4, 2, 8])
    const ones = { denominatorSum: 4, denominatorSumOfSquares: 4, sumOfProducts: moments.sum }
    expect(ratioEstimate({ ...moments, ...ones })).toEqual(meanEstimate(moments))
  })

  test('over nothing, and of nobody, is not known', () => {
    const none = { denominatorSum: 0, denominatorSumOfSquares: 0, sumOfProducts: 0 }
    expect(ratioEstimate({ subjects: 3, sum: 5, sumOfSquares: 25, ...none }).mean).toBeNull()
    expect(ratioEstimate({ subjects: 0, sum: 0, sumOfSquares: 0, ...none })).toEqual({
      subjects: 0,
      mean: null,
      variance: null,
    })
  })
})

describe('CUPED', () => {
  // Sums from test_sequential_test_runs_ra in GrowthBook's test_tests.py, with other sums of products.
  const arm = (
    subjects: number,
    post: [number, number],
    pre: [number, number],
    sumOfProducts: number,
  ): CupedMoments => ({
    subjects,
    sum: post[0],
    sumOfSquares: post[1],
    preSum: pre[0],
    preSumOfSquares: pre[1],
    sumOfProducts,
  })
  const post = [
    [1396.87, 52377.9767],
    [2422.7, 134698.29],
  ] as const
  const arms = (products: [number, number]) => [
    arm(3000, [...post[0]], [16.87, 527.9767], products[0]),
    arm(3461, [...post[1]], [22.7, 1348.29], products[1]),
  ]

  test('compares as GrowthBook’s RegressionAdjustedStatistic does', () => {
    // gbstats, TwoSidedTTest, difference_type "absolute"; theta is 2.652741293558434.
    const comparison = compareEstimates(...pair(cupedEstimates(arms([2000, 3000]))))
    expect(comparison.difference).toBeCloseTo(0.23189512082322616, 10)
    expect(comparison.standardError).toBeCloseTo(0.12475695320269434, 10)
    expect(comparison.pValue).toBeCloseTo(0.06310825454940239, 10)
  })

  test('takes out what was there before: subjects that go on as before differ by the treatment alone', () => {
    const before = Array.from({ length: 200 }, (_, subject) => (subject * 37) % 101)
    const paired = (pre: readonly number[], added: number): CupedMoments => {
      const after = pre.map((value, subject) => value * 1.5 + added + (subject % 2))
      return {
        ...momentsOf(after),
        preSum: sum(pre),
        preSumOfSquares: sum(pre.map((value) => value ** 2)),
        sumOfProducts: sum(pre.map((value, subject) => value * (after[subject] as number))),
      }
    }
    const groups = [paired(before.slice(0, 100), 0), paired(before.slice(100), 2)] as const
    const plain = compareEstimates(meanEstimate(groups[0]), meanEstimate(groups[1]))
    const adjusted = compareEstimates(...pair(cupedEstimates(groups)))
    expect(adjusted.difference).toBeCloseTo(2, 1)
    expect(adjusted.standardError as number).toBeLessThan((plain.standardError as number) / 20)
  })

  test('without anything before, means are what they were', () => {
    const moments = momentsOf([1, 2, 4])
    const none = { preSum: 0, preSumOfSquares: 0, sumOfProducts: 0 }
    expect(cupedEstimates([{ ...moments, ...none }])).toEqual([meanEstimate(moments)])
    expect(
      cupedEstimates([
        { ...momentsOf([]), ...none },
        { ...moments, ...none },
      ])[0]?.mean,
    ).toBeNull()
    expect(cupedEstimates([])).toEqual([])
  })
})
