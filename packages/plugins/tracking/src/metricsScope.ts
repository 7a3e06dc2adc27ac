import { InvalidInputError, isTimeZone } from '@espalier/core'
import type { DimensionValue } from './dimensions.ts'
import { keptHours, keptMinutesFrom } from './recentMinutes.ts'
import { dayMs, hourMs, hourOf, minuteOf } from './timeZone.ts'

export type Granularity = 'MINUTE' | 'HOUR' | 'DAY'

/** What to count over: everything of the workspace, a site, or a page. */
export interface MetricsScope {
  readonly siteId?: string | null | undefined
  readonly pageId?: string | null | undefined
  /** From this instant, included. Default: the beginning. */
  readonly from?: Date | null | undefined
  /** Up to this instant, excluded. Default: now and everything that follows. */
  readonly to?: Date | null | undefined
  /** Only under this value of a dimension. */
  readonly value?: DimensionValue | undefined
}

/** Years that are written with four digits, as the database reads them: 1 to 9999. */
const firstInstant = Date.parse('0001-01-01T00:00:00.000Z')
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z')

/** The scope with its ends moved outward to the hour, as clocks in the time zone show it. */
export function widened(scope: MetricsScope, timeZone: string): MetricsScope {
  const { from, to } = scope
  const lastHour = to && hourOf(new Date(to.getTime() - 1), timeZone)
  return {
    ...scope,
    from: from && writable(hourOf(from, timeZone)),
    to: lastHour && writable(new Date(lastHour.getTime() + hourMs)),
  }
}

/** The scope with its beginning moved back to the minute. */
export function widenedToMinutes(scope: MetricsScope): MetricsScope {
  const { from, to } = scope
  return { ...scope, from: from && writable(minuteOf(from)), to: to && writable(to) }
}

/** The nearest instant that the database reads: the span before that of a long one may begin before the year 1. */
function writable(at: Date): Date {
  return new Date(Math.min(Math.max(at.getTime(), firstInstant), lastInstant))
}

/** Longest span of a series in days; an hour more where clocks are set back, which makes a day or a quarter longer. */
const maxDays: Record<Granularity, number> = { MINUTE: 1, HOUR: 92, DAY: 3660 }

/** @throws InvalidInputError for more steps than anyone can read, minutes that are gone, or no time zone that exists */
export function checkSeries({ from, to }: MetricsScope, granularity: Granularity, timeZone: string, now: Date): void {
  // Days may begin with the first event, of which there are no decades.
  const days = from ? ((to ?? now).getTime() - from.getTime()) / dayMs : granularity === 'DAY' ? 0 : Infinity
  if (days > maxDays[granularity] + hourMs / dayMs) {
    const span = from ? `${days.toFixed(1)} days` : 'a span without a beginning'
    const most = maxDays[granularity]
    throw InvalidInputError.of('from', 'SPAN_TOO_LONG', {
      en: `A series by ${granularity.toLowerCase()} covers at most ${most} ${most === 1 ? 'day' : 'days'}, not ${span}. Give a later "from" or longer steps.`,
      fr: `Une série à ce pas couvre au plus ${most} ${most === 1 ? 'jour' : 'jours'}. Commencez plus tard, ou choisissez un pas plus long.`,
    })
  }
  if (granularity === 'MINUTE' && from && from < keptMinutesFrom(now)) {
    throw InvalidInputError.of('from', 'NOT_KEPT', {
      en: `Minutes are kept for ${keptHours} hours, and ${from.toISOString()} is before that. Give a later "from", or ask by HOUR.`,
      fr: `Les minutes sont gardées ${keptHours} heures, et ${from.toISOString()} est avant. Commencez plus tard, ou demandez par heure.`,
    })
  }
  checkTimeZone(timeZone)
}

/** @throws InvalidInputError for a time zone that does not exist */
export function checkTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return
  throw InvalidInputError.of('timeZone', 'UNKNOWN_TIME_ZONE', {
    en: `"${timeZone}" is not an IANA time zone. Write it like "Europe/Paris".`,
    fr: `« ${timeZone} » n’est pas un fuseau horaire de l’IANA. Écrivez-le comme « Europe/Paris ».`,
  })
}
