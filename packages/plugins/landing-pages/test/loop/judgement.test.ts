import { describe, expect, test } from 'vitest'
import type { Arm } from '../../src/loop/arm.ts'
import { earned } from '../../src/loop/brain/earned.ts'
import { rampOf } from '../../src/loop/brain/ramp.ts'
import { retire, standingsOf } from '../../src/loop/brain/retirement.ts'
import { roomForArms, supportableArms } from '../../src/loop/brain/traffic.ts'
import { arm, chanceOf, written } from './pages.ts'

const counted = (key: string, visitors: number, conversions: number, more: Partial<Arm> = {}) =>
  arm(key, written(0), { visitors, conversions, ...more })

describe('what the traffic supports', () => {
  test('is the visitors of the horizon over what an arm needs: R’s power.prop.test', () => {
    // power.prop.test(p1 = 0.05, p2 = 0.06, power = 0.8): n = 8157.6 in each arm.
    const perDay = (arms: number) => (arms * 8_158) / 28
    const options = { minDetectableLift: 0.2, horizonDays: 28, maxArms: 100 }
    expect(supportableArms({ visitorsPerDay: perDay(3) + 0.1, baseRate: 0.05 }, options)).toBe(3)
    expect(supportableArms({ visitorsPerDay: perDay(3) - 1, baseRate: 0.05 }, options)).toBe(2)
  })

  test('grows with the rate, the lift and the horizon, up to the most', () => {
    const arms = (visitorsPerDay: number, baseRate: number, options = {}) =>
      supportableArms({ visitorsPerDay, baseRate }, options)
    expect(arms(300, 0.05)).toBe(1)
    expect(arms(300, 0.2)).toBeGreaterThan(3)
    expect(arms(300, 0.05, { minDetectableLift: 0.5 })).toBeGreaterThan(3)
    expect(arms(1e7, 0.05)).toBe(8)
    expect(arms(1e7, 0.05, { maxArms: 5 })).toBe(5)
    expect(arms(1_000, 0.95)).toBeGreaterThan(1)
  })

  test.each([
    [0, 0.05],
    [1_000, 0],
    [1_000, 1],
    [Number.NaN, 0.05],
  ])('is nothing of %d visitors at a rate of %d', (visitorsPerDay, baseRate) => {
    expect(supportableArms({ visitorsPerDay, baseRate })).toBe(0)
  })
})

describe('room for new arms', () => {
  test('is what the traffic supports, and three newcomers at once at most', () => {
    expect(roomForArms([1, 1], 6)).toBe(3)
    expect(roomForArms([1, 1, 0.05, 0.4], 6)).toBe(1)
    expect(roomForArms([1, 1, 1, 0.15], 6, 2)).toBe(1)
    expect(roomForArms([1, 1, 1], 3)).toBe(0)
    expect(roomForArms([1, 1, 1], 1)).toBe(0)
  })
})

describe('arms that go', () => {
  test('are worse with confidence; the worst first, with what speaks against them', () => {
    const gone = retire([
      counted('control', 10_000, 500),
      counted('good', 10_000, 620),
      counted('bad', 10_000, 380),
      counted('poor', 10_000, 470),
    ])
    expect(gone.map(({ key, reason }) => [key, reason])).toEqual([
      ['bad', 'worse'],
      ['poor', 'worse'],
    ])
    expect(gone[0]?.chanceToBeBest).toBeLessThan(1e-6)
    expect(gone[0]?.chanceToBeatControl).toBeLessThan(0.001)
    expect(gone[0]?.expectedLoss).toBeLessThan(0.001)
  })

  test('are never the control, however bad it is', () => {
    const arms = [counted('control', 10_000, 300), counted('b', 10_000, 600), counted('c', 10_000, 610)]
    expect(retire(arms)).toEqual([])
  })

  test('leave two, or as many as the rules keep', () => {
    const arms = [counted('control', 10_000, 600), counted('b', 10_000, 300), counted('c', 10_000, 250)]
    expect(retire(arms).map(({ key }) => key)).toEqual(['c'])
    expect(retire(arms, { minArms: 3 })).toEqual([])
    expect(retire(arms, { minArms: 0 }).map(({ key }) => key)).toEqual(['c'])
  })

  test('had their ramp and their visitors', () => {
    const arms = (more: Partial<Arm>, visitors = 10_000) => [
      counted('control', 10_000, 600),
      counted('b', 10_000, 600),
      counted('c', visitors, visitors * 0.02, more),
    ]
    expect(retire(arms({ ageDays: 4 }))).toEqual([])
    expect(retire(arms({ ageDays: 6 }, 950))).toEqual([])
    expect(retire(arms({ ageDays: 6 }))).toHaveLength(1)
  })

  test('also go when they are old and unlikely to be the best, so that there is room', () => {
    const arms = (ageDays: number) => [
      counted('control', 5_000, 250),
      counted('b', 5_000, 290, { ageDays: 5 }),
      counted('c', 5_000, 255, { ageDays }),
    ]
    expect(retire(arms(20))).toEqual([])
    expect(retire(arms(22)).map(({ key, reason }) => [key, reason])).toEqual([['c', 'old']])
  })

  test('are seldom the best one by mistake', () => {
    const chance = chanceOf(4)
    let lost = 0
    for (let page = 0; page < 300; page++) {
      const rates = { control: 0.05, b: 0.05, c: 0.05, best: 0.053 }
      const arms = Object.entries(rates).map(([key, rate]) =>
        counted(key, 5_000, chance.conversions(5_000, rate), { ageDays: 10 }),
      )
      if (retire(arms).some(({ key }) => key === 'best')) lost += 1
    }
    expect(lost).toBeLessThan(10)
  })

  test('that are retired take no part', () => {
    const arms = [
      counted('control', 1_000, 50),
      counted('b', 1_000, 55),
      counted('gone', 9_000, 900, { isRetired: true }),
    ]
    expect(standingsOf(arms).map(({ arm: { key } }) => key)).toEqual(['control', 'b'])
    expect(standingsOf(arms).reduce((sum, { chanceToBeBest }) => sum + chanceToBeBest, 0)).toBeCloseTo(1, 9)
    expect(standingsOf([])).toEqual([])
  })
})

describe('a new arm', () => {
  const beside = (visitors: number, conversions: number) => {
    const fresh = counted('fresh', visitors, conversions, { ageDays: 1 })
    return { fresh, arms: [counted('control', 10_000, 500), fresh] }
  }
  const step = (visitors: number, conversions: number, ceiling: number, options = {}) => {
    const { fresh, arms } = beside(visitors, conversions)
    const { decision, to } = rampOf(fresh, ceiling, arms, options)
    return [decision, to]
  }

  test('goes up one ceiling for enough visitors, from 5 to 15, 40 and 100 %', () => {
    expect(step(149, 8, 0.05)).toEqual(['stay', 0.05])
    expect(step(150, 8, 0.05)).toEqual(['promote', 0.15])
    expect(step(449, 22, 0.15)).toEqual(['stay', 0.15])
    expect(step(450, 22, 0.15)).toEqual(['promote', 0.4])
    expect(step(1_200, 60, 0.4)).toEqual(['promote', 1])
    expect(step(9_000, 450, 1)).toEqual(['stay', 1])
  })

  test('goes back when it probably is worse, and out when it surely is', () => {
    expect(step(1_500, 52, 0.15)).toEqual(['demote', 0.05])
    expect(step(1_500, 52, 0.05)).toEqual(['stay', 0.05])
    expect(step(1_500, 25, 0.4)).toEqual(['out', 0])
    expect(step(1_500, 25, 1)).toEqual(['out', 0])
  })

  test('is not judged by its first few visitors', () => {
    expect(step(60, 0, 0.05)).toEqual(['stay', 0.05])
  })

  test('that a guardrail holds goes up no further, but may go back', () => {
    expect(step(450, 22, 0.15, { isHeld: true })).toEqual(['stay', 0.15])
    expect(step(1_500, 25, 0.4, { isHeld: true })).toEqual(['out', 0])
  })

  test('is never the control', () => {
    const control = counted('control', 100_000, 10)
    expect(rampOf(control, 0.4, [control, counted('b', 100_000, 9_000)]).decision).toBe('stay')
  })

  test('says what it asks for', () => {
    const { fresh, arms } = beside(100, 5)
    expect(rampOf(fresh, 0.05, arms)).toMatchObject({ key: 'fresh', from: 0.05, visitors: 100, need: 150 })
  })
})

describe('what the loop has earned', () => {
  test('is the difference to those held back, times everybody else: Newcombe’s interval', () => {
    // Newcombe (1998), table II, method 10, case (a): 56/70 less 48/80 is 0.2, from 0.0524 to 0.3339.
    const found = earned({ visitors: 80, conversions: 48 }, { visitors: 70, conversions: 56 })
    expect(found?.conversions).toBeCloseTo(0.2 * 70, 9)
    expect(found?.lower).toBeCloseTo(0.0524 * 70, 1)
    expect(found?.upper).toBeCloseTo(0.3339 * 70, 1)
    expect(found?.lift).toBeCloseTo(1 / 3, 9)
  })

  test('may be a loss, and is not known while one side has nobody', () => {
    const loss = earned({ visitors: 1_000, conversions: 100 }, { visitors: 19_000, conversions: 1_300 })
    expect(loss?.conversions).toBeCloseTo(-600, 6)
    expect(loss?.upper).toBeLessThan(0)
    expect(earned({ visitors: 0, conversions: 0 }, { visitors: 10, conversions: 1 })).toBeNull()
    expect(earned({ visitors: 10, conversions: 0 }, { visitors: 100, conversions: 3 })).toMatchObject({ lift: null })
  })
})
