import { type Format, useFormat, useMessages } from '@espalier/admin-kit'
import type { LimitsQuery } from '../../graphql/graphql.ts'
import { messages } from './messages.ts'

export type Limit = LimitsQuery['limits'][number]

/** Share of a limit from which on it is close. */
const close = 0.8

/** How much of a limit is taken, as a share of 1; undefined where nobody counts, or there is no end to it. */
export function shareOf({ most, used }: Limit): number | undefined {
  if (most === null || used === null) return undefined
  return most === 0 ? 1 : used / most
}

export function isClose(limit: Limit): boolean {
  return (shareOf(limit) ?? 0) >= close
}

export const closeAt = close

/** Writes an amount of what a limit counts. */
export function useAmount(): (value: number, limit: Limit) => string {
  const m = useMessages(messages)
  const format = useFormat()
  return (value, { unit }) => written(format, m, value, unit)
}

function written(
  { number, bytes, moneyMicros, duration }: Format,
  m: { days: (count: string) => string; tokens: (count: string) => string },
  value: number,
  unit: Limit['unit'],
): string {
  if (unit === 'BYTES') return bytes(value)
  if (unit === 'MICROS') return moneyMicros(value)
  if (unit === 'SECONDS') return duration(value * 1_000)
  if (unit === 'DAYS') return m.days(number(value))
  if (unit === 'TOKENS') return m.tokens(number(value))
  return number(value, 1)
}
