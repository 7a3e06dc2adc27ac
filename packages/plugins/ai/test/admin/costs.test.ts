import { describe, expect, test } from 'vitest'
import { monthBeside, monthOf } from '../../admin/costs/month.ts'
import { stacksOf } from '../../admin/costs/stacks.ts'

describe('A month', () => {
  const now = new Date('2026-11-21T23:30:00Z')

  test.each([undefined, '', '2026-13', '26-11', 'soon', '1999-11'])(
    'of an address that names none (%s) is this one',
    (key) => {
      expect(monthOf(key, now)).toMatchObject({ key: '2026-11', from: '2026-11-01', to: '2026-11-30' })
    },
  )

  test('has its own number of days, and neighbors across years', () => {
    expect(monthOf('2028-02', now).days).toHaveLength(29)
    expect(monthBeside(monthOf('2026-12', now), 1)).toBe('2027-01')
    expect(monthBeside(monthOf('2026-01', now), -1)).toBe('2025-12')
  })
})

describe('Bars of costs', () => {
  const days = ['2026-11-01', '2026-11-02']

  test('have the dearest part first, and a place for every day', () => {
    expect(
      stacksOf(
        [
          { day: '2026-11-02', part: 'write', costMicros: 5 },
          { day: '2026-11-02', part: 'judge', costMicros: 7 },
          { day: '2026-11-02', part: 'write', costMicros: 1 },
          { day: '2026-11-02', part: 'free', costMicros: 0 },
        ],
        days,
        'rest',
      ),
    ).toEqual({
      parts: [
        { id: 'judge', costMicros: 7 },
        { id: 'write', costMicros: 6 },
      ],
      bars: [
        { day: '2026-11-01', values: [0, 0] },
        { day: '2026-11-02', values: [7, 6] },
      ],
      totalMicros: 13,
    })
  })

  test('have eight colors: more parts than that are the seven dearest and the rest, and nothing is lost', () => {
    const amounts = Array.from({ length: 12 }, (_, index) => ({
      day: '2026-11-01',
      part: `p${index}`,
      costMicros: index + 1,
    }))
    const { parts, bars, totalMicros } = stacksOf(amounts, days, 'rest')
    expect(parts.map(({ id }) => id)).toEqual(['p11', 'p10', 'p9', 'p8', 'p7', 'p6', 'p5', 'rest'])
    expect(parts.at(-1)?.costMicros).toBe(1 + 2 + 3 + 4 + 5)
    expect(bars[0]?.values.reduce((sum, value) => sum + value, 0)).toBe(totalMicros)
  })

  test('of eight parts need no rest; of nothing there are none', () => {
    const eight = Array.from({ length: 8 }, (_, index) => ({ day: '2026-11-01', part: `p${index}`, costMicros: 1 }))
    expect(stacksOf(eight, days, 'rest').parts.map(({ id }) => id)).not.toContain('rest')
    expect(stacksOf([], days, 'rest')).toMatchObject({ parts: [], totalMicros: 0 })
  })
})
