/** A value at a time; null where there is none. */
export interface Point {
  /** Milliseconds since 1970. Of days without a clock: midnight in UTC, with `timeZone="UTC"` ({@link dayToTime}). */
  readonly at: number
  /** Null: nothing is known, and the line has a gap. */
  readonly value: number | null
  /** Ends of a band around the line, such as an interval's. */
  readonly lower?: number | null
  readonly upper?: number | null
  /** Of a comparison: the time that the point is really of, in milliseconds since 1970. */
  readonly of?: number
}

/** Midnight in UTC of a day of the calendar such as "2026-11-21", in milliseconds since 1970. */
export function dayToTime(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** Points of an earlier period, moved to the times that they are compared with: `by` milliseconds later. */
export function movedBy(points: readonly Point[], by: number): Point[] {
  return points.map((point) => ({ ...point, at: point.at + by, of: point.at }))
}

/**
 * Points in order of time, with one that knows nothing wherever a step was left out, so that a line does not run on over days
 * that nobody measured.
 *
 * @param step the distance of two points, in milliseconds. Undefined: points may be anywhere, and nothing is missing
 */
export function withGaps(points: readonly Point[], step: number | undefined): Point[] {
  const ordered = points.toSorted((a, b) => a.at - b.at)
  if (step === undefined) return ordered
  return ordered.flatMap((point, index) => {
    const before = ordered[index - 1]
    return before && point.at - before.at > step * 1.5 ? [{ at: before.at + step, value: null }, point] : [point]
  })
}

/** Spans in which something is known without a gap. */
export function runs(points: readonly Point[]): Point[][] {
  const spans: Point[][] = []
  let open: Point[] | undefined
  for (const point of points) {
    if (point.value === null) open = undefined
    else if (open) open.push(point)
    else {
      open = [point]
      spans.push(open)
    }
  }
  return spans
}
