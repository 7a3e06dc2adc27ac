import { useFormat, useMessages } from '@espalier/admin-kit'
import type { ExperimentSliceDimension } from '../graphql/graphql.ts'
import { messages } from './messages.ts'

/** What a part of the visitors is called: countries in the reader's language, devices in words, channels as they are. */
export function useSliceNames(): (by: ExperimentSliceDimension, value: string | null | undefined) => string {
  const m = useMessages(messages)
  const { locale } = useFormat()
  const countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' })
  return (by, value) => {
    if (value == null || value === '') return m.unknownValue
    if (by === 'COUNTRY') return /^[A-Z]{2}$/.test(value) ? (countries.of(value) ?? value) : value
    const devices: Partial<Record<string, string>> = m.devices
    return (by === 'DEVICE' && devices[value]) || value
  }
}
