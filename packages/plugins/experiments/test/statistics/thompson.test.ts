import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  betaPosterior,
  type Posterior,
  probabilitiesOfBest,
  proportionEstimate,
  thompsonWeights,
} from '../../src/statistics/index.ts'
import { anyProportion, sum } from './values.ts'

const rate = (conversions: number, subjects: number) =>
  betaPosterior(proportionEstimate({ subjects, sum: conversions }))
const four = [rate(10, 200), rate(14, 200), rate(12, 200), rate(20, 200)]
const units = (weights: readonly number[]) => weights.map((weight) => Math.round(weight * 10_000))

describe('the weights of a bandit', () => {
  test('without floors are the chances of being best, in ten-thousandths', () => {
    const chances = probabilitiesOfBest(four)
    for (const [arm, weight] of thompsonWeights(four, { floors: 0 }).entries())
      expect(Math.abs(weight - (chances[arm] as number))).toBeLessThan(0.0001)
  })

  test('with a floor are floor + (1 - Σ floors) of the chance, as GrowthBook’s additive floor', () => {
    // test_gbstats.py, test_floor_is_additive_on_the_simplex: p = f + (1 - n f) w.
    const chances = probabilitiesOfBest(four)
    for (const [arm, weight] of thompsonWeights(four, { floors: 0.1 }).entries())
      expect(Math.abs(weight - (0.1 + 0.6 * (chances[arm] as number)))).toBeLessThan(0.0001)
  })

  test('hold every floor where clipping and dividing again would break it', () => {
    // Ten arms, one far ahead, floors of 1 %: clipped, the nine would end at 0.917 %.
    const ten = [rate(500, 1000), ...Array.from({ length: 9 }, () => rate(10, 1000))]
    expect(thompsonWeights(ten, { floors: 0.01 })).toEqual([0.91, ...Array<number>(9).fill(0.01)])
  })

  test('with a floor for each arm keep a share for the control', () => {
    expect(thompsonWeights([rate(10, 1000), rate(500, 1000)], { floors: [0.05, 0] })).toEqual([0.05, 0.95])
  })

  test('with floors that leave nothing over are the floors', () => {
    // test_floor_too_large_falls_back_to_uniform.
    expect(thompsonWeights(four, { floors: 0.5 })).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(thompsonWeights(four, { floors: [0.9, 0.9, 0, 0] })).toEqual([0.5, 0.5, 0, 0])
  })

  test('move by at most the largest step, all arms by the same part of their way', () => {
    const [first, second] = [rate(10, 1000), rate(500, 1000)]
    const options = { floors: 0, maxStep: 0.2 }
    expect(thompsonWeights([first, second], { ...options, previous: [1, 1] })).toEqual([0.3, 0.7])
    expect(thompsonWeights([first, second], { ...options, previous: [3, 7] })).toEqual([0.1, 0.9])
    expect(thompsonWeights([first, second], { ...options, previous: [1, 9] })).toEqual([0, 1])
  })

  test('lift a new arm to its floor at once, whatever the step', () => {
    const arms = [rate(500, 1000), rate(500, 1000), rate(0, 0)]
    const weights = thompsonWeights(arms, { floors: 0.05, maxStep: 0.01, previous: [1, 1, 0] })
    expect(weights[2]).toBe(0.05)
    expect(sum(units(weights))).toBe(10_000)
  })

  test('are the same for the same data, and turn around where the least is best', () => {
    expect(thompsonWeights(four)).toEqual(thompsonWeights(four))
    const [up, down] = [thompsonWeights(four, { floors: 0 }), thompsonWeights(four, { floors: 0, lowerIsBetter: true })]
    expect(up.indexOf(Math.max(...up))).toBe(3)
    expect(down.indexOf(Math.max(...down))).toBe(0)
  })

  test('of arms that nothing is known of are equal, and of one arm 1', () => {
    expect(units(thompsonWeights([rate(0, 0), rate(0, 0), rate(0, 0)])).toSorted()).toEqual([3333, 3333, 3334])
    expect(thompsonWeights([rate(3, 10)])).toEqual([1])
  })

  test('whatever the arms, are whole ten-thousandths of sum 1, none below its floor, none moved too far', () => {
    const arms = fc.array(
      fc.record({ arm: anyProportion(), floor: fc.double({ min: 0, max: 0.15, noNaN: true }), previous: fc.nat(100) }),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(arms, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, maxStep) => {
        const posteriors: Posterior[] = list.map(({ arm }) => betaPosterior(proportionEstimate(arm)))
        const floors = list.map(({ floor }) => floor)
        // Previous weights that hold the floors, so that only the step is in the way.
        const free = 1 - sum(floors)
        const shares = list.map(({ previous }) => (previous + 1) / sum(list.map((other) => other.previous + 1)))
        const previous = floors.map((floor, arm) => floor + free * (shares[arm] as number))
        const weights = thompsonWeights(posteriors, { floors, maxStep, previous })
        expect(sum(units(weights))).toBe(10_000)
        for (const [arm, weight] of weights.entries()) {
          expect(weight * 10_000).toBeCloseTo(units(weights)[arm] as number, 8)
          expect(weight).toBeGreaterThanOrEqual((floors[arm] as number) - 1e-9)
          expect(Math.abs(weight - (previous[arm] as number))).toBeLessThan(maxStep + list.length / 10_000)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('stay under ceilings, and what is cut goes to the others by their chances', () => {
    const free = thompsonWeights(four, { floors: 0 })
    const cut = thompsonWeights(four, { floors: 0, ceilings: [1, 1, 1, 0.05] })
    expect(cut[3]).toBe(0.05)
    expect(sum(units(cut))).toBe(10_000)
    expect((cut[1] as number) / (cut[2] as number)).toBeCloseTo((free[1] as number) / (free[2] as number), 1)
  })

  test('fill one ceiling after the other, and a ceiling goes before a floor', () => {
    const weights = thompsonWeights(four, { floors: 0.1, ceilings: [1, 0.05, 0.3, 0.4] })
    expect(weights).toEqual([0.25, 0.05, 0.3, 0.4])
  })

  test('under ceilings that leave traffic to nobody are scaled to take all of it', () => {
    expect(thompsonWeights(four, { ceilings: [0.1, 0.1, 0.1, 0.1] })).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  test('with ceilings of 1 are as without', () => {
    expect(thompsonWeights(four, { ceilings: [1, 1, 1, 1] })).toEqual(thompsonWeights(four))
  })

  test.each([
    [{ ceilings: [0, 1, 1, 1] }, /A ceiling is 0/],
    [{ ceilings: [1, 1] }, /4 arms and 2 ceilings/],
    [{ floors: -0.1 }, /A floor is -0\.1/],
    [{ floors: [0.1, 0.1] }, /4 arms and 2 floors/],
    [{ maxStep: 0 }, /largest step is 0/],
    [{ previous: [1, 1] }, /4 arms and 2 previous weights/],
    [{ previous: [0, 0, 0, 0] }, /previous weights are 0, 0, 0, 0/],
    [{ previous: [1, -1, 1, 1] }, /previous weights are 1, -1, 1, 1/],
  ])('%j is refused', (options, message) => {
    expect(() => thompsonWeights(four, options)).toThrow(message)
  })

  test('of no arm are refused', () => {
    expect(() => thompsonWeights([])).toThrow(/There is no arm/)
  })
})
