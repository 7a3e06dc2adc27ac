/** Width of a character of an axis in pixels: 12 px Inter with tabular figures, on average. */
const character = 6.6

/** Between two labels, in pixels. */
const gap = 12

/**
 * Labels along an axis that stay inside of the drawing, do not touch each other and do not say the same twice: of those that
 * would, the earlier stays.
 *
 * @param x where a tick is, in pixels
 * @returns with the middle of each, in pixels
 */
export function labelsThatFit<Tick extends { readonly at: number; readonly label: string }>(
  ticks: readonly Tick[],
  x: (at: number) => number,
  left: number,
  right: number,
): (Tick & { readonly center: number })[] {
  let end = Number.NEGATIVE_INFINITY
  let last: string | undefined
  return ticks.flatMap((tick) => {
    const half = (tick.label.length * character) / 2
    const center = Math.min(Math.max(x(tick.at), left + half), right - half)
    if (center - half < end + gap || tick.label === last) return []
    last = tick.label
    end = center + half
    return [{ ...tick, center }]
  })
}
