import { useLanguage } from './language.tsx'

/** How values are written for the person who reads: by their locale, in their time zone. */
export interface Format {
  readonly locale: string
  /** IANA name of the zone in which instants are written: that of the browser. */
  readonly timeZone: string
  /** A number, with at most `digits` digits after the separator (default 0 for counts). */
  number(value: number, digits?: number): string
  /** A long number in short: 12.3K. */
  compact(value: number): string
  /** A share of 1 as percent: 0.1234 → 12.3 %. */
  percent(value: number, digits?: number): string
  /** The same with its sign, for what compares: +12.3 %. */
  change(value: number, digits?: number): string
  /** An amount in the smallest unit of its currency (ISO 4217): 1999, "EUR" → €19.99. */
  money(minorUnits: number, currency: string): string
  /** Millionths of a US dollar, what models cost. Below a cent with as many digits as it takes to show something. */
  moneyMicros(micros: number): string
  /** Bytes in units of 1,000. */
  bytes(value: number): string
  /** A day: Nov 21, 2026. Takes an instant, or a day of the calendar (`YYYY-MM-DD`), which has no zone. */
  date(value: string | Date): string
  /** A day in short, without its year: Nov 21. */
  day(value: string | Date): string
  dateTime(value: string | Date): string
  time(value: string | Date): string
  /** How long ago or ahead, in the largest unit that fits: 3 hours ago. */
  relative(value: string | Date, now: Date): string
  /** A duration in milliseconds, with its two largest units: 3 min 20 s. */
  duration(milliseconds: number): string
  /** "a, b and c" */
  list(items: readonly string[]): string
}

/** The formats of the person who reads. Stable while the language is. */
export function useFormat(): Format {
  return formatOf(useLanguage().locale)
}

/**
 * Makes a {@link Format} for a language and a time zone.
 *
 * @param timeZone IANA name; the browser's own unless a test sets it
 */
export function createFormat(locale: string, timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone): Format {
  const numbers = remember((digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }))
  const percents = remember(
    (digits: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  const changes = remember(
    (digits: number) =>
      new Intl.NumberFormat(locale, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: 'exceptZero',
      }),
  )
  const currencies = remember((currency: string) => new Intl.NumberFormat(locale, { style: 'currency', currency }))
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const days = remember((zone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone }))
  const shortDays = remember(
    (zone: string) => new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: zone }),
  )
  const instants = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone })
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })
  return {
    locale,
    timeZone,
    number: (value, digits = 0) => numbers(digits).format(value),
    compact: (value) => compact.format(value),
    percent: (value, digits = 1) => percents(digits).format(value),
    change: (value, digits = 1) => changes(digits).format(value),
    money: (minorUnits, currency) => {
      const format = currencies(currency)
      return format.format(minorUnits / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
    },
    moneyMicros: (micros) => {
      const dollars = micros / 1e6
      // Below a cent the first two digits that are not 0 say enough.
      const size = Math.abs(dollars)
      const digits = size > 0 && size < 0.01 ? Math.min(6, Math.max(4, 1 - Math.floor(Math.log10(size)))) : 2
      return new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: 'USD',
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
      }).format(dollars)
    },
    bytes: (value) => {
      const [size, unit] = inUnits(value)
      return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size)
    },
    date: (value) => days(zoneOf(value, timeZone)).format(new Date(value)),
    day: (value) => shortDays(zoneOf(value, timeZone)).format(new Date(value)),
    dateTime: (value) => instants.format(new Date(value)),
    time: (value) => times.format(new Date(value)),
    relative: (value, now) => {
      const seconds = (new Date(value).getTime() - now.getTime()) / 1000
      const [unit, size] = spans.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const)
      return relatives.format(Math.trunc(seconds / size), unit)
    },
    duration: (milliseconds) => writeDuration(milliseconds, locale),
    list: (items) => lists.format(items),
  }
}

/** A day of the calendar is the same everywhere: it is read and written in UTC. */
function zoneOf(value: string | Date, timeZone: string): string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'UTC' : timeZone
}

/** Units of time that a distance is told in, the largest first, with their seconds. */
const spans = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

function writeDuration(milliseconds: number, locale: string): string {
  const write = (value: number, unit: string, digits = 0) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }).format(
      value,
    )
  if (milliseconds < 1000) return write(Math.round(milliseconds), 'millisecond')
  const seconds = milliseconds / 1000
  if (seconds < 60) return write(seconds, 'second', 1)
  const whole = Math.round(seconds)
  const units = [
    ['day', Math.floor(whole / 86_400)],
    ['hour', Math.floor(whole / 3_600) % 24],
    ['minute', Math.floor(whole / 60) % 60],
    ['second', whole % 60],
  ] as const
  const first = units.findIndex(([, value]) => value > 0)
  return units
    .slice(first, first + 2)
    .filter(([, value]) => value > 0)
    .map(([unit, value]) => write(value, unit))
    .join(' ')
}

function inUnits(bytes: number): [number, string] {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const step = Math.min(bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3), units.length - 1)
  return [bytes / 1000 ** step, units[step] ?? 'byte']
}

/** Formats are dear to make: one for each argument. */
function remember<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

/** One for each locale: a list draws hundreds of instants, and to make its formats takes longer than to use them. */
const formatOf = remember((locale: string) => createFormat(locale))
