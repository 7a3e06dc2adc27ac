/** Maps [from, to] to [start, end], linearly; an empty range to its middle. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return to === from ? () => (start + end) / 2 : (value) => start + ((value - from) / (to - from)) * (end - start)
}

/** Round numbers over a range, about `count` of them, for an axis: 0, 0.02, 0.04 … */
export function ticks(from: number, to: number, count = 4): number[] {
  if (!(to > from)) return [from]
  const rough = (to - from) / count
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
