import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Estimate, meanEstimate, proportionEstimate, weighByPeriod } from '../../src/statistics/index.ts'
import { anyProportion, numbersIn } from './values.ts'

const rate = (sum: number, subjects: number) => proportionEstimate({ subjects, sum })
const means = (arms: readonly Estimate[]) => arms.map(({ mean }) => mean)

describe('arms over periods of different weights', () => {
  test('without an effect are equal, though pooled they would differ', () => {
    // A rate of 5 % at 50:50, then 10 % at 10:90. Pooled: 350/6,000 = 5.83 % and 1,150/14,000 = 8.21 %.
    const periods = [
      [rate(250, 5_000), rate(250, 5_000)],
      [rate(100, 1_000), rate(900, 9_000)],
    ]
    expect(means(weighByPeriod(periods))).toEqual([expect.closeTo(0.075, 12), expect.closeTo(0.075, 12)])
  })

  test('at the same weights are what they are pooled', () => {
    const periods = [
      [rate(10, 100), rate(20, 100)],
      [rate(60, 300), rate(30, 300)],
    ]
    expect(means(weighByPeriod(periods))).toEqual([expect.closeTo(70 / 400, 12), expect.closeTo(50 / 400, 12)])
  })

  test('of two equal periods have the mean of one, and half its squared error', () => {
    const period = [
      meanEstimate({ subjects: 100, sum: 270, sumOfSquares: 848.79 }),
      meanEstimate({ subjects: 120, sum: 300, sumOfSquares: 869 }),
    ]
    for (const [index, { subjects, mean, variance }] of weighByPeriod([period, period]).entries()) {
      const once = period[index] as Estimate
      expect(mean).toBeCloseTo(once.mean as number, 12)
      expect((variance as number) / subjects).toBeCloseTo((once.variance as number) / once.subjects / 2, 12)
    }
  })

  test('count by all of a period’s subjects: Σ N_t/N · mean_t, Σ (N_t/N)² · variance_t/n_t', () => {
    const periods = [
      [rate(30, 300), rate(10, 100)],
      [rate(40, 200), rate(100, 400)],
    ]
    const [first] = weighByPeriod(periods)
    expect(first?.mean).toBeCloseTo(0.4 * 0.1 + 0.6 * 0.2, 12)
    expect((first?.variance as number) / 500).toBeCloseTo((0.4 ** 2 * 0.09) / 300 + (0.6 ** 2 * 0.16) / 200, 12)
  })

  test('leave out a period in which one of them has nobody', () => {
    const periods = [
      [rate(50, 1_000), rate(0, 0)],
      [rate(100, 1_000), rate(120, 1_000)],
    ]
    expect(weighByPeriod(periods)).toEqual([rate(100, 1_000), rate(120, 1_000)])
  })

  test('that share no period are not known', () => {
    const periods = [
      [rate(50, 1_000), rate(0, 0)],
      [rate(0, 0), rate(120, 1_000)],
    ]
    expect(weighByPeriod(periods)).toEqual([rate(0, 0), rate(0, 0)])
    expect(weighByPeriod([])).toEqual([])
  })

  test('are not made certain by a short period without a conversion', () => {
    const long = [rate(250, 5_000), rate(250, 5_000)]
    const [whole] = weighByPeriod([long])
    const [withShort] = weighByPeriod([long, [rate(0, 20), rate(400, 9_980)]])
    const error = (estimate: Estimate | undefined) => (estimate?.variance as number) / (estimate?.subjects as number)
    // Half of the visitors' weight now hangs on 20 visitors of this arm.
    expect(error(withShort)).toBeGreaterThan(10 * error(whole))
  })

  test('whatever the periods, there is an answer and never NaN', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyProportion(), anyProportion()), { maxLength: 6 }), (periods) => {
        for (const estimate of weighByPeriod(periods.map((period) => period.map(proportionEstimate)))) {
          for (const number of numbersIn(estimate)) expect(Number.isFinite(number)).toBe(true)
          expect(estimate.mean === null || (estimate.mean >= 0 && estimate.mean <= 1 + 1e-12)).toBe(true)
        }
      }),
    )
  })

  test('among others count by the subjects of those too', () => {
    // Two periods of 1,000 and 3,000, in which these two arms have 200 each.
    const periods = [
      [rate(10, 100), rate(10, 100)],
      [rate(20, 100), rate(40, 100)],
    ]
    expect(means(weighByPeriod(periods, [1_000, 3_000]))).toEqual([
      expect.closeTo(0.175, 12),
      expect.closeTo(0.325, 12),
    ])
    expect(() => weighByPeriod(periods, [1_000])).toThrow(/2 periods and 1 sizes/)
    expect(() => weighByPeriod(periods, [1_000, 100])).toThrow(/size of a period is 100/)
    expect(() => weighByPeriod(periods, [1_000, Number.NaN])).toThrow(/size of a period is NaN/)
  })

  test('of different number are refused', () => {
    expect(() => weighByPeriod([[rate(1, 2)], [rate(1, 2), rate(1, 2)]])).toThrow(/has 2 arms and the first has 1/)
  })
})
