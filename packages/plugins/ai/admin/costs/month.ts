/** A month of the calendar in UTC, as budgets count them. */
export interface Month {
  /** "2026-11" */
  readonly key: string
  /** First and last day. */
  readonly from: string
  readonly to: string
  readonly days: readonly string[]
}

/** @param key "2026-11"; anything else is the month of `now` */
export function monthOf(key: string | undefined, now: Date): Month {
  const present = now.toISOString().slice(0, 7)
  const valid = key && /^20\d{2}-(0[1-9]|1[0-2])$/.test(key) ? key : present
  const length = new Date(Date.UTC(Number(valid.slice(0, 4)), Number(valid.slice(5)), 0)).getUTCDate()
  const days = Array.from({ length }, (_, index) => `${valid}-${String(index + 1).padStart(2, '0')}`)
  return { key: valid, from: `${valid}-01`, to: `${valid}-${length}`, days }
}

/** The month before or after. */
export function monthBeside({ key }: Month, step: 1 | -1): string {
  return new Date(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5)) - 1 + step, 1)).toISOString().slice(0, 7)
}
