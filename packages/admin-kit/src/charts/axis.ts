import { nice, ticks } from 'd3-array'

export interface Axis {
  readonly from: number
  readonly to: number
  /** Round numbers between the two ends. */
  readonly ticks: readonly number[]
}

/**
 * An axis on which all values have room, with round numbers at its ends.
 *
 * @param zero whether 0 belongs to it, as for everything that is compared by its length. Without it, a range that is far
 *   from 0 is shown enlarged
 * @param whole for counts: no tick between two whole numbers
 * @param count about how many ticks
 */
export function valueAxis(
  values: Iterable<number | null | undefined>,
  { zero = true, whole = false, count = 4 }: { zero?: boolean; whole?: boolean; count?: number } = {},
): Axis {
  let low = zero ? 0 : Number.POSITIVE_INFINITY
  let high = zero ? 0 : Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return valueAxis([0, 1], { whole, count })
  // One value, or nothing but zeros: an axis still needs a length.
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)]
  const [from, to] = nice(low, high, count)
  const shown = ticks(from, to, count)
  return { from, to, ticks: whole ? shown.filter(Number.isInteger) : shown }
}

/** Maps [from, to] to [start, end], linearly; an empty range to its middle. */
export function position(from: number, to: number, start: number, end: number): (value: number) => number {
  return to === from ? () => (start + end) / 2 : (value) => start + ((value - from) / (to - from)) * (end - start)
}

/** The place of the value that is nearest, in an ascending list. -1 for an empty one. */
export function nearest(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) < value) low = middle + 1
    else high = middle
  }
  if (low === 0) return ascending.length - 1 < 0 ? -1 : 0
  if (low === ascending.length) return low - 1
  return value - (ascending[low - 1] as number) <= (ascending[low] as number) - value ? low - 1 : low
}
