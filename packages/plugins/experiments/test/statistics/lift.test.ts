import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareEstimates, meanEstimate, proportionEstimate } from '../../src/statistics/index.ts'
import { anyMoments, anyProportion, momentsOf, numbersIn, pair } from './values.ts'

/** R's data set `sleep`, extra hours with two drugs: Student (1908), "The probable error of a mean", Biometrika 6. */
const sleep = [
  [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
  [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
].map((values) => meanEstimate(momentsOf(values)))
const [first, second] = pair(sleep)

describe('Welch’s t-test', () => {
  test('the example of R’s t.test(extra ~ group, data = sleep)', () => {
    // t = -1.8608, df = 17.776, p-value = 0.07939, 95 percent confidence interval -3.3654832 to 0.2054832.
    const { t, degreesOfFreedom, pValue, differenceInterval, significant } = compareEstimates(second, first)
    expect(t).toBeCloseTo(-1.8608, 4)
    expect(degreesOfFreedom).toBeCloseTo(17.776, 3)
    expect(pValue).toBeCloseTo(0.07939, 5)
    expect(differenceInterval?.lower).toBeCloseTo(-3.3654832, 7)
    expect(differenceInterval?.upper).toBeCloseTo(0.2054832, 7)
    expect(significant).toBe(false)
  })

  test('at a confidence of 90 % the same data are significant', () => {
    expect(compareEstimates(second, first, { confidence: 0.9 }).significant).toBe(true)
  })

  test('small p-values keep their digits', () => {
    // t = 40 with 1,000 degrees of freedom: scipy 1.17, 2 * t.sf(40, 1000) = 1.0478852155173272e-209.
    const arm = (mean: number) => ({ subjects: 501, mean, variance: 501 / 2 })
    const { t, degreesOfFreedom, pValue } = compareEstimates(arm(0), arm(40))
    expect(t).toBeCloseTo(40, 10)
    expect(degreesOfFreedom).toBeCloseTo(1000, 8)
    expect((pValue as number) / 1.0478852155173272e-209).toBeCloseTo(1, 10)
  })
})

describe('the relative lift', () => {
  // packages/stats/tests/frequentist/test_tests.py of GrowthBook, test_two_sided_ttest and its _absolute and _binom.
  test('of means, as GrowthBook’s TwoSidedTTest', () => {
    const control = meanEstimate({ subjects: 3407, sum: 1396.87, sumOfSquares: 52377.9767 })
    const treatment = meanEstimate({ subjects: 3461, sum: 2422.7, sumOfSquares: 134698.29 })
    const { relativeLift, relativeInterval, difference, differenceInterval, pValue } = compareEstimates(
      control,
      treatment,
    )
    expect(relativeLift).toBeCloseTo(0.70732, 5)
    expect(relativeInterval?.lower).toBeCloseTo(-0.03526, 5)
    expect(relativeInterval?.upper).toBeCloseTo(1.44989, 5)
    expect(difference).toBeCloseTo(0.29, 10)
    expect(differenceInterval?.lower).toBeCloseTo(0.04538, 5)
    expect(differenceInterval?.upper).toBeCloseTo(0.53462, 5)
    expect(pValue).toBeCloseTo(0.02016, 5)
  })

  test('of proportions', () => {
    const { relativeLift, relativeInterval } = compareEstimates(
      proportionEstimate({ subjects: 28, sum: 14 }),
      proportionEstimate({ subjects: 30, sum: 16 }),
    )
    expect(relativeLift).toBeCloseTo(0.06667, 5)
    expect(relativeInterval?.lower).toBeCloseTo(-0.47767, 5)
    expect(relativeInterval?.upper).toBeCloseTo(0.61101, 5)
  })

  test('of a control below 0 is up when the treatment is higher', () => {
    const arm = (mean: number) => ({ subjects: 100, mean, variance: 1 })
    expect(compareEstimates(arm(-2), arm(-1)).relativeLift).toBe(0.5)
  })

  test('of a control of 0 is not known', () => {
    const arm = (mean: number) => ({ subjects: 100, mean, variance: 1 })
    expect(compareEstimates(arm(0), arm(1))).toMatchObject({
      relativeLift: null,
      relativeInterval: null,
      difference: 1,
    })
  })
})

describe('whatever is compared', () => {
  const estimate = fc.oneof(anyMoments().map(meanEstimate), anyProportion().map(proportionEstimate))

  test('there is an answer and never NaN', () => {
    fc.assert(
      fc.property(estimate, estimate, (a, b) => {
        const comparison = compareEstimates(a, b)
        for (const number of numbersIn(comparison)) expect(Number.isFinite(number)).toBe(true)
        const { pValue, differenceInterval, difference } = comparison
        if (pValue !== null) expect(pValue >= 0 && pValue <= 1).toBe(true)
        if (differenceInterval !== null && difference !== null)
          expect(differenceInterval.lower <= difference && difference <= differenceInterval.upper).toBe(true)
      }),
    )
  })

  test('swapping the arms turns the difference around and leaves the p-value', () => {
    fc.assert(
      fc.property(estimate, estimate, (a, b) => {
        const forth = compareEstimates(a, b)
        const back = compareEstimates(b, a)
        expect(back.pValue).toBe(forth.pValue)
        expect(back.difference === null ? null : 0 - back.difference).toBe(
          forth.difference === null ? null : forth.difference + 0,
        )
      }),
    )
  })

  test.each([
    ['nobody', meanEstimate(momentsOf([])), null],
    ['one subject', meanEstimate(momentsOf([3])), 3 - 0.75],
    ['nobody converted', proportionEstimate({ subjects: 10, sum: 0 }), -0.75],
  ])('%s in the treatment: the difference as far as it is known', (_name, treatment, difference) => {
    expect(compareEstimates(first, treatment).difference).toEqual(
      difference === null ? null : expect.closeTo(difference, 12),
    )
  })

  test('where nothing varies there is no p-value and no interval', () => {
    const [none, all] = [proportionEstimate({ subjects: 10, sum: 0 }), proportionEstimate({ subjects: 10, sum: 10 })]
    expect(compareEstimates(none, all)).toMatchObject({
      difference: 1,
      differenceInterval: null,
      pValue: null,
      significant: false,
    })
  })

  test.each([0, 1, -0.1, Number.NaN])('the confidence %d is refused', (confidence) => {
    expect(() => compareEstimates(first, second, { confidence })).toThrow(/between 0 and 1/)
  })
})
