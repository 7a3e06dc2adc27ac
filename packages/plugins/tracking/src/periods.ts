import { dayMs, hourMs } from './timeZone.ts'

/** From when and up to when there are periods, as TrackingDaysKept says it. Null: nothing was put together yet. */
export interface Kept {
  readonly before: Date | null
  readonly countedBefore: Date | null
  readonly sixHoursFrom: Date | null
  readonly sixHoursBefore: Date | null
}

/** A stretch of time (UTC) by which hours are put together once it is over. */
export interface Period {
  /** Counts, with the keys of TrackingHour. */
  readonly counts: 'TrackingDay' | 'TrackingSixHours'
  /** Different visitors, with the keys of TrackingVisitors. */
  readonly visitors: 'TrackingDayVisitors' | 'TrackingSixHoursVisitors'
  /** The columns of TrackingDaysKept that say up to when each of them has periods. */
  readonly countedBefore: keyof Kept
  readonly visitorsBefore: keyof Kept
  /** The column that says from when. Days are kept for ever. */
  readonly keptFrom?: keyof Kept
  /** The column of a period's first instant. */
  readonly time: 'day' | 'sixHours'
  readonly ms: number
  /** As an interval of PostgreSQL, in hours: a day of a time zone may have 23 or 25. */
  readonly length: string
  /** How long after its end it is put together: until then what belongs to it may still come, as to any hour. */
  readonly restMs: number
}

export const day: Period = {
  counts: 'TrackingDay',
  visitors: 'TrackingDayVisitors',
  countedBefore: 'countedBefore',
  visitorsBefore: 'before',
  time: 'day',
  ms: dayMs,
  length: '24 hours',
  restMs: 0,
}

/** A quarter of a day: the ends of a span of days are read from these. */
export const sixHours: Period = {
  counts: 'TrackingSixHours',
  visitors: 'TrackingSixHoursVisitors',
  countedBefore: 'sixHoursBefore',
  visitorsBefore: 'sixHoursBefore',
  keptFrom: 'sixHoursFrom',
  time: 'sixHours',
  ms: 6 * hourMs,
  length: '6 hours',
  restMs: hourMs,
}

/** For how long six hours are kept: spans that begin earlier than a quarter of a year ago are asked for less often. */
export const sixHoursKeptMs = 100 * dayMs

/** The first instant of the period that an instant lies in. */
export function beginningOf({ ms }: Period, at: Date): Date {
  return new Date(Math.floor(at.getTime() / ms) * ms)
}

/** The same of the first period that begins at an instant or after it. */
export function nextBeginningOf({ ms }: Period, at: Date): Date {
  return new Date(Math.ceil(at.getTime() / ms) * ms)
}

/** Up to when periods are put together at an instant. */
export function overBefore(period: Period, now: Date): Date {
  return beginningOf(period, new Date(now.getTime() - period.restMs))
}
