/** A month of the calendar in UTC, as budgets count them. */
export interface Month {
  /** "2026-11" */
  readonly key: string
  /** First and last day. */
  readonly from: string
  readonly to: string
  readonly days: readonly string[]
}

/** @param key "2026-11"; anything else is the present month */
export function monthOf(key: string | null): Month {
  const now = new Date().toISOString().slice(0, 7)
  const valid = key && /^\d{4}-(0[1-9]|1[0-2])$/.test(key) ? key : now
  const length = new Date(Date.UTC(Number(valid.slice(0, 4)), Number(valid.slice(5)), 0)).getUTCDate()
  const days = Array.from({ length }, (_, index) => `${valid}-${String(index + 1).padStart(2, '0')}`)
  return { key: valid, from: days[0] as string, to: days.at(-1) as string, days }
}

export function monthBeside({ key }: Month, step: 1 | -1): string {
  return new Date(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5)) - 1 + step, 1)).toISOString().slice(0, 7)
}

/** Millionths of a US dollar as an amount: whole cents do not suffice for a call that costs a hundredth of one. */
export function dollars(micros: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: micros !== 0 && Math.abs(micros) < 1_000_000 ? 6 : 2,
  }).format(micros / 1_000_000)
}
