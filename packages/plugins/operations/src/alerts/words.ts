import { DateTime } from 'luxon'
import type { Metric } from './metric.ts'
import type { Span } from './windows.ts'

const locales = { en: 'en-US', fr: 'fr-FR' } as const

/** A value as people read it: "1,204", "3.4%", "$0.12". */
export function formatValue(value: number, unit: Metric['unit'], language: 'en' | 'fr'): string {
  const locale = locales[language]
  if (unit === 'share')
    return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value)
  if (unit === 'microDollars') return formatMoney(value, language)
  return new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

/** @param micros millionths of a US dollar */
export function formatMoney(micros: number, language: 'en' | 'fr'): string {
  const dollars = micros / 1_000_000
  const digits = dollars !== 0 && Math.abs(dollars) < 0.1 ? 4 : 2
  return new Intl.NumberFormat(locales[language], {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(dollars)
}

/** "between 14:00 and 15:00 on November 21" */
export function formatSpan({ from, to }: Span, timeZone: string, language: 'en' | 'fr'): string {
  const [start, end] = [from, to].map((at) =>
    DateTime.fromJSDate(at, { zone: timeZone }).setLocale(locales[language]),
  ) as [DateTime, DateTime]
  const day = start.toLocaleString({ day: 'numeric', month: 'long' })
  const [begins, ends] = [start.toFormat('HH:mm'), end.toFormat('HH:mm')]
  return language === 'fr' ? `entre ${begins} et ${ends} le ${day}` : `between ${begins} and ${ends} on ${day}`
}
