/** When an experiment takes subjects in. */
export interface ActiveHours {
  /** IANA, such as "Europe/Paris". */
  readonly timeZone: string
  /** "HH:MM", included. */
  readonly from: string
  /** "HH:MM", not included. Not after `from`: on the next day; the same: a whole day later. */
  readonly to: string
  /** Days on which the span begins; ISO: 1 is Monday. Default: all. */
  readonly weekdays?: readonly number[]
}

/**
 * Tells whether an instant, in milliseconds since 1970, is within the hours of a time zone, daylight saving time included.
 *
 * @throws RangeError for a time zone that there is not
 */
export function compileActiveHours({ timeZone, from, to, weekdays }: ActiveHours): (at: number) => boolean {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const isWanted = (day: number) => weekdays === undefined || weekdays.includes(day)
  const isActive = (at: number) => {
    const { weekday, hour, minute } = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, value]),
    )
    const day = days.indexOf(weekday as string) + 1
    const now = Number(hour) * 60 + Number(minute)
    if (start < end) return now >= start && now < end && isWanted(day)
    // Past midnight it is the span of the day before.
    return now >= start ? isWanted(day) : now < end && isWanted(day === 1 ? 7 : day - 1)
  }
  // Zones are apart by whole minutes, so one answer serves a minute.
  let knownMinute = Number.NaN
  let known = false
  return (at) => {
    const minute = Math.floor(at / 60_000)
    if (minute !== knownMinute) {
      known = isActive(at)
      knownMinute = minute
    }
    return known
  }
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
