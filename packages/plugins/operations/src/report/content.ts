import type { SqlContext } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import { DateTime } from 'luxon'
import { formatValue } from '../alerts/words.ts'
import { changes, chartDays, type DayCounts, readCourse } from './course.ts'
import type { ReportDay, ReportSection } from './section.ts'

/** A daily report in one language, as it is kept and shown. */
export interface ReportContent {
  /** "2026-11-20" */
  readonly day: string
  /** "Friday, November 20" */
  readonly date: string
  /** Nothing happened, nothing was spent, and nobody waits. */
  readonly empty: boolean
  readonly sections: readonly {
    readonly name: string
    readonly heading: string
    readonly items: readonly { readonly text: string; readonly link: string }[]
  }[]
  /** Conversions by day. Empty where nothing is counted. */
  readonly chart: readonly ChartBar[]
}

export interface ChartBar {
  /** "Fri 20" */
  readonly label: string
  readonly value: number
  readonly text: string
  /** Of the widest bar, whole per cent. */
  readonly width: number
}

/** What a day brought. */
export async function buildReport(
  context: SqlContext,
  tracking: Pick<Tracking, 'series'> | undefined,
  sections: readonly ReportSection[],
  day: ReportDay,
  language: 'en' | 'fr',
  publicUrl: string,
): Promise<ReportContent> {
  const course = tracking ? await readCourse(context, tracking, day) : []
  const changed: ReportSection = {
    name: 'changed',
    heading: { en: 'What changed', fr: 'Ce qui a changé' },
    items: async () => changes(course),
  }
  const built = []
  for (const section of [changed, ...sections]) {
    const items = await section.items(context, day)
    if (items.length === 0) continue
    built.push({
      name: section.name,
      heading: section.heading[language],
      items: items.map(({ text, link }) => ({ text: text[language], link: link ? `${publicUrl}/admin${link}` : '' })),
    })
  }
  const quiet = course.slice(-chartDays).every(({ visitors, conversions }) => visitors + conversions === 0)
  const said = built.filter(({ name }) => !(name === 'changed' && quiet))
  return {
    day: day.day,
    date: dateOf(day.day, language),
    empty: said.length === 0,
    sections: said,
    chart: quiet ? [] : chartOf(course.slice(-chartDays), language),
  }
}

export function dateOf(day: string, language: 'en' | 'fr'): string {
  return DateTime.fromISO(day)
    .setLocale(language === 'fr' ? 'fr-FR' : 'en-US')
    .toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' })
}

function chartOf(days: readonly DayCounts[], language: 'en' | 'fr'): ChartBar[] {
  const most = Math.max(1, ...days.map(({ conversions }) => conversions))
  return days.map(({ day, conversions }) => ({
    label: DateTime.fromISO(day).setLocale(language).toFormat('ccc d'),
    value: conversions,
    text: formatValue(conversions, 'count', language),
    width: conversions === 0 ? 0 : Math.max(1, Math.round((100 * conversions) / most)),
  }))
}
