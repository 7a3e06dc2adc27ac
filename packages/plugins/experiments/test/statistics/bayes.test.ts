import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  betaPosterior,
  chanceToWin,
  type Estimate,
  expectedLoss,
  expectedLosses,
  meanEstimate,
  normalPosteriors,
  type Posterior,
  probabilitiesOfBest,
  proportionEstimate,
  weighByPeriod,
} from '../../src/statistics/index.ts'
import { anyProportion, momentsOf, sum } from './values.ts'

const rate = (conversions: number, subjects: number) =>
  betaPosterior(proportionEstimate({ subjects, sum: conversions }))
const normal = (mean: number, deviation: number): Posterior => ({ kind: 'normal', mean, deviation })

describe('the chance that a rate is the better of two', () => {
  test.each([
    [0, 0, 0, 0, 1 / 2],
    // Beta(2, 1) against Beta(1, 1): ∫ 2x · x dx. Beta(1, 2) is its mirror.
    [0, 0, 1, 1, 2 / 3],
    [0, 0, 0, 1, 1 / 3],
    // Beta(3, 1) against Beta(2, 1): ∫ 3x² · x² dx.
    [1, 1, 2, 2, 3 / 5],
  ])('%i of %i against %i of %i, by hand', (x1, n1, x2, n2, chance) => {
    expect(chanceToWin(rate(x1, n1), rate(x2, n2))).toBeCloseTo(chance, 14)
  })

  test('is the closed sum of Evan Miller, “Formulas for Bayesian A/B Testing”', () => {
    fc.assert(
      fc.property(counts(), counts(), (a, b) => {
        expect(chanceToWin(rate(a.x, a.n), rate(b.x, b.n))).toBeCloseTo(millersSum(a, b), 9)
      }),
      { numRuns: 20 },
    )
  })

  test('and that of the other make 1, also of billions', () => {
    fc.assert(
      fc.property(anyProportion(), anyProportion(), (a, b) => {
        const [first, second] = [betaPosterior(proportionEstimate(a)), betaPosterior(proportionEstimate(b))]
        const chance = chanceToWin(first, second)
        expect(chance >= 0 && chance <= 1).toBe(true)
        expect(chance + chanceToWin(second, first)).toBeCloseTo(1, 7)
        expect(chance + chanceToWin(first, second, { lowerIsBetter: true })).toBeCloseTo(1, 7)
      }),
      { numRuns: 20 },
    )
  })

  test('with priors that are no whole numbers, as a share of the parent’s visitors', () => {
    // scipy 1.17, by quad over the beta functions.
    const prior = { alpha: 1.2, beta: 10.8 }
    const posterior = (x: number, n: number) => betaPosterior(proportionEstimate({ subjects: n, sum: x }), prior)
    expect(chanceToWin(posterior(0, 5), posterior(2, 30))).toBeCloseTo(0.5870425122920192, 9)
  })
})

describe('the chance to be the best of many', () => {
  test('four rates, against scipy’s quad over its beta functions', () => {
    const arms = [rate(5, 100), rate(55, 1000), rate(6, 100), rate(8, 100)]
    for (const [index, chance] of probabilitiesOfBest(arms).entries())
      expect(chance).toBeCloseTo([0.133241643436, 0.029068131016, 0.239352207561, 0.598338017985][index] as number, 9)
  })

  test('three means, against scipy', () => {
    const chances = probabilitiesOfBest([normal(10, 0.5), normal(10.4, 0.7), normal(9, 2)])
    for (const [index, chance] of chances.entries())
      expect(chance).toBeCloseTo([0.2378944452500488, 0.5386516893450128, 0.22345386540493853][index] as number, 12)
  })

  test('holds when one arm is 5,000 times as unsure as the others, where Gauss and Hermite’s 128 nodes lose 2.8 %', () => {
    const chances = probabilitiesOfBest([normal(0, 1), normal(1, 5_000), normal(0.5, 1)])
    for (const [index, chance] of chances.entries())
      expect(chance).toBeCloseTo([0.18091067628071653, 0.5000120409825226, 0.31907728273676106][index] as number, 12)
  })

  test('holds also at a ratio of ten billion, and of certain arms among others', () => {
    // The wide arm is above both or below both: the narrow ones share a half as they do without it, Φ(0.5/√2) = 0.638163.
    const [first, second, wide] = probabilitiesOfBest([normal(0, 1), normal(0.5, 1), normal(1, 1e10)])
    expect(wide).toBeCloseTo(0.5, 9)
    expect(first).toBeCloseTo(0.5 * (1 - 0.6381631950841185), 9)
    expect(second).toBeCloseTo(0.5 * 0.6381631950841185, 9)
    expect(probabilitiesOfBest([normal(0, 0), normal(0, 1), normal(0, 1e10)])).toEqual(
      [0.25, 0.25, 0.5].map((chance) => expect.closeTo(chance, 7)),
    )
  })

  test('a young arm beside one of a billion subjects: the young one’s own cdf', () => {
    // Beta(1, 1), which is x itself, against a rate that is known to be 0.3.
    expect(chanceToWin(rate(300_000_000, 1_000_000_000), rate(0, 0))).toBeCloseTo(0.7, 7)
    expect(chanceToWin(rate(3_000_000_000_000_000, 9_000_000_000_000_000), rate(0, 0))).toBeCloseTo(2 / 3, 6)
  })

  test('equal arms are equal, and shares are of 1', () => {
    for (const chance of probabilitiesOfBest(Array.from({ length: 20 }, () => rate(5, 100))))
      expect(chance).toBeCloseTo(1 / 20, 12)
    fc.assert(
      fc.property(fc.array(anyProportion(), { minLength: 1, maxLength: 6 }), fc.boolean(), (arms, lowerIsBetter) => {
        const chances = probabilitiesOfBest(
          arms.map((arm) => betaPosterior(proportionEstimate(arm))),
          { lowerIsBetter },
        )
        expect(sum(chances)).toBeCloseTo(1, 12)
        for (const chance of chances) expect(chance >= 0 && chance <= 1).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  test('where the least is best, the order is turned around', () => {
    const arms = [normal(1, 1), normal(2, 1), normal(3, 1)]
    const [up, down] = [probabilitiesOfBest(arms), probabilitiesOfBest(arms, { lowerIsBetter: true })]
    for (const [index, chance] of down.entries()) expect(chance).toBeCloseTo(up[2 - index] as number, 12)
  })

  test('of one arm is 1, of none nothing; arms without doubt are compared as they are', () => {
    expect(probabilitiesOfBest([rate(1, 10)])).toEqual([1])
    expect(probabilitiesOfBest([])).toEqual([])
    expect(probabilitiesOfBest([normal(1, 0), normal(2, 0), normal(2, 0)])).toEqual([0, 0.5, 0.5])
    expect(chanceToWin(normal(0, 0), normal(1, 1))).toBeCloseTo(0.8413447460685429, 8)
    expect(probabilitiesOfBest([normal(1e16, 1e-3), normal(1e16, 1e-3)])).toEqual([0.5, 0.5])
  })
})

describe('the expected loss', () => {
  test('of GrowthBook’s Gaussian test: an effect of 0.05 ± 0.03572', () => {
    // packages/stats/tests/bayesian/test_tests.py, test_bayesian_gaussian_ab_test: chance 0.91923, risk 0.05131 and 0.00131.
    const [none, effect] = [normal(0, 0), normal(0.05, 0.03572)]
    expect(chanceToWin(none, effect)).toBeCloseTo(0.91923, 4)
    expect(expectedLosses([none, effect])).toEqual([expect.closeTo(0.05131, 5), expect.closeTo(0.00131, 5)])
  })

  test('of two rates, against scipy’s quad of the product of their distribution functions', () => {
    expect(expectedLoss(rate(5, 100), rate(8, 100))).toBeCloseTo(0.0041468531217505895, 12)
  })

  test('is Evan Miller’s and Chris Stucchio’s: the losses of both differ by the difference of the means', () => {
    fc.assert(
      fc.property(counts(), counts(), (a, b) => {
        const [first, second] = expectedLosses([rate(a.x, a.n), rate(b.x, b.n)]) as [number, number]
        expect(first - second).toBeCloseTo((b.x + 1) / (b.n + 2) - (a.x + 1) / (a.n + 2), 9)
        expect(Math.min(first, second)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 20 },
    )
  })

  test('keeps its digits where it is tiny', () => {
    // √2 (φ(z) - z Φ(-z)) with z = 10/√2, by mpmath with 40 digits.
    expect(expectedLoss(normal(0, 1), normal(10, 1)) / 1.481342933684934e-13).toBeCloseTo(1, 9)
  })

  test('of the sure best is nothing, of equals the same', () => {
    expect(expectedLosses([normal(1, 0), normal(2, 0)])).toEqual([expect.closeTo(1, 12), 0])
    const [first, second] = expectedLosses([rate(5, 100), rate(5, 100)])
    expect(first).toBeCloseTo(second as number, 14)
  })
})

describe('what is believed of an arm', () => {
  test('that was weighted by period counts as the subjects that leave the same standard error', () => {
    const [weighted] = weighByPeriod([
      [proportionEstimate({ subjects: 1000, sum: 50 }), proportionEstimate({ subjects: 1000, sum: 50 })],
      [proportionEstimate({ subjects: 1000, sum: 70 }), proportionEstimate({ subjects: 1000, sum: 50 })],
    ])
    // Σ (1/2)² p (1 - p)/1,000 with 5 % and 7 %; 6 % would leave it at 2,003.5 subjects.
    const posterior = betaPosterior(weighted as Estimate)
    expect(posterior).toEqual({
      kind: 'beta',
      alpha: expect.closeTo(1 + 0.06 * ((0.06 * 0.94) / ((0.0475 + 0.0651) / 4000)), 9),
      beta: expect.closeTo(1 + 0.94 * ((0.06 * 0.94) / ((0.0475 + 0.0651) / 4000)), 9),
    })
  })

  test('without subjects is the prior; without conversions it is not certain', () => {
    expect(rate(0, 0)).toEqual({ kind: 'beta', alpha: 1, beta: 1 })
    expect(rate(0, 10)).toEqual({ kind: 'beta', alpha: 1, beta: 11 })
  })

  test('of a mean that does not vary yet is as unsure as the others', () => {
    const bought = meanEstimate(momentsOf([0, 0, 10, 0]))
    const [nobody, some, none] = normalPosteriors([
      meanEstimate(momentsOf([])),
      bought,
      meanEstimate(momentsOf([0, 0, 0, 0])),
    ])
    expect(nobody).toBeNull()
    expect(some).toEqual({ kind: 'normal', mean: 2.5, deviation: 2.5 })
    expect(none).toEqual({ kind: 'normal', mean: 0, deviation: 2.5 })
  })

  test.each([
    [{ subjects: 3, mean: 2, variance: 1 }, undefined, /mean is 2/],
    [proportionEstimate({ subjects: 3, sum: 1 }), { alpha: 0.5, beta: 1 }, /prior is Beta\(0\.5, 1\)/],
    [proportionEstimate({ subjects: 3, sum: 1 }), { alpha: 1, beta: Number.NaN }, /Beta\(1, NaN\)/],
  ])('is refused when it cannot be a rate', (estimate, prior, message) => {
    expect(() => betaPosterior(estimate, prior)).toThrow(message)
  })
})

function counts() {
  return fc.tuple(fc.nat(400), fc.nat(400)).map(([a, b]) => ({ x: Math.min(a, b), n: Math.max(a, b) }))
}

/** Pr(B > A) = Σ_{i < α_B} B(α_A + i, β_A + β_B) / ((β_B + i) B(1 + i, β_B) B(α_A, β_A)), for whole numbers. */
function millersSum(a: { x: number; n: number }, b: { x: number; n: number }): number {
  const [alphaA, betaA, alphaB, betaB] = [a.x + 1, a.n - a.x + 1, b.x + 1, b.n - b.x + 1]
  return sum(
    Array.from({ length: alphaB }, (_, i) =>
      Math.exp(
        logBeta(alphaA + i, betaA + betaB) - Math.log(betaB + i) - logBeta(1 + i, betaB) - logBeta(alphaA, betaA),
      ),
    ),
  )
}

function logBeta(a: number, b: number): number {
  return logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1)
}

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next++)
    logFactorials.push((logFactorials[next - 1] as number) + Math.log(next))
  return logFactorials[n] as number
}

const logFactorials = [0]
