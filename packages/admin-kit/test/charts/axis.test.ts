import { describe, expect, it } from 'vitest'
import { nearest, position, valueAxis } from '../../src/charts/axis.ts'
import { intervalAxis, onAxis } from '../../src/charts/intervalAxis.ts'
import { labelsThatFit } from '../../src/charts/labels.ts'
import { stack } from '../../src/charts/stack.ts'

describe('an axis of values', () => {
  it('begins at 0 and ends on a round number', () => {
    expect(valueAxis([3, 17, 93])).toEqual({ from: 0, to: 100, ticks: [0, 20, 40, 60, 80, 100] })
  })

  it('holds what is below 0', () => {
    const { from, to, ticks } = valueAxis([-12, 30])
    expect(from).toBeLessThanOrEqual(-12)
    expect(to).toBeGreaterThanOrEqual(30)
    expect(ticks).toContain(0)
  })

  it('has a length when all is 0, when there is one value, and when there is nothing', () => {
    for (const values of [[0, 0], [5], [-5], [], [null, Number.NaN]]) {
      const { from, to, ticks } = valueAxis(values)
      expect(to, String(values)).toBeGreaterThan(from)
      expect(ticks.length, String(values)).toBeGreaterThan(1)
    }
  })

  it('has no tick between two whole numbers where things are counted', () => {
    expect(valueAxis([1, 2], { whole: true }).ticks).toEqual([0, 1, 2])
  })

  it('shows a range far from 0 enlarged when 0 does not belong to it', () => {
    const { from, to } = valueAxis([1000, 1004], { zero: false })
    expect(from).toBeGreaterThan(990)
    expect(to).toBeLessThan(1010)
  })

  it('holds huge numbers without a thousand ticks', () => {
    expect(valueAxis([0, 9_007_199_254_740_991]).ticks.length).toBeLessThan(12)
  })
})

describe('positions', () => {
  it('are linear, and the middle of an empty range', () => {
    expect(position(0, 10, 100, 200)(2.5)).toBe(125)
    expect(position(3, 3, 100, 200)(3)).toBe(150)
  })

  it('find the point that is nearest', () => {
    expect([-5, 0, 4, 6, 99].map((value) => nearest([0, 5, 10], value))).toEqual([0, 0, 1, 1, 2])
    expect(nearest([], 3)).toBe(-1)
  })
})

describe('labels along an axis', () => {
  const ticks = Array.from({ length: 14 }, (_, index) => ({ at: index, label: `Nov ${10 + index}` }))

  it('do not touch each other, at even distances', () => {
    const shown = labelsThatFit(ticks, (at) => 40 + at * 30, 0, 600)
    expect(shown.map(({ at }) => at)).toEqual([0, 2, 4, 6, 8, 10, 12])
  })

  it('say the same once: hours of one day', () => {
    const hours = ['Nov 10', 'Nov 10', 'Nov 11', 'Nov 11'].map((label, at) => ({ at, label }))
    expect(labelsThatFit(hours, (at) => at * 100, 0, 400).map(({ at }) => at)).toEqual([0, 2])
  })

  it('stay inside of the drawing', () => {
    const shown = labelsThatFit(ticks, (at) => at * 100, 0, 1300)
    expect(shown[0]?.center).toBeGreaterThan(15)
    expect(shown.at(-1)?.center).toBeLessThan(1285)
    expect(shown.length).toBe(14)
  })
})

describe('stacks', () => {
  it('grow upwards and downwards from 0, each in its order', () => {
    expect(stack([2, null, -1, 3, -4, 0])).toEqual([
      { part: 0, start: 0, end: 2 },
      { part: 2, start: 0, end: -1 },
      { part: 3, start: 2, end: 5 },
      { part: 4, start: -1, end: -5 },
    ])
  })
})

describe('an axis of intervals', () => {
  it('holds the reference and every interval of usual width', () => {
    const { from, to } = intervalAxis(
      [
        { estimate: 0.1, interval: { lower: 0.02, upper: 0.18 } },
        { estimate: 0.3, interval: { lower: 0.2, upper: 0.4 } },
      ],
      0,
    )
    expect(from).toBeLessThanOrEqual(0)
    expect(to).toBeGreaterThanOrEqual(0.4)
  })

  it('is not stretched by one that is a hundred times wider, which goes out of the picture', () => {
    const wide = { lower: -9, upper: 11 }
    const axis = intervalAxis(
      [
        { estimate: 0.05, interval: { lower: 0, upper: 0.1 } },
        { estimate: 0.06, interval: { lower: 0.01, upper: 0.11 } },
        { estimate: 0.5, interval: wide },
      ],
      0,
    )
    expect(axis.to - axis.from).toBeLessThan(2)
    expect(onAxis(wide, axis)).toEqual({ start: 0, end: 100, before: true, beyond: true })
  })

  it('has a length without intervals', () => {
    for (const rows of [[], [{ estimate: null, interval: null }], [{ estimate: 0.2, interval: null }]]) {
      const { from, to } = intervalAxis(rows, undefined)
      expect(to).toBeGreaterThan(from)
    }
  })
})
