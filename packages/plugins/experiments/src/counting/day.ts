const formats = new Map<string, Intl.DateTimeFormat>()
const quarterMs = 15 * 60_000

/** The days of instants, as calendars in a time zone show them: "2026-11-21". */
export class Days {
  readonly #format: Intl.DateTimeFormat
  readonly #known = new Map<number, string>()

  /** @param timeZone IANA name */
  constructor(timeZone: string) {
    let format = formats.get(timeZone)
    if (!format) {
      // This locale writes dates as ISO 8601 does.
      format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
      formats.set(timeZone, format)
    }
    this.#format = format
  }

  of(at: Date): string {
    // No zone begins a day within a quarter of an hour.
    const quarter = Math.floor(at.getTime() / quarterMs)
    let day = this.#known.get(quarter)
    if (day === undefined) {
      day = this.#format.format(at)
      this.#known.set(quarter, day)
    }
    return day
  }
}
