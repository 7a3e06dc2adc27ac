import type { SqlContext } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import { DateTime } from 'luxon'
import { median } from '../alerts/robustScore.ts'
import { formatValue } from '../alerts/words.ts'
import type { ReportDay, ReportItem } from './section.ts'

/** What was counted on a day. */
export interface DayCounts {
  /** "2026-11-20" */
  readonly day: string
  readonly visitors: number
  readonly sessions: number
  readonly conversions: number
}

/** Weeks that the same weekday is compared with. */
const weeks = 6
/** Values of past weeks without which nothing is called usual. */
const leastPast = 3
/** Days that the chart shows. */
export const chartDays = 14

/** The counts of the six weeks up to a day and of that day, in order, none left out; empty where nothing was ever counted. */
export async function readCourse(
  context: SqlContext,
  tracking: Pick<Tracking, 'series'>,
  { day, timeZone, to }: ReportDay,
): Promise<DayCounts[]> {
  const first = DateTime.fromISO(day, { zone: timeZone }).minus({ weeks })
  const points = await tracking.series(context, { from: first.toJSDate(), to }, 'DAY', timeZone)
  if (points.length === 0) return []
  const byDay = new Map(points.map((point) => [DateTime.fromJSDate(point.at, { zone: timeZone }).toISODate(), point]))
  return Array.from({ length: weeks * 7 + 1 }, (_, index) => {
    const at = first.plus({ days: index }).toISODate() as string
    const { visitors = 0, sessions = 0, conversions = 0 } = byDay.get(at) ?? {}
    return { day: at, visitors, sessions, conversions }
  })
}

/** How the last day of a course compares with what is usual on its weekday. */
export function changes(course: readonly DayCounts[]): ReportItem[] {
  const last = course.at(-1)
  if (!last) return []
  const begins = course.findIndex(({ sessions, visitors, conversions }) => sessions + visitors + conversions > 0)
  const past = course.filter(
    (_, index) => index >= begins && index < course.length - 1 && (course.length - 1 - index) % 7 === 0,
  )
  return [
    compared(last, past, { en: 'Visitors', fr: 'Visiteurs' }, ({ visitors }) => visitors),
    compared(last, past, { en: 'Conversions', fr: 'Conversions' }, ({ conversions }) => conversions),
    ...(last.sessions > 0
      ? [compared(last, past, { en: 'Conversions per session', fr: 'Conversions par session' }, rate, 'share')]
      : []),
  ]
}

function rate({ conversions, sessions }: DayCounts): number {
  return sessions > 0 ? conversions / sessions : 0
}

function compared(
  last: DayCounts,
  past: readonly DayCounts[],
  label: { en: string; fr: string },
  of: (counts: DayCounts) => number,
  unit: 'count' | 'share' = 'count',
): ReportItem {
  const value = of(last)
  const usual = past.length >= leastPast ? median(past.map(of)) : null
  const weekday = DateTime.fromISO(last.day)
  const say = (language: 'en' | 'fr') => {
    const colon = language === 'fr' ? ' : ' : ': '
    const found = `${label[language]}${colon}${formatValue(value, unit, language)}`
    if (usual === null) return `${found}.`
    const name = weekday.setLocale(language).toFormat('cccc')
    const normal = formatValue(usual, unit, language)
    if (usual === 0 || value === usual)
      return language === 'fr' ? `${found} ; un ${name} habituel : ${normal}.` : `${found}; a usual ${name}: ${normal}.`
    const percent = Math.abs(Math.round((value / usual - 1) * 100))
    return language === 'fr'
      ? `${found}, ${percent} % de ${value > usual ? 'plus' : 'moins'} qu’un ${name} habituel (${normal}).`
      : `${found}, ${percent}% ${value > usual ? 'more' : 'less'} than a usual ${name} (${normal}).`
  }
  return { text: { en: say('en'), fr: say('fr') } }
}
