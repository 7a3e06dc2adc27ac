/** What a day added to a subject's metric: the day, the value, and the denominator of a ratio. */
export type DayValue = readonly [day: string, value: number, denominator: number]

/** A metric of one subject of one experiment. */
export interface SubjectValue {
  /** In order of the days, one for each. */
  readonly byDay: readonly DayValue[]
  /** The same metric before the exposure; null where that is not asked for. */
  readonly before: number | null
}

/** Whether only the first time counts, of the value and of a ratio's denominator. */
export interface Once {
  readonly value: boolean
  readonly denominator: boolean
}

/** Days with what was added to them, in order, whatever the order in which it comes. */
export function addByDay(known: readonly DayValue[], added: readonly DayValue[], once: Once): DayValue[] {
  const days = new Map<string, [number, number]>()
  for (const [day, value, denominator] of [...known, ...added]) {
    const sum = days.get(day)
    if (sum) {
      sum[0] += value
      sum[1] += denominator
    } else days.set(day, [value, denominator])
  }
  const inOrder = [...days].sort(([one], [other]) => (one < other ? -1 : 1))
  const firstOnly = (index: 0 | 1) => {
    let before = false
    for (const [, sums] of inOrder) {
      sums[index] = sums[index] > 0 && !before ? 1 : 0
      before ||= sums[index] > 0
    }
  }
  if (once.value) firstOnly(0)
  if (once.denominator) firstOnly(1)
  return inOrder
    .filter(([, sums]) => sums[0] !== 0 || sums[1] !== 0)
    .map(([day, [value, denominator]]) => [day, value, denominator])
}

/** What a subject adds to the sums of its arm. */
export interface Sums {
  /** 1 on the day from which it has any of the metric. */
  subjects: number
  sum: number
  sumOfSquares: number
  otherSum: number
  otherSumOfSquares: number
  sumOfProducts: number
}

/** The most that a subject counts for. */
export interface Caps {
  readonly value: number | null
  readonly denominator: number | null
}

/**
 * How a subject's value moves the sums of its arm, day by day. Added up to the end of a day, they are those of what
 * the subject had by then; so sums of squares grow by the difference of two squares, not by the square of the day's.
 *
 * @param other what the "other" sums are of: a ratio's denominator, or what was before the exposure
 */
export function* sumsByDay(
  { byDay, before }: SubjectValue,
  caps: Caps,
  other: 'denominator' | 'before',
  exposureDay: string,
): Generator<[day: string, sums: Sums]> {
  const capped = (value: number, cap: number | null) => (cap === null ? value : Math.min(value, cap))
  const earlier = other === 'before' ? capped(before ?? 0, caps.value) : 0
  if (earlier !== 0) yield [exposureDay, { ...nothing, otherSum: earlier, otherSumOfSquares: earlier * earlier }]
  let [total, totalBelow, x, y] = [0, 0, 0, earlier]
  for (const [index, [day, value, denominator]] of byDay.entries()) {
    total += value
    totalBelow += denominator
    const nextX = capped(total, caps.value)
    const nextY = other === 'denominator' ? capped(totalBelow, caps.denominator) : y
    yield [
      day,
      {
        subjects: index === 0 ? 1 : 0,
        sum: nextX - x,
        sumOfSquares: nextX * nextX - x * x,
        otherSum: nextY - y,
        otherSumOfSquares: nextY * nextY - y * y,
        sumOfProducts: nextX * nextY - x * y,
      },
    ]
    x = nextX
    y = nextY
  }
}

export const nothing: Readonly<Sums> = {
  subjects: 0,
  sum: 0,
  sumOfSquares: 0,
  otherSum: 0,
  otherSumOfSquares: 0,
  sumOfProducts: 0,
}

/** All that a subject has of the metric, before any cap. */
export function totalOf({ byDay }: SubjectValue): { value: number; denominator: number } {
  return byDay.reduce(
    (sums, [, value, denominator]) => ({
      value: sums.value + value,
      denominator: sums.denominator + denominator,
    }),
    { value: 0, denominator: 0 },
  )
}
