import { describe, expect, test } from 'vitest'
import { type GuardDay, guardOf } from '../../src/loop/brain/guard.ts'
import { chanceOf } from './pages.ts'

/** Days of which the latest is today, and how many of the original's and of the others' visitors convert. */
function days(
  many: number,
  rates: (daysAgo: number) => [original: number, others: number],
  perDay = 2_000,
): GuardDay[] {
  return Array.from({ length: many }, (_, daysAgo) => {
    const [original, others] = rates(daysAgo)
    return {
      daysAgo,
      original: { visitors: perDay * 0.1, conversions: perDay * 0.1 * original },
      others: { visitors: perDay * 0.9, conversions: perDay * 0.9 * others },
    }
  })
}

describe('the share that the original keeps', () => {
  test('is the least while the others do better, and while nothing is known', () => {
    expect(guardOf(days(42, () => [0.05, 0.06]))).toMatchObject({ floor: 0.05 })
    expect(guardOf([])).toEqual({ floor: 0.05, chanceOriginalIsBetter: 0.5 })
    expect(guardOf(days(42, () => [0, 0]))).toMatchObject({ floor: 0.05 })
  })

  test('grows with the chance that it has become the better page, up to most of the traffic', () => {
    const floors = [0.05, 0.046, 0.044, 0.043, 0.03].map((others) => guardOf(days(42, () => [0.05, others])).floor)
    expect(floors).toEqual(floors.toSorted((a, b) => a - b))
    expect(floors[0]).toBe(0.05)
    expect(floors.at(-1)).toBe(0.8)
    expect(new Set(floors).size).toBeGreaterThan(3)
  })

  test('follows what is recent, whatever was before', () => {
    const turned = days(42, (daysAgo) => (daysAgo < 14 ? [0.05, 0.03] : [0.05, 0.06]))
    expect(guardOf(turned).floor).toBeGreaterThan(0.5)
    const turnedBack = days(42, (daysAgo) => (daysAgo < 14 ? [0.05, 0.06] : [0.05, 0.03]))
    expect(guardOf(turnedBack).floor).toBe(0.05)
  })

  test('stays in the first two weeks: what the bandit knows is recent', () => {
    const worse = () => [0.06, 0.03] as [number, number]
    expect(guardOf(days(14, worse))).toMatchObject({ floor: 0.05, chanceOriginalIsBetter: expect.closeTo(1, 2) })
    expect(guardOf(days(15, worse)).floor).toBe(0.8)
  })

  test('does not take a good day of everybody for a merit of who was shown most on it', () => {
    // Within each day both do alike; the original was shown more on the bad days.
    const uneven = Array.from({ length: 30 }, (_, daysAgo): GuardDay => {
      const [rate, share] = daysAgo % 2 ? [0.08, 0.1] : [0.03, 0.9]
      const side = (part: number) => ({ visitors: 2_000 * part, conversions: 2_000 * part * rate })
      return { daysAgo, original: side(share), others: side(1 - share) }
    })
    expect(guardOf(uneven).chanceOriginalIsBetter).toBeCloseTo(0.5, 6)
  })

  test('is seldom raised by chance where the others are better', () => {
    const chance = chanceOf(11)
    let raised = 0
    for (let page = 0; page < 300; page++) {
      const counted = days(42, () => [0.05, 0.0575]).map(({ daysAgo, original, others }) => ({
        daysAgo,
        original: { ...original, conversions: chance.conversions(original.visitors, 0.05) },
        others: { ...others, conversions: chance.conversions(others.visitors, 0.0575) },
      }))
      if (guardOf(counted).floor > 0.05) raised += 1
    }
    expect(raised).toBeLessThan(15)
  })
})
