/** A day of the calendar, `YYYY-MM-DD`. Days compare as texts do. */
export type Day = string

const millisecondsOfDay = 86_400_000

/** The day that it is somewhere. @param timeZone IANA name */
export function today(timeZone: string, now = Date.now()): Day {
  return dayOf(now + offsetAt(now, timeZone))
}

/** @returns undefined for what names no day of the calendar: "2026-02-30", "soon" */
export function readDay(text: string): Day | undefined {
  const time = Date.parse(`${text}T00:00:00Z`)
  // What the calendar lacks is read as another day, or not at all.
  return Number.isNaN(time) || dayOf(time) !== text ? undefined : text
}

/** @param count negative for days before */
export function addDays(day: Day, count: number): Day {
  return dayOf(middayOf(day) + count * millisecondsOfDay)
}

/** How many days after the first the last one is. */
export function daysBetween(first: Day, last: Day): number {
  return Math.round((middayOf(last) - middayOf(first)) / millisecondsOfDay)
}

/** The same day of the year before; February 28 for the 29. */
export function yearBefore(day: Day): Day {
  const [year, month, date] = day.split('-')
  const before = `${`${Number(year) - 1}`.padStart(4, '0')}-${month}-${date}`
  return readDay(before) ?? `${before.slice(0, 8)}28`
}

export function startOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`
}

/**
 * The instant at which a day begins somewhere. Where the clock is put forward at midnight, that is one o'clock.
 *
 * @returns ISO 8601 in UTC
 */
export function startOfDay(day: Day, timeZone: string): string {
  const wall = Date.parse(`${day}T00:00:00Z`)
  const before = offsetAt(wall - millisecondsOfDay, timeZone)
  const after = offsetAt(wall + millisecondsOfDay, timeZone)
  const start = [before, after].find((offset) => offsetAt(wall - offset, timeZone) === offset) ?? before
  return new Date(wall - start).toISOString()
}

function middayOf(day: Day): number {
  return Date.parse(`${day}T12:00:00Z`)
}

function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10)
}

/** By how many milliseconds the clocks of a place are ahead of UTC at an instant. */
function offsetAt(time: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(time)
  const at = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  return wall - Math.floor(time / 1000) * 1000
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric, second: 'numeric' })
  clocks.set(timeZone, clock)
  return clock
}
