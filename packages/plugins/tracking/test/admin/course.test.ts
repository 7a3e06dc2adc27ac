import { dayToTime, type ResolvedRange } from '@espalier/admin-kit'
import { describe, expect, it } from 'vitest'
import { comparedCourse, course, type SeriesPoint } from '../../admin/course.ts'
import { timeSpan } from '../../admin/timeSpan.ts'

/** Two days and the two before, in Paris, where days begin at 23:00 UTC in November. */
const range: ResolvedRange = {
  preset: 'custom',
  compare: 'previous',
  days: { from: '2026-11-20', to: '2026-11-21' },
  comparedDays: { from: '2026-11-18', to: '2026-11-19' },
  from: '2026-11-19T23:00:00.000Z',
  to: '2026-11-21T23:00:00.000Z',
  comparedFrom: '2026-11-17T23:00:00.000Z',
  comparedTo: '2026-11-19T23:00:00.000Z',
}
const now = new Date('2026-11-21T15:20:00.000Z')

describe('the span of time of a range', () => {
  it('ends with the hour that runs, and so does what it is compared with', () => {
    expect(timeSpan(range, 'Europe/Paris', now)).toEqual({
      from: range.from,
      to: '2026-11-21T16:00:00.000Z',
      comparedFrom: range.comparedFrom,
      comparedTo: '2026-11-19T16:00:00.000Z',
      compares: true,
      granularity: 'HOUR',
      timeZone: 'Europe/Paris',
      isOpen: true,
    })
  })

  it('is all of it once it is over', () => {
    const span = timeSpan(range, 'Europe/Paris', new Date('2026-12-01T00:00:00.000Z'))
    expect(span).toMatchObject({ to: range.to, comparedTo: range.comparedTo, isOpen: false })
  })

  it('is asked for by day from three days on, and may be compared with nothing', () => {
    const alone = {
      ...range,
      days: { from: '2026-11-19', to: '2026-11-21' },
      comparedFrom: undefined,
      comparedTo: undefined,
    }
    expect(timeSpan(alone, 'Europe/Paris', now)).toMatchObject({ granularity: 'DAY', compares: false })
  })

  it('has at least the hour that has begun', () => {
    const today = { ...range, from: '2026-11-21T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z' }
    expect(timeSpan(today, 'Europe/Paris', new Date('2026-11-21T23:00:00.000Z')).to).toBe('2026-11-22T00:00:00.000Z')
  })
})

describe('the course of a figure', () => {
  const days = { from: range.from, to: range.to, granularity: 'DAY', timeZone: 'Europe/Paris' } as const

  it('has a point for every day: nothing happened where nothing was answered', () => {
    // 23:00 UTC is the midnight with which the 21st begins in Paris.
    expect(course([point('2026-11-20T23:00:00.000Z', 7)], 'visitors', days, now)).toEqual([
      { at: dayToTime('2026-11-20'), value: 0 },
      { at: dayToTime('2026-11-21'), value: 7 },
    ])
  })

  it('has a gap where a share has nothing to be a share of', () => {
    expect(course([], 'bounceRate', days, now).map(({ value }) => value)).toEqual([null, null])
  })

  it('ends with the hour that runs', () => {
    const hours = course([], 'visitors', { ...days, granularity: 'HOUR' }, now)
    expect(hours.length).toBe(41)
    expect(new Date(hours.at(-1)?.at ?? 0).toISOString()).toBe('2026-11-21T15:00:00.000Z')
  })

  it('of before lies at the times that it is compared with', () => {
    const span = { ...timeSpan(range, 'Europe/Paris', now), granularity: 'DAY' as const }
    const [first] = comparedCourse([point('2026-11-17T23:00:00.000Z', 3)], 'visitors', span, { ...range, choice: {} })
    expect(first).toEqual({ at: dayToTime('2026-11-20'), of: dayToTime('2026-11-18'), value: 3 })
  })
})

function point(at: string, visitors: number): SeriesPoint {
  return { at, visitors, pageviews: 0, sessions: 0, conversions: 0, bounceRate: null, engagementSeconds: null }
}
