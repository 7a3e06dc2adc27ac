import { Sparkline, useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

interface Traffic {
  readonly from: string
  readonly total: { readonly visitors: number }
  readonly days: readonly { readonly at: string; readonly visitors: number }[]
}

const dayMs = 86_400_000

/** Visitors day by day as a line, and their number. */
export function DailyVisitors({ traffic, title }: { traffic: Traffic | undefined; title: string }) {
  const { pages: m } = useMessages(messages)
  const { number } = useFormat()
  if (!traffic) return <>{m.none}</>
  const count = number(traffic.total.visitors)
  return (
    <span className="lp-daily">
      <Sparkline values={daily(traffic)} label={m.visitorsOf(count, title)} />
      <span>{count}</span>
    </span>
  )
}

/** One value for each of the 28 days; those on which nothing happened are 0. */
export function daily({ from, days }: Pick<Traffic, 'from' | 'days'>, length = 28): number[] {
  const values = Array.from({ length }, () => 0)
  for (const { at, visitors } of days) {
    const index = Math.min(length - 1, Math.max(0, Math.floor((Date.parse(at) - Date.parse(from)) / dayMs)))
    values[index] = (values[index] ?? 0) + visitors
  }
  return values
}
