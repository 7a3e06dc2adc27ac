import { useFormat } from '@espalier/admin-kit'
import type { Month } from './month.ts'

/** Writes a month in words: "November 2026". */
export function useMonthName(): (month: Month) => string {
  const { locale } = useFormat()
  const format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return ({ from }) => format.format(new Date(from))
}
