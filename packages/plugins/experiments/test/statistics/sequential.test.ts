import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  alwaysValid,
  compareEstimates,
  cupedEstimates,
  meanEstimate,
  proportionEstimate,
} from '../../src/statistics/index.ts'
import { anyMoments, anyProportion, numbersIn, pair } from './values.ts'

const control = meanEstimate({ subjects: 3000, sum: 1396.87, sumOfSquares: 52377.9767 })
const treatment = meanEstimate({ subjects: 3461, sum: 2422.7, sumOfSquares: 134698.29 })

describe('the always-valid test', () => {
  // Relative intervals as published in GrowthBook's packages/stats/tests/frequentist/test_tests.py (TestSequentialTTest);
  // absolute intervals and p-values are what the same gbstats gives for them with difference_type "absolute".
  test('of means', () => {
    const { interval, relativeInterval, pValue } = alwaysValid(control, treatment, { tuning: 1_000 })
    expect(relativeInterval?.lower).toBeCloseTo(-0.55844, 5)
    expect(relativeInterval?.upper).toBeCloseTo(1.56516, 5)
    expect(interval?.lower).toBeCloseTo(-0.17908917909394972, 10)
    expect(interval?.upper).toBeCloseTo(0.6478425124272831, 10)
    expect(pValue).toBe(1)
    expect(alwaysValid(control, treatment).pValue).toBeCloseTo(0.7601250075467714, 10)
  })

  test('of proportions', () => {
    const { relativeInterval } = alwaysValid(
      proportionEstimate({ subjects: 3000, sum: 1396 }),
      proportionEstimate({ subjects: 3461, sum: 2422 }),
    )
    expect(relativeInterval?.lower).toBeCloseTo(0.40098, 5)
    expect(relativeInterval?.upper).toBeCloseTo(0.60675, 5)
    const { interval, pValue } = alwaysValid(
      proportionEstimate({ subjects: 3000, sum: 1396 }),
      proportionEstimate({ subjects: 3000, sum: 1500 }),
    )
    expect(interval?.lower).toBeCloseTo(-0.004489370149719452, 10)
    expect(interval?.upper).toBeCloseTo(0.07382270348305281, 10)
    expect(pValue).toBeCloseTo(0.12321895816960504, 10)
  })

  test('of means with CUPED', () => {
    const pre = [
      { preSum: 16.87, preSumOfSquares: 527.9767, sumOfProducts: 1 },
      { preSum: 22.7, preSumOfSquares: 1348.29, sumOfProducts: 1 },
    ] as const
    const arms = cupedEstimates([
      { subjects: 3000, sum: 1396.87, sumOfSquares: 52377.9767, ...pre[0] },
      { subjects: 3461, sum: 2422.7, sumOfSquares: 134698.29, ...pre[1] },
    ])
    const { interval, pValue } = alwaysValid(...pair(arms))
    expect(interval?.lower).toBeCloseTo(-0.16010558651893275, 10)
    expect(interval?.upper).toBeCloseTo(0.6288802544766403, 10)
    expect(pValue).toBeCloseTo(0.7600207129748536, 10)
  })

  test('is at its best near its tuning: far below and far above, its interval is wider', () => {
    const widthAt = (tuning: number) => {
      const { interval } = alwaysValid(control, treatment, { tuning })
      return (interval?.upper as number) - (interval?.lower as number)
    }
    expect(widthAt(6_461)).toBeLessThan(widthAt(10))
    expect(widthAt(6_461)).toBeLessThan(widthAt(100_000))
  })

  test('leaves 0 out exactly when its p-value is below the level, and is wider than one look', () => {
    fc.assert(
      fc.property(
        anyProportion(),
        anyProportion(),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (a, b, confidence) => {
          const arms = [proportionEstimate(a), proportionEstimate(b)] as const
          const { interval, pValue } = alwaysValid(...arms, { confidence })
          const once = compareEstimates(...arms, { confidence })
          if (interval === null || pValue === null) return
          // On the edge itself rounding decides.
          if (Math.abs(pValue / (1 - confidence) - 1) < 1e-9) return
          expect(interval.lower > 0 || interval.upper < 0).toBe(pValue < 1 - confidence)
          if (a.subjects > 100 && b.subjects > 100)
            expect(interval.upper).toBeGreaterThanOrEqual(once.differenceInterval?.upper as number)
        },
      ),
    )
  })

  test('whatever is compared, there is an answer and never NaN', () => {
    const estimate = fc.oneof(anyMoments().map(meanEstimate), anyProportion().map(proportionEstimate))
    fc.assert(
      fc.property(estimate, estimate, (a, b) => {
        const result = alwaysValid(a, b)
        for (const number of numbersIn(result)) expect(Number.isFinite(number)).toBe(true)
        if (result.pValue !== null) expect(result.pValue >= 0 && result.pValue <= 1).toBe(true)
      }),
    )
  })

  test('without anybody, or without variation, says nothing', () => {
    const nobody = proportionEstimate({ subjects: 0, sum: 0 })
    const none = proportionEstimate({ subjects: 10, sum: 0 })
    const nothing = { interval: null, relativeInterval: null, pValue: null }
    expect(alwaysValid(nobody, nobody)).toEqual(nothing)
    expect(alwaysValid(none, none)).toEqual(nothing)
  })

  test.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('the tuning %d is refused', (tuning) => {
    expect(() => alwaysValid(control, treatment, { tuning })).toThrow(/tuning of the sequential test is/)
  })
})
