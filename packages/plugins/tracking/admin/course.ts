import { type ChosenRange, dayToTime, movedBy, type Point } from '@espalier/admin-kit'
import type { TimeSpan } from './timeSpan.ts'
import type { MetricId } from './words.ts'

/** What the API answers for one step; steps in which nothing happened are left out. */
export type SeriesPoint = { readonly at: string } & { readonly [metric in MetricId]: number | null }

const hour = 3_600_000
const day = 86_400_000

/**
 * The course of a metric, a point for every step up to the present: counts of steps in which nothing happened are 0, of
 * shares and means nothing is known there.
 *
 * @param now steps after it have not happened yet
 */
export function course(
  points: readonly SeriesPoint[],
  metric: MetricId,
  { from, to, granularity, timeZone }: Pick<TimeSpan, 'from' | 'to' | 'granularity' | 'timeZone'>,
  now: Date,
): Point[] {
  const isMean = metric === 'bounceRate' || metric === 'engagementSeconds'
  const timeOf = granularity === 'DAY' ? dayTimeIn(timeZone) : (at: string) => Math.floor(Date.parse(at) / hour) * hour
  const known = new Map(points.map((point) => [timeOf(point.at), point[metric]]))
  const step = granularity === 'DAY' ? day : hour
  const last = timeOf(new Date(Math.min(Date.parse(to) - 1, now.getTime())).toISOString())
  const steps: Point[] = []
  for (let at = timeOf(from); at <= last; at += step) steps.push({ at, value: known.get(at) ?? (isMean ? null : 0) })
  return steps
}

/** The course of the span that is compared with, moved to the times of the other. */
export function comparedCourse(
  points: readonly SeriesPoint[],
  metric: MetricId,
  span: TimeSpan,
  { days, comparedDays }: ChosenRange,
): Point[] {
  const { comparedFrom: from, comparedTo: to, granularity, timeZone } = span
  const before = course(points, metric, { from, to, granularity, timeZone }, new Date(to))
  const by =
    granularity === 'DAY' && comparedDays
      ? dayToTime(days.from) - dayToTime(comparedDays.from)
      : Date.parse(span.from) - Date.parse(from)
  return movedBy(before, by)
}

/** The day of the calendar on which an instant lies, as charts take days. */
function dayTimeIn(timeZone: string): (at: string) => number {
  // The only locale that writes days as ISO 8601 does.
  const format = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone })
  return (at) => dayToTime(format.format(new Date(at)))
}
