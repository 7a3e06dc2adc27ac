import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectableEffect, type PlannedMetric, power, subjectsPerArm } from '../../src/statistics/index.ts'

const half: PlannedMetric = { kind: 'proportion', baseline: 0.5 }

describe('how many subjects are needed', () => {
  test('for rates, as R’s power.prop.test', () => {
    // Its examples: power.prop.test(n = 50, p1 = .50, p2 = .75) has the power 0.740, (p1 = .50, p2 = .75, power = .90) needs n = 76.7.
    expect(power(half, 0.25, 50)).toBeCloseTo(0.7401659, 5)
    expect(subjectsPerArm(half, 0.25, 0.9)).toBe(77)
    expect(power(half, 0.25, 76.7)).toBeCloseTo(0.9, 4)
  })

  test('for rates, as Evan Miller’s calculator: 1,030 of each for 5 points on 20 %', () => {
    // evanmiller.org/ab-testing/sample-size.html with its defaults. He rounds to the nearest, we up.
    const metric: PlannedMetric = { kind: 'proportion', baseline: 0.2, formula: 'baseline' }
    expect(power(metric, 0.05, 1030)).toBeCloseTo(0.8, 3)
    expect(subjectsPerArm(metric, 0.05)).toBe(1031)
  })

  test('for rates without pooling, by hand', () => {
    // (1.959964 + 0.8416212)² (0.05 · 0.95 + 0.06 · 0.94)/0.01² = 8,154.9.
    expect(subjectsPerArm({ kind: 'proportion', baseline: 0.05, formula: 'unpooled' }, 0.01)).toBe(8155)
  })

  test('for means, as R’s power.t.test', () => {
    // Its examples: power.t.test(n = 20, delta = 1, sd = 1) has the power 0.8689528, (power = .90, delta = 1) needs n = 22.02110.
    const metric: PlannedMetric = { kind: 'mean', deviation: 1 }
    expect(power(metric, 1, 20)).toBeCloseTo(0.8689528, 4)
    expect(subjectsPerArm(metric, 1, 0.9)).toBe(23)
    expect(power(metric, 1, 22.0211)).toBeCloseTo(0.9, 4)
  })

  test('for a relative lift, as GrowthBook', () => {
    // packages/shared/test/power.test.ts: three variations of 400,000 users, then 1 and 9 weeks of 4,500.
    const revenue: PlannedMetric = { kind: 'relative', mean: 10, deviation: Math.sqrt(3909.9997749994377) }
    expect(power(revenue, 0.05, 400_000 / 3)).toBeCloseTo(0.52144, 5)
    expect(detectableEffect(revenue, 400_000 / 3)).toBeCloseTo(0.07027, 5)
    const clicks: PlannedMetric = { kind: 'relative', mean: 0.1, deviation: Math.sqrt(0.1 * 0.9) }
    expect(power(clicks, 0.05, 1500)).toBeCloseTo(0.073, 5)
    expect(power(clicks, 0.05, 9 * 1500)).toBeCloseTo(0.26666, 5)
    expect(detectableEffect(clicks, 1500)).toBeCloseTo(0.36767, 5)
    expect(detectableEffect({ kind: 'relative', mean: 0.1, deviation: Math.sqrt(0.5) }, 1500)).toBeCloseTo(1.26769, 5)
  })

  test('the always-valid test needs more', () => {
    const metric: PlannedMetric = { kind: 'proportion', baseline: 0.05 }
    const [once, always] = [
      subjectsPerArm(metric, 0.01),
      subjectsPerArm(metric, 0.01, 0.8, { sequentialTuning: 20_000 }),
    ]
    expect(always as number).toBeGreaterThan(1.5 * (once as number))
    expect(power(metric, 0.01, always as number, { sequentialTuning: 20_000 })).toBeCloseTo(0.8, 4)
  })

  test('power without an effect is the level', () => {
    expect(power(half, 0, 1000)).toBeCloseTo(0.05, 12)
    expect(power({ kind: 'mean', deviation: 3 }, 0, 50, { confidence: 0.9 })).toBeCloseTo(0.1, 3)
  })

  test('power, subjects and effect turn back into one another', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.constantFrom('pooled', 'baseline', 'unpooled'),
        (baseline, part, formula) => {
          const metric: PlannedMetric = { kind: 'proportion', baseline, formula }
          const effect = part * (1 - baseline)
          const subjects = subjectsPerArm(metric, effect) as number
          expect(power(metric, effect, subjects)).toBeGreaterThanOrEqual(0.8 - 1e-9)
          if (subjects > 2) expect(power(metric, effect, subjects - 1)).toBeLessThan(0.8)
          if (subjects > 30) expect((detectableEffect(metric, subjects) as number) / effect).toBeCloseTo(1, 1)
        },
      ),
    )
  })

  test('what no number of subjects or no effect shows is said to be so', () => {
    expect(subjectsPerArm(half, 1e-9)).toBeNull()
    expect(detectableEffect({ kind: 'proportion', baseline: 0.9 }, 10)).toBeNull()
    expect(detectableEffect({ kind: 'relative', mean: 0.1, deviation: 100 }, 10)).toBeNull()
  })

  test.each([
    [{ kind: 'proportion', baseline: 0 }, 0.1, /baseline is 0/],
    [{ kind: 'proportion', baseline: 0.9 }, 0.2, /baseline of 0\.9 with an effect of 0\.2 is no rate/],
    [{ kind: 'mean', deviation: 0 }, 1, /standard deviation is 0/],
    [{ kind: 'relative', mean: 0, deviation: 1 }, 1, /mean is 0/],
    [{ kind: 'mean', deviation: 1 }, Number.NaN, /effect is NaN/],
    [{ kind: 'mean', deviation: 1 }, 0, /effect is 0/],
  ] satisfies [PlannedMetric, number, RegExp][])('%j with an effect of %d is refused', (metric, effect, message) => {
    expect(() => subjectsPerArm(metric, effect)).toThrow(message)
  })

  test('a power or a number of subjects that cannot be is refused', () => {
    expect(() => subjectsPerArm(half, 0.1, 1)).toThrow(/power is 1/)
    expect(() => detectableEffect(half, 100, 0.05)).toThrow(/power is 0\.05\. It lies between 0\.05/)
    expect(() => power(half, 0.1, 1)).toThrow(/1 subjects in an arm/)
  })
})
