/** What something cost on a day. */
export interface DayAmount {
  readonly day: string
  /** What it is drawn by: its purpose, its model. */
  readonly part: string
  /** Millionths of a US dollar. */
  readonly costMicros: number
}

/** Amounts as bars: one for each day, in it one piece for each part, the dearest part first. */
export interface Stacks {
  readonly parts: readonly { readonly id: string; readonly costMicros: number }[]
  readonly bars: readonly { readonly day: string; readonly values: readonly number[] }[]
  readonly totalMicros: number
}

/**
 * Puts amounts into bars. Colors that stay apart are eight: what is not among the seven dearest parts is together in a
 * last one.
 *
 * @param days every day that has a bar, also without an amount
 * @param rest id of the last part
 */
export function stacksOf(amounts: readonly DayAmount[], days: readonly string[], rest: string): Stacks {
  const sums = new Map<string, number>()
  for (const { part, costMicros } of amounts) sums.set(part, (sums.get(part) ?? 0) + costMicros)
  const byCost = [...sums]
    .map(([id, costMicros]) => ({ id, costMicros }))
    .filter(({ costMicros }) => costMicros > 0)
    .sort((one, other) => other.costMicros - one.costMicros || one.id.localeCompare(other.id))
  const shown = byCost.length > 8 ? byCost.slice(0, 7) : byCost
  const others = byCost.slice(shown.length).reduce((sum, { costMicros }) => sum + costMicros, 0)
  const parts = others > 0 ? [...shown, { id: rest, costMicros: others }] : shown
  const place = new Map(shown.map(({ id }, index) => [id, index]))
  const bars = new Map(days.map((day) => [day, parts.map(() => 0)]))
  for (const { day, part, costMicros } of amounts) {
    const values = bars.get(day)
    const at = place.get(part) ?? parts.length - 1
    if (values && costMicros > 0) values[at] = (values[at] ?? 0) + costMicros
  }
  return {
    parts,
    bars: [...bars].map(([day, values]) => ({ day, values })),
    totalMicros: byCost.reduce((sum, { costMicros }) => sum + costMicros, 0),
  }
}
