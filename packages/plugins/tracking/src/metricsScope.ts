import { InvalidInputError } from '@espalier/core'

export type Granularity = 'MINUTE' | 'HOUR' | 'DAY'

/** What to count over: everything of the workspace, a site, or a page. */
export interface MetricsScope {
  readonly siteId?: string | null | undefined
  readonly pageId?: string | null | undefined
  /** From this instant, included. Default: the beginning. */
  readonly from?: Date | null | undefined
  /** Up to this instant, excluded. Default: now and everything that follows. */
  readonly to?: Date | null | undefined
}

/** The end of the year 9999: later ones are not written with four digits, as the database reads them. */
const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** The scope with its ends moved outward to a multiple of some minutes. */
export function widened(scope: MetricsScope, stepMinutes: number): MetricsScope {
  const step = stepMinutes * 60_000
  const { from, to } = scope
  return {
    ...scope,
    from: from && new Date(Math.floor(from.getTime() / step) * step),
    to: to && new Date(Math.min(Math.ceil(to.getTime() / step) * step, lastInstant)),
  }
}

/** Conditions for what is given, on a table whose time is in `column`. They take the first places, `$1` and on. */
export function conditions({ siteId, pageId, from, to }: MetricsScope): {
  on: (column: string) => string
  values: unknown[]
} {
  const given = [
    [pageId, (place: string) => `"pageId" = ${place}::uuid`],
    [siteId, (place: string) => `"siteId" = ${place}::uuid`],
    [from?.toISOString(), (place: string, column: string) => `"${column}" >= ${place}::timestamptz`],
    [to?.toISOString(), (place: string, column: string) => `"${column}" < ${place}::timestamptz`],
  ] as const
  const used = given.filter(([value]) => value !== undefined && value !== null)
  return {
    on: (column) => ['true', ...used.map(([, clause], index) => clause(`$${index + 1}`, column))].join(' and '),
    values: used.map(([value]) => value),
  }
}

const dayMs = 24 * 3600_000

/** Longest span of a series in days. Visitors by the minute are counted from the log itself. */
const maxDays: Record<Granularity, number> = { MINUTE: 1, HOUR: 92, DAY: 3660 }

/** @throws InvalidInputError for more steps than anyone can read, or a time zone that does not exist */
export function checkSeries({ from, to }: MetricsScope, granularity: Granularity, timeZone: string, now: Date): void {
  // Days may begin with the first event, of which there are no decades.
  const days = from ? ((to ?? now).getTime() - from.getTime()) / dayMs : granularity === 'DAY' ? 0 : Infinity
  if (days > maxDays[granularity]) {
    const span = from ? `${days.toFixed(1)} days` : 'a span without a beginning'
    const message = `A series by ${granularity.toLowerCase()} covers at most ${maxDays[granularity]} days, not ${span}. Give a later "from" or longer steps.`
    throw InvalidInputError.of('from', 'SPAN_TOO_LONG', message)
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    const message = `"${timeZone}" is not an IANA time zone. Write it like "Europe/Paris".`
    throw InvalidInputError.of('timeZone', 'UNKNOWN_TIME_ZONE', message)
  }
}
