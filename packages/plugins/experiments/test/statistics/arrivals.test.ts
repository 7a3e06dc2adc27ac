import { describe, expect, test } from 'vitest'
import {
  type Estimate,
  proportionEstimate,
  quasiVariances,
  weighArrivals,
  weighByPeriod,
} from '../../src/statistics/index.ts'

const rate = (sum: number, subjects: number): Estimate => proportionEstimate({ subjects, sum })

describe('arms that came at different times', () => {
  test('are their plain means where all ran all the time at the same shares', () => {
    const periods = [
      [rate(50, 1000), rate(60, 1000), rate(80, 1000)],
      [rate(100, 1000), rate(90, 1000), rate(120, 1000)],
    ]
    const arrivals = weighArrivals(periods)
    for (const [index, plain] of weighByPeriod(periods).entries()) {
      expect(arrivals[index]?.mean).toBeCloseTo(plain.mean as number, 10)
      expect(arrivals[index]?.subjects).toBe(2000)
      // Within a tenth: there the level of the periods is known exactly, here it is estimated.
      expect((arrivals[index]?.variance as number) / (plain.variance as number)).toBeCloseTo(1, 1)
    }
  })

  test('are compared with what ran beside them, so that a good period is nobody’s merit', () => {
    // a and b are alike, c is 0.02 better; the second period adds 0.1 to everybody.
    const [a, b, c] = weighArrivals([
      [rate(100, 1000), rate(100, 1000), null],
      [rate(200, 1000), rate(200, 1000), rate(220, 1000)],
    ])
    expect((c?.mean as number) - (a?.mean as number)).toBeCloseTo(0.02, 10)
    expect((b?.mean as number) - (a?.mean as number)).toBeCloseTo(0, 10)
  })

  test('that never met are compared through one that met both', () => {
    const [a, b, c] = weighArrivals([
      [rate(100, 1000), rate(120, 1000), null],
      [null, rate(220, 1000), rate(250, 1000)],
    ])
    expect((b?.mean as number) - (a?.mean as number)).toBeCloseTo(0.02, 10)
    expect((c?.mean as number) - (a?.mean as number)).toBeCloseTo(0.05, 10)
    expect((c?.variance as number) / 1000).toBeGreaterThan((b?.variance as number) / 2000)
  })

  test('that nothing leads to have no mean, as have those whom nobody met', () => {
    const [a, b, c, d] = weighArrivals([
      [rate(100, 1000), rate(120, 1000), null, null],
      [null, null, rate(90, 900), rate(0, 0)],
    ])
    expect([a?.mean, b?.mean].every((mean) => mean !== null)).toBe(true)
    expect([c, d]).toEqual(Array(2).fill({ subjects: 0, mean: null, variance: null }))
  })

  test('without a conversion are uncertain, not certain', () => {
    const [, b] = weighArrivals([
      [rate(10, 100), null],
      [rate(10, 100), rate(0, 20)],
    ])
    expect(b?.variance).toBeGreaterThan(0)
  })

  test('of nothing are nothing', () => {
    expect(weighArrivals([])).toEqual([])
    expect(weighArrivals([[null, null]])).toEqual(Array(2).fill({ subjects: 0, mean: null, variance: null }))
  })
})

describe('quasi-variances', () => {
  test('of independent estimates are their variances, whatever they are measured against', () => {
    // Against the first: its variance stands in every covariance.
    const covariance = [
      [0, 0, 0, 0],
      [0, 0.5, 0.1, 0.1],
      [0, 0.1, 0.3, 0.1],
      [0, 0.1, 0.1, 0.2],
    ]
    const found = quasiVariances(covariance, [1, 1, 1, 1])
    for (const [index, own] of [0.1, 0.4, 0.2, 0.1].entries()) expect(found[index]).toBeCloseTo(own, 12)
  })

  test('of two divide the variance of their difference by what was seen of each', () => {
    const found = quasiVariances(
      [
        [0, 0],
        [0, 0.3],
      ],
      [199.5, 99.5],
    )
    expect(found[0]).toBeCloseTo(0.1, 12)
    expect(found[1]).toBeCloseTo(0.2, 12)
  })
})
