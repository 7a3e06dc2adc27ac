import { utcTicks } from 'd3-time'

/**
 * Moments for the ticks of a time axis, which are round where the reader lives: midnights, full hours, firsts of months.
 *
 * @param from milliseconds since 1970
 * @param to milliseconds since 1970
 * @param count about how many
 * @param timeZone of IANA, such as "Europe/Paris"
 */
export function zonedTicks(from: number, to: number, count: number, timeZone: string): number[] {
  if (!(to > from)) return [from]
  const offset = offsets(timeZone)
  // The clock on the wall, read as if it were UTC's: what is round on it is round in UTC.
  const start = new Date(from + offset(from))
  const end = new Date(to + offset(to))
  return utcTicks(start, end, count)
    .map((wall) => wall.getTime() - offset(wall.getTime() - offset(wall.getTime())))
    .filter((at) => at >= from && at <= to)
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsets(timeZone: string): (at: number) => number {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
