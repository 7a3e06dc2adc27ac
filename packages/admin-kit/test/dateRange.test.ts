import { expect, test } from 'vitest'
import { startOfDay, yearBefore } from '../src/components/calendarDays.ts'
import { type RangeChoice, resolveRange } from '../src/components/dateRange.ts'

const now = '2026-11-21'
const resolve = (choice: RangeChoice, timeZone = 'UTC') => resolveRange(choice, timeZone, now)

test('without a choice it is the last 28 days, today among them, beside the 28 before', () => {
  expect(resolve({})).toMatchObject({
    preset: '28d',
    compare: 'previous',
    days: { from: '2026-10-25', to: '2026-11-21' },
    comparedDays: { from: '2026-09-27', to: '2026-10-24' },
    from: '2026-10-25T00:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
    comparedTo: '2026-10-25T00:00:00.000Z',
  })
})

test.each([
  ['today', '2026-11-21', '2026-11-20', '2026-11-20'],
  ['7d', '2026-11-15', '2026-11-08', '2026-11-14'],
  ['90d', '2026-08-24', '2026-05-26', '2026-08-23'],
  ['month', '2026-11-01', '2026-10-11', '2026-10-31'],
] as const)('%s begins on %s and follows %s to %s', (preset, from, comparedFrom, comparedTo) => {
  const range = resolve({ preset })
  expect(range.days).toEqual({ from, to: '2026-11-21' })
  expect(range.comparedDays).toEqual({ from: comparedFrom, to: comparedTo })
})

test('days begin where the person is, also where the clock is changed in between', () => {
  // Summer time ends on October 25 in Paris: the first day begins at UTC+2, the last ends at UTC+1.
  const { from, to } = resolve({ preset: 'custom', from: '2026-10-25', to: '2026-10-25' }, 'Europe/Paris')
  expect([from, to]).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'])
})

test('own days may come in either order, and compare with a year before or nothing', () => {
  const days = { from: '2026-03-10', to: '2026-03-01' }
  expect(resolve({ ...days, compare: 'year' })).toMatchObject({
    preset: 'custom',
    days: { from: '2026-03-01', to: '2026-03-10' },
    comparedDays: { from: '2025-03-01', to: '2025-03-10' },
  })
  expect(resolve({ ...days, compare: 'none' })).toMatchObject({ comparedDays: undefined, comparedFrom: undefined })
})

test.each([
  { preset: 'custom' },
  { from: '2026-02-30', to: '2026-03-01' },
  { from: 'soon', to: 'later' },
  { from: '2026-11-01' },
] as const)('an address that names no two days has the default: %o', (choice) => {
  expect(resolve(choice).preset).toBe('28d')
})

test('a preset is stronger than days that an address has left over', () => {
  expect(resolve({ preset: '7d', from: '2020-01-01', to: '2020-02-01' }).days.from).toBe('2026-11-15')
})

test.each([
  // The clock goes from 0:00 to 1:00 there.
  ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  // At its end the day before gets one hour more.
  ['2026-10-25', 'Asia/Beirut', '2026-10-24T22:00:00.000Z'],
  // From 1:00 back to 0:00: midnight comes twice, and the day begins with the first.
  ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-11-21', 'Asia/Kathmandu', '2026-11-20T18:15:00.000Z'],
  ['2026-11-21', 'America/Los_Angeles', '2026-11-21T08:00:00.000Z'],
  ['2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00:00.000Z'],
])('%s begins in %s at %s', (day, timeZone, start) => {
  expect(startOfDay(day, timeZone)).toBe(start)
})

test('the year before February 29 ends in the same month', () => {
  expect(yearBefore('2028-02-29')).toBe('2027-02-28')
  expect(yearBefore('2026-11-21')).toBe('2025-11-21')
})
