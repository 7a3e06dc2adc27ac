import { DateTime } from 'luxon'

/** A span of time; its end is excluded. */
export interface Span {
  readonly from: Date
  readonly to: Date
}

/** What is on its way when an hour is over has so long to arrive before the hour is judged. Milliseconds. */
const lagMs = 5 * 60_000
const minuteMs = 60_000

/**
 * The latest span of so many minutes that is over: of whole hours where they are, as clocks in the time zone show them,
 * else of minutes.
 */
export function latestWindow(now: Date, minutes: number, timeZone: string): Span {
  const settled = DateTime.fromMillis(now.getTime() - (minutes % 60 === 0 ? lagMs : minuteMs), { zone: timeZone })
  const to = settled.startOf(minutes % 60 === 0 ? 'hour' : 'minute').toJSDate()
  return { from: new Date(to.getTime() - minutes * minuteMs), to }
}

/**
 * The same time of the same weekday, 1 to `weeks` weeks ago, as clocks in the time zone show it: 09:00 stays 09:00 when
 * clocks change in between. The latest first.
 */
export function pastWindows({ from, to }: Span, weeks: number, timeZone: string): Span[] {
  const length = to.getTime() - from.getTime()
  return Array.from({ length: weeks }, (_, index) => {
    const then = DateTime.fromJSDate(from, { zone: timeZone })
      .minus({ weeks: index + 1 })
      .toMillis()
    return { from: new Date(then), to: new Date(then + length) }
  })
}
