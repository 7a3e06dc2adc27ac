import { describe, expect, test } from 'vitest'
import { armEffects } from '../../src/loop/brain/armEffects.ts'

const likelihood = { priorDeviation: Number.POSITIVE_INFINITY }

describe('how arms compare', () => {
  test('within strata is the logistic regression of R’s UCBAdmissions: glm(Admit ~ Dept + Gender)', () => {
    // Admitted and rejected by department, men and women: Bickel, Hammel, O'Connell (1975), Science 187, as in R.
    const men = [
      [512, 313],
      [353, 207],
      [120, 205],
      [138, 279],
      [53, 138],
      [22, 351],
    ]
    const women = [
      [89, 19],
      [17, 8],
      [202, 391],
      [131, 244],
      [94, 299],
      [24, 317],
    ]
    const arm = (counts: readonly number[][]) => ({
      visitors: counts.flat().reduce((sum, count) => sum + count, 0),
      conversions: counts.reduce((sum, [admitted = 0]) => sum + admitted, 0),
      strata: counts.map(([admitted = 0, rejected = 0], index) => ({
        stratum: 'ABCDEF'.charAt(index),
        visitors: admitted + rejected,
        conversions: admitted,
      })),
    })
    const { effects, covariance } = armEffects([arm(men), arm(women)], likelihood)
    // R: GenderFemale 0.09987, standard error 0.08085. Pooled, women seem far behind: -0.61035 (0.06389).
    expect(effects[1]).toBeCloseTo(0.09987, 5)
    expect(Math.sqrt(covariance[1]?.[1] as number)).toBeCloseTo(0.08085, 5)
    const pooled = armEffects(
      [arm(men), arm(women)].map(({ visitors, conversions }) => ({ visitors, conversions })),
      likelihood,
    )
    expect(pooled.effects[1]).toBeCloseTo(-0.61035, 5)
    expect(Math.sqrt(pooled.covariance[1]?.[1] as number)).toBeCloseTo(0.06389, 5)
  })

  test('of arms that never met is told through one that met both', () => {
    const stratum = (name: string, visitors: number, conversions: number) => ({ stratum: name, visitors, conversions })
    const arm = (...strata: ReturnType<typeof stratum>[]) => ({
      visitors: strata.reduce((sum, own) => sum + own.visitors, 0),
      conversions: strata.reduce((sum, own) => sum + own.conversions, 0),
      strata,
    })
    const odds = (rate: number) => Math.log(rate / (1 - rate))
    const { effects } = armEffects(
      [
        arm(stratum('spring', 10_000, 500)),
        arm(stratum('spring', 10_000, 600), stratum('summer', 10_000, 1_200)),
        arm(stratum('summer', 10_000, 1_400)),
      ],
      likelihood,
    )
    expect(effects[1]).toBeCloseTo(odds(0.06) - odds(0.05), 6)
    expect(effects[2]).toBeCloseTo(odds(0.06) - odds(0.05) + odds(0.14) - odds(0.12), 6)
  })

  test('of an arm without a conversion is finite and uncertain, as is one that ran alone or not at all', () => {
    const { effects, variances } = armEffects([
      { visitors: 1_000, conversions: 50 },
      { visitors: 40, conversions: 0 },
      { visitors: 0, conversions: 0 },
      { visitors: 500, conversions: 40, strata: [{ stratum: 'alone', visitors: 500, conversions: 40 }] },
    ])
    expect(effects.every(Number.isFinite)).toBe(true)
    expect(effects[1]).toBeLessThan(0)
    expect(effects.slice(2)).toEqual([0, 0])
    for (const variance of variances.slice(1)) expect(variance).toBeGreaterThan(0.2)
  })

  test('of one arm, or where nobody or everybody converts, is nothing', () => {
    expect(armEffects([{ visitors: 10, conversions: 3 }]).effects).toEqual([0])
    expect(armEffects([]).effects).toEqual([])
    const all = armEffects([
      { visitors: 10, conversions: 10 },
      { visitors: 10, conversions: 10 },
    ])
    expect(all.effects).toEqual([0, 0])
  })
})
