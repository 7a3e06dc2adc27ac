const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The beginning of the hour of an instant, as clocks in the time zone show it: at half past in India. So whole
 * days of any time zone are made of whole hours.
 *
 * @param timeZone IANA name
 */
export function hourOf(at: Date, timeZone: string): Date {
  const ahead = minutesAhead(at, timeZone) * 60_000
  return new Date(Math.floor((at.getTime() + ahead) / hourMs) * hourMs - ahead)
}

/** The beginning of the minute. */
export function minuteOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / minuteMs) * minuteMs)
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/** Minutes, 0 to 59, by which the time zone's hours begin before those of UTC. */
function minutesAhead(at: Date, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric' })
    formats.set(timeZone, format)
  }
  return (Number(format.format(at)) - at.getUTCMinutes() + 60) % 60
}
