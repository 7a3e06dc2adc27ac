import { describe, expect, it } from 'vitest'
import { dayToTime, movedBy, runs, withGaps } from '../../src/charts/points.ts'
import { timeAxis } from '../../src/charts/timeAxis.ts'
import { zonedTicks } from '../../src/charts/zonedTicks.ts'
import { createFormat } from '../../src/language/format.ts'

const at = (instant: string) => Date.parse(instant)
const hour = 3_600_000

describe('ticks of time', () => {
  it('are midnights where the reader lives', () => {
    const ticks = zonedTicks(at('2026-07-01T00:00Z'), at('2026-07-04T12:00Z'), 4, 'Europe/Paris')
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      '2026-07-01T22:00:00.000Z',
      '2026-07-02T22:00:00.000Z',
      '2026-07-03T22:00:00.000Z',
    ])
  })

  it('stay midnights across the change to winter time', () => {
    const ticks = zonedTicks(at('2026-10-24T00:00Z'), at('2026-10-27T12:00Z'), 4, 'Europe/Paris')
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ])
  })

  it('are full hours in zones that are half an hour off', () => {
    const ticks = zonedTicks(at('2026-07-01T00:00Z'), at('2026-07-01T06:00Z'), 6, 'Asia/Kolkata')
    expect(ticks).not.toEqual([])
    for (const tick of ticks) expect(new Date(tick).getUTCMinutes()).toBe(30)
  })

  it('are one for a single moment', () => {
    expect(zonedTicks(5, 5, 4, 'UTC')).toEqual([5])
  })

  it('of days are not more than the days that there are', () => {
    const axis = timeAxis(createFormat('en', 'America/New_York'), 'day')
    const ticks = axis.ticks(dayToTime('2026-11-01'), dayToTime('2026-11-03'), 8)
    expect(ticks.map(({ label }) => label)).toEqual(['Nov 1', 'Nov 2', 'Nov 3'])
  })

  it('of a day are told by the clock, and midnight by its date, in the reader’s language', () => {
    const axis = timeAxis(createFormat('fr', 'Europe/Paris'), 'hour')
    const ticks = axis.ticks(at('2026-11-20T21:00Z'), at('2026-11-21T02:00Z'), 5)
    expect(ticks.map(({ label }) => label)).toEqual(['22:00', '23:00', '21 nov.', '01:00', '02:00', '03:00'])
  })
})

describe('points', () => {
  const day = 24 * hour
  const points = ['2026-11-01', '2026-11-02', '2026-11-05', '2026-11-06'].map((of, index) => ({
    at: dayToTime(of),
    value: index,
  }))

  it('leave a gap where days are missing', () => {
    expect(runs(withGaps(points, day)).map((run) => run.map(({ value }) => value))).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('leave a gap where nothing is known, and none where points may be anywhere', () => {
    expect(
      runs([
        { at: 0, value: 1 },
        { at: 1, value: null },
        { at: 2, value: 0 },
      ]).length,
    ).toBe(2)
    expect(runs(withGaps(points, undefined)).length).toBe(1)
  })

  it('of an earlier period move to what they are compared with, and know when they really were', () => {
    expect(movedBy([{ at: 10, value: 3 }], 100)).toEqual([{ at: 110, value: 3, of: 10 }])
  })

  it('come in any order', () => {
    expect(withGaps(points.toReversed(), undefined)).toEqual(points)
  })
})
