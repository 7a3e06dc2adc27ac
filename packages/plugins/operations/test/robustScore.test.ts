import { describe, expect, test } from 'vitest'
import { judge } from '../src/alerts/judge.ts'
import { robustScore } from '../src/alerts/robustScore.ts'
import { latestWindow, pastWindows } from '../src/alerts/windows.ts'

describe('the modified z-score', () => {
  test('of the data that Iglewicz and Hoaglin use is theirs', () => {
    // How to Detect and Handle Outliers (1993): ten values, of which 8.2 and 8.3 do not belong.
    const data = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3]
    const scores = data.map((value) => robustScore(value, data).score)
    expect(scores[8]).toBeCloseTo(25.856, 3)
    expect(scores[9]).toBeCloseTo(26.3055, 3)
    expect(Math.max(...scores.slice(0, 8).map(Math.abs))).toBeCloseTo(1.5738, 3)
  })

  test('finds the one of NIST’s eight mass spectrometer measurements that is an outlier', () => {
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17.1, data of Tietjen and Moore: 245.57 is one by Grubbs' test.
    const data = [199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57]
    const outliers = data.filter((value) => Math.abs(robustScore(value, data).score) > 3.5)
    expect(outliers).toEqual([245.57])
    expect(robustScore(245.57, data).score).toBeCloseTo((0.6745 * 44.2) / 0.995, 3)
  })

  test('of past values that are all alike is infinite, unless chance is reckoned with', () => {
    expect(robustScore(11, [10, 10, 10, 10]).score).toBe(Number.POSITIVE_INFINITY)
    expect(robustScore(10, [10, 10, 10, 10]).score).toBe(0)
    expect(robustScore(13, [9, 9, 9, 9], 3).score).toBeCloseTo(4 / 3, 10)
  })
})

describe('a reading', () => {
  const span = { from: new Date(0), to: new Date(3_600_000) }
  const at = span.from
  const anomaly = { kind: 'anomaly', direction: 'both', threshold: null, sensitivity: 3.5, minimum: 0 } as const
  const counts = (...values: number[]) => values.map((amount) => [{ at, amount }])
  const read = (value: number, past: number[], condition: object = {}) =>
    judge({ unit: 'count' }, { ...anomaly, ...condition }, span, [{ at, amount: value }], counts(...past))

  test('of a count varies by chance: the root of what is expected, though the past never varied', () => {
    expect(read(133, [100, 100, 100, 100]).verdict).not.toBe('met')
    expect(read(136, [100, 100, 100, 100]).verdict).toBe('met')
    expect(read(3, [0, 0, 0, 0]).verdict).not.toBe('met')
    expect(read(4, [0, 0, 0, 0]).verdict).toBe('met')
  })

  test('says nothing with fewer than four past values, or less than the least volume', () => {
    expect(read(0, [100, 100, 100])).toMatchObject({ verdict: 'unknown', compared: 3 })
    expect(read(0, [100, 100, 100, 100], { minimum: 101 }).verdict).toBe('unknown')
    expect(read(0, [100, 100, 100, 100], { minimum: 100 }).verdict).toBe('met')
  })

  test('is met in the direction that is asked for alone', () => {
    const past = [100, 90, 110, 100]
    expect(read(10, past, { direction: 'below' }).verdict).toBe('met')
    expect(read(10, past, { direction: 'above' }).verdict).toBe('clear')
    expect(read(300, past, { direction: 'above' }).verdict).toBe('met')
  })

  test('has a margin between met and clear', () => {
    const past = [100, 100, 100, 100]
    expect([136, 120, 110].map((value) => read(value, past, { direction: 'above' }).verdict)).toEqual([
      'met',
      'margin',
      'clear',
    ])
    const threshold = { kind: 'threshold', direction: 'above', threshold: 100 }
    expect([101, 100, 96, 95].map((value) => read(value, [], threshold).verdict)).toEqual([
      'met',
      'margin',
      'margin',
      'clear',
    ])
    expect([1, 0].map((value) => read(value, [], { ...threshold, threshold: 0 }).verdict)).toEqual(['met', 'clear'])
  })

  test('of a share knows how much it is a share of', () => {
    const share = (amount: number, base: number) => [{ at, amount, base }]
    const past = [share(50, 1_000), share(51, 1_000), share(49, 1_000), share(50, 1_000)]
    const verdict = (amount: number, base: number, minimum = 0) =>
      judge({ unit: 'share' }, { ...anomaly, minimum }, span, share(amount, base), past).verdict
    expect(verdict(0, 20)).not.toBe('met')
    expect(verdict(0, 1_000)).toBe('met')
    expect(verdict(0, 0)).toBe('unknown')
    expect(verdict(0, 1_000, 1_001)).toBe('unknown')
  })
})

describe('spans', () => {
  test('are of whole hours as clocks show them, once what was on its way has arrived', () => {
    const now = (text: string) => new Date(`2026-11-21T${text}Z`)
    expect(latestWindow(now('12:04'), 60, 'UTC')).toEqual({ from: now('10:00'), to: now('11:00') })
    expect(latestWindow(now('12:05'), 60, 'UTC')).toEqual({ from: now('11:00'), to: now('12:00') })
    expect(latestWindow(now('12:06'), 60, 'Asia/Kolkata')).toEqual({ from: now('10:30'), to: now('11:30') })
    expect(latestWindow(now('12:05:30'), 15, 'UTC')).toEqual({ from: now('11:49'), to: now('12:04') })
  })

  test('of past weeks keep the time of day when clocks change', () => {
    // Paris set its clocks back on October 25, 2026: 09:00 was 07:00 UTC before, and is 08:00 UTC after.
    const span = { from: new Date('2026-10-28T08:00:00Z'), to: new Date('2026-10-28T09:00:00Z') }
    expect(pastWindows(span, 2, 'Europe/Paris').map(({ from }) => from.toISOString())).toEqual([
      '2026-10-21T07:00:00.000Z',
      '2026-10-14T07:00:00.000Z',
    ])
  })
})
