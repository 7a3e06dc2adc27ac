/** A part of a bar: from `start` to `end` on the axis of values. */
export interface Block {
  readonly part: number
  readonly start: number
  readonly end: number
}

/** Parts of a bar upon one another: what is above 0 upwards, what is below downwards. Parts without a value have no block. */
export function stack(values: readonly (number | null)[]): Block[] {
  let up = 0
  let down = 0
  return values.flatMap((value, part) => {
    if (value === null || value === 0 || !Number.isFinite(value)) return []
    const start = value > 0 ? up : down
    const end = start + value
    if (value > 0) up = end
    else down = end
    return [{ part, start, end }]
  })
}
