import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareProportions, wilsonInterval } from '../../src/statistics/proportions.ts'

const group = (conversions: number, exposures: number) => ({ exposures, conversions })

describe('Wilson’s interval of one rate', () => {
  // Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (conversions, exposures, lower, upper) => {
    const interval = wilsonInterval(group(conversions, exposures))
    expect(interval?.lower).toBeCloseTo(lower, 4)
    expect(interval?.upper).toBeCloseTo(upper, 4)
  })

  test('nothing can be said without an exposure', () => {
    expect(wilsonInterval(group(0, 0))).toBeNull()
  })
})

describe('Newcombe’s interval of a difference', () => {
  // Newcombe (1998), "Interval estimation for the difference between independent proportions",
  // Statistics in Medicine 17, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('%i of %i less %i of %i', (x1, n1, x2, n2, lower, upper) => {
    const { differenceInterval } = compareProportions(group(x2, n2), group(x1, n1))
    expect(differenceInterval?.lower).toBeCloseTo(lower, 4)
    expect(differenceInterval?.upper).toBeCloseTo(upper, 4)
  })
})

describe('Donner and Zou’s interval of the relative lift', () => {
  test('is where the recovered variances meet 0: p1 - R p2 = √((p1 - l)² + R² (u - p2)²)', () => {
    // Donner and Zou (2012), Statistical Methods in Medical Research 21, section 2: the definition that their limits solve.
    const { relativeInterval } = compareProportions(group(20, 100), group(30, 100))
    const [treatment, control] = [wilsonInterval(group(30, 100)), wilsonInterval(group(20, 100))] as const
    const lower = (relativeInterval?.lower as number) + 1
    const upper = (relativeInterval?.upper as number) + 1
    expect(0.3 - lower * 0.2).toBeCloseTo(
      Math.hypot(0.3 - (treatment?.lower as number), lower * ((control?.upper as number) - 0.2)),
      12,
    )
    expect(upper * 0.2 - 0.3).toBeCloseTo(
      Math.hypot((treatment?.upper as number) - 0.3, upper * (0.2 - (control?.lower as number))),
      12,
    )
  })

  test('leaves 0 out exactly when Newcombe’s interval of the difference does, and holds the lift', () => {
    fc.assert(
      fc.property(proportion(), proportion(), (control, treatment) => {
        const { relativeLift, relativeInterval, differenceInterval } = compareProportions(control, treatment)
        if (relativeInterval === null || differenceInterval === null || relativeLift === null) return
        const edge = Math.min(...[differenceInterval.lower, differenceInterval.upper].map(Math.abs))
        if (edge > 1e-12) {
          expect(relativeInterval.lower > 0).toBe(differenceInterval.lower > 0)
          expect(relativeInterval.upper < 0).toBe(differenceInterval.upper < 0)
        }
        expect(relativeInterval.lower).toBeGreaterThanOrEqual(-1)
        expect(relativeInterval.lower).toBeLessThanOrEqual(relativeLift + 1e-9)
        expect(relativeInterval.upper).toBeGreaterThanOrEqual(relativeLift - 1e-9)
      }),
    )
  })

  test('is known without a conversion of the treatment, and not without one of the control', () => {
    // Wilson: 0 to 0.0713 and 0.0435 to 0.2136; without conversions the upper ratio is u / √(l (2 p - l)) = 0.0713/0.0825.
    expect(compareProportions(group(5, 50), group(0, 50)).relativeInterval).toEqual({
      lower: -1,
      upper: expect.closeTo(-0.135, 3),
    })
    expect(compareProportions(group(0, 50), group(5, 50)).relativeInterval).toBeNull()
  })
})

describe('the two-proportion z-test', () => {
  test('the smokers of R’s prop.test: 83 of 86 and 90 of 93, without continuity correction', () => {
    // R 4.2: prop.test(c(83, 90), c(86, 93), correct = FALSE)$p.value is 0.9224591; the statistic is z squared.
    const { z, pValue, significant } = compareProportions(group(83, 86), group(90, 93))
    expect(z).not.toBeNull()
    expect(pValue).toBeCloseTo(erfcP(z as number), 12)
    expect(significant).toBe(false)
  })

  test('the aspirin trial: 189 of 11,034 on placebo, 104 of 11,037 on aspirin', () => {
    // Agresti, "An Introduction to Categorical Data Analysis", 2nd ed., §2.2: difference 0.0077, z² = 25.01.
    const { difference, z, pValue, significant } = compareProportions(group(189, 11_034), group(104, 11_037))
    expect(difference).toBeCloseTo(-0.0077, 4)
    expect((z as number) ** 2).toBeCloseTo(25.01, 1)
    expect(pValue).toBeLessThan(1e-6)
    expect(significant).toBe(true)
  })

  test('swapping the groups changes the sign and nothing else', () => {
    fc.assert(
      fc.property(proportion(), proportion(), (a, b) => {
        const forth = compareProportions(a, b)
        const back = compareProportions(b, a)
        expect(back.pValue).toBe(forth.pValue)
        expect(back.z === null ? null : -back.z + 0).toBe(forth.z === null ? null : forth.z + 0)
      }),
    )
  })

  test('whatever the counts, there is an answer and never NaN', () => {
    fc.assert(
      fc.property(proportion(), proportion(), (a, b) => {
        const { differenceInterval, relativeInterval, significant, ...numbers } = compareProportions(a, b)
        const ends = [...Object.values(differenceInterval ?? {}), ...Object.values(relativeInterval ?? {})]
        for (const value of [...Object.values(numbers), ...ends])
          expect(value === null || Number.isFinite(value)).toBe(true)
        if (numbers.pValue !== null) expect(numbers.pValue >= 0 && numbers.pValue <= 1).toBe(true)
        expect(significant).toBe(numbers.pValue !== null && numbers.pValue < 0.05)
      }),
    )
  })

  test.each([
    ['nobody in either group', group(0, 0), group(0, 0)],
    ['nobody in the control', group(0, 0), group(1, 10)],
    ['nobody has converted', group(0, 10), group(0, 10)],
    ['everybody has converted', group(10, 10), group(12, 12)],
  ])('%s: no p-value, and nothing is significant', (_name, control, treatment) => {
    expect(compareProportions(control, treatment)).toMatchObject({ z: null, pValue: null, significant: false })
  })

  test.each([
    [group(11, 10), group(1, 10), /control has 11 conversions of 10 exposures/],
    [group(1, 10), group(-1, 10), /treatment has -1 conversions/],
    [group(0.5, 10), group(1, 10), /0\.5/],
  ])('impossible counts are refused', (control, treatment, message) => {
    expect(() => compareProportions(control, treatment)).toThrow(message)
  })

  test.each([0, 1, 1.5, Number.NaN])('the confidence %d is refused', (confidence) => {
    expect(() => compareProportions(group(1, 10), group(2, 10), confidence)).toThrow(/between 0 and 1/)
  })
})

/** The p-value of z² under χ² with one degree of freedom, by a series of its own: 1 - erf(|z|/√2). */
function erfcP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  let term = x
  let sum = x
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum
}

function proportion() {
  return fc
    .tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 }))
    .map(([a, b]) => group(Math.min(a, b), Math.max(a, b)))
}
