import { type ChosenRange, useFormat } from '@espalier/admin-kit'
import { useMemo } from 'react'

const hour = 3_600_000

/** The variables of a question about a span of time, and the one that it is compared with. */
export interface TimeSpan {
  /** Instants, ISO 8601. */
  readonly from: string
  readonly to: string
  readonly comparedFrom: string
  readonly comparedTo: string
  readonly compares: boolean
  readonly granularity: 'HOUR' | 'DAY'
  /** IANA name: where days begin. */
  readonly timeZone: string
  /** Whether it reaches the present, and so still grows. */
  readonly isOpen: boolean
}

/**
 * A range as the API is asked about it. One that is not over yet ends with the hour that runs, and so does what it is
 * compared with: half a day is compared with half a day.
 */
export function timeSpan(
  { from, to, comparedFrom, comparedTo, days }: Omit<ChosenRange, 'choice'>,
  timeZone: string,
  now: Date,
): TimeSpan {
  const soon = Math.ceil((now.getTime() + 1) / hour) * hour
  const isOpen = Date.parse(to) > now.getTime()
  const end = Math.max(Math.min(Date.parse(to), soon), Date.parse(from) + hour)
  const length = end - Date.parse(from)
  const compares = comparedFrom !== undefined && comparedTo !== undefined
  return {
    from,
    to: new Date(end).toISOString(),
    comparedFrom: comparedFrom ?? from,
    comparedTo: isOpen && compares ? new Date(Date.parse(comparedFrom) + length).toISOString() : (comparedTo ?? to),
    compares,
    granularity: daysIn(days) > 2 ? 'DAY' : 'HOUR',
    timeZone,
    isOpen,
  }
}

/** Stable within an hour. */
export function useTimeSpan(range: ChosenRange): TimeSpan {
  const { timeZone } = useFormat()
  const span = JSON.stringify(timeSpan(range, timeZone, new Date()))
  return useMemo(() => JSON.parse(span), [span])
}

function daysIn({ from, to }: ChosenRange['days']): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
}
