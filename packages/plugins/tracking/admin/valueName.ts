import { useLanguage, useMessages } from '@espalier/admin-kit'
import { useMemo } from 'react'
import { messages } from './messages.ts'
import type { Dimension } from './words.ts'

/** How a value of a dimension is written: countries by their names, channels and devices in words, the rest as it is. */
export function useValueName(): (by: Dimension, value: string | null) => string {
  const m = useMessages(messages)
  const { locale } = useLanguage()
  const regions = useMemo(() => new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' }), [locale])
  return (by, value) => {
    if (value === null || value === '') return mayBeAbsent.test(by) ? m.none : m.unknown
    if (value === '(other)') return m.rest
    if (by === 'COUNTRY') return /^[A-Z]{2}$/.test(value) ? (regions.of(value) ?? value) : value
    if (by === 'CHANNEL') return m.channels[value] ?? value
    if (by === 'DEVICE') return m.devices[value] ?? value
    return value
  }
}

/** Of these, that nothing is known says that there was none. */
const mayBeAbsent = /^(REFERRER|UTM_)/
