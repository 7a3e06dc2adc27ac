import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adjustedInterval, benjaminiHochberg, holm } from '../../src/statistics/index.ts'

/** Benjamini and Hochberg (1995), §4.1: 15 hypotheses of a trial of thrombolysis in myocardial infarction. */
const trial = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
]
const below = (pValues: readonly (number | null)[]) =>
  pValues.filter((pValue) => pValue !== null && pValue < 0.05).length

describe('p-values of many questions', () => {
  test('by Benjamini and Hochberg: four of the trial’s fifteen hold, as in their paper', () => {
    // statsmodels 0.15, multipletests(method="fdr_bh"); the paper rejects the first four.
    const expected = [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486, 0.58118182, 0.714875,
      0.75323077, 0.81321429, 1,
    ]
    const adjusted = benjaminiHochberg(trial)
    for (const [index, pValue] of adjusted.entries()) expect(pValue).toBeCloseTo(expected[index] as number, 8)
    expect(below(adjusted)).toBe(4)
  })

  test('by Holm: three hold, as by Bonferroni and Hochberg in the same paper', () => {
    // statsmodels 0.15, multipletests(method="holm").
    const expected = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1, 1, 1, 1, 1, 1]
    const adjusted = holm(trial)
    for (const [index, pValue] of adjusted.entries()) expect(pValue).toBeCloseTo(expected[index] as number, 10)
    expect(below(adjusted)).toBe(3)
  })

  test('come back where they stood, and what has none does not count', () => {
    expect(holm([0.04, null, 0.01, 0.03])).toEqual([0.06, null, 0.03, 0.06])
    expect(benjaminiHochberg([0.04, null, 0.01, 0.03])).toEqual([0.04, null, 0.03, 0.04])
  })

  test('of one question, or of none, stay as they are', () => {
    for (const adjust of [holm, benjaminiHochberg]) {
      expect(adjust([0.03])).toEqual([0.03])
      expect(adjust([null])).toEqual([null])
      expect(adjust([])).toEqual([])
    }
  })

  test('never become smaller nor change their order, and Holm’s are never below Benjamini and Hochberg’s', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (pValues) => {
        const [strict, mild] = [holm(pValues) as number[], benjaminiHochberg(pValues) as number[]]
        for (const [i, pValue] of pValues.entries()) {
          // But for the last digit.
          expect(mild[i]).toBeGreaterThanOrEqual(pValue * (1 - 1e-12))
          expect((strict[i] as number) - (mild[i] as number)).toBeGreaterThanOrEqual(-1e-15)
          expect(strict[i]).toBeLessThanOrEqual(1)
          for (const [j, other] of pValues.entries())
            if (pValue < other)
              expect((strict[i] as number) <= (strict[j] as number) && (mild[i] as number) <= (mild[j] as number)).toBe(
                true,
              )
        }
      }),
    )
  })

  test.each([-0.1, 1.1, Number.NaN])('a p-value of %d is refused', (pValue) => {
    expect(() => holm([0.5, pValue])).toThrow(/A p-value is/)
    expect(() => benjaminiHochberg([pValue])).toThrow(/A p-value is/)
  })
})

describe('the interval of an adjusted p-value', () => {
  test('touches 0 when the p-value is the level, as GrowthBook’s adjustedCI', () => {
    // packages/shared/test/experiments.test.ts, "adjusts CIs as we expect".
    expect(adjustedInterval(0.1, 0.049999999, 0.95)).toEqual({
      lower: expect.closeTo(0, 8),
      upper: expect.closeTo(0.2, 8),
    })
    expect(adjustedInterval(0.1, 0.0099999999, 0.99)).toEqual({
      lower: expect.closeTo(0, 8),
      upper: expect.closeTo(0.2, 8),
    })
  })

  test('without an adjustment is the interval of the z-test, however small the p-value', () => {
    // Effect 0.1, standard errors 0.05 and 0.005: p = 2 Φ(-2) and 2 Φ(-20), by R's pnorm.
    const half = (interval: ReturnType<typeof adjustedInterval>) => (interval?.upper as number) - 0.1
    expect(half(adjustedInterval(0.1, 2 * 0.02275013194817921, 0.95))).toBeCloseTo(0.05 * 1.959963984540054, 9)
    expect(half(adjustedInterval(0.1, 2 * 2.753624118606234e-89, 0.95))).toBeCloseTo(0.005 * 1.959963984540054, 12)
  })

  test('has no end where the p-value does not tell its width', () => {
    expect(adjustedInterval(0.1, 1, 0.95)).toBeNull()
    expect(adjustedInterval(0.1, 0, 0.95)).toBeNull()
    expect(adjustedInterval(0, 0.3, 0.95)).toBeNull()
  })

  test('leaves 0 out exactly when the p-value is below the level', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (effect, pValue) => {
          const interval = adjustedInterval(effect, pValue, 0.9)
          if (interval === null || Math.abs(pValue - 0.1) < 1e-9) return
          expect(interval.lower > 0 || interval.upper < 0).toBe(pValue < 0.1)
        },
      ),
    )
  })
})
