import { type Axis, valueAxis } from './axis.ts'

export interface Estimated {
  readonly estimate: number | null
  readonly interval: { readonly lower: number; readonly upper: number } | null
}

/**
 * The axis that intervals share. One that is far wider than the others, as of a variant that few have seen, does not squeeze
 * them to dots: it goes out of the picture.
 *
 * @param reference what they are compared with: always on the axis
 */
export function intervalAxis(rows: readonly Estimated[], reference: number | undefined, count = 4): Axis {
  const kept = reference === undefined ? [] : [reference]
  const estimates = rows.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]))
  const intervals = rows.flatMap(({ interval }) => (interval ? [interval] : []))
  const widths = intervals.map(({ lower, upper }) => upper - lower).toSorted((a, b) => a - b)
  const usual = widths[Math.floor((widths.length - 1) / 2)] ?? 0
  const low = Math.min(...estimates, ...kept)
  const high = Math.max(...estimates, ...kept)
  const ends = intervals.flatMap(({ lower, upper }) => [
    Math.max(lower, low - usual * 1.5),
    Math.min(upper, high + usual * 1.5),
  ])
  const all = [...estimates, ...kept, ...ends].filter(Number.isFinite)
  const [from, to] = [Math.min(...all), Math.max(...all)]
  if (all.length === 0 || from === to) {
    const middle = all[0] ?? 0
    const reach = Math.abs(middle) || 0.1
    return valueAxis([middle - reach, middle + reach], { zero: false, count })
  }
  return valueAxis(all, { zero: false, count })
}

/** An interval in percent of an axis: what lies on it, and whether it goes on beyond its ends. */
export function onAxis({ lower, upper }: { lower: number; upper: number }, { from, to }: Axis) {
  const percent = (value: number) => ((value - from) / (to - from)) * 100
  const inside = (value: number) => Math.min(100, Math.max(0, percent(value)))
  return { start: inside(lower), end: inside(upper), before: lower < from, beyond: upper > to }
}
