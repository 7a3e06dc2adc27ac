/** How many places the hash has: weights are multiples of one of them, so that shares and buckets agree exactly. */
const places = 10_000

/**
 * Weights in any unit as shares of 1 in steps of 1/10,000, rounded by the largest remainder: they add up to exactly 1,
 * and none is off by a step or more.
 *
 * @param weights of 0 or more, one of them above 0
 * @throws RangeError for a weight that is negative or infinite, and when all are 0
 */
export function sharesOf(weights: readonly number[]): number[] {
  const wrong = weights.find((weight) => !(weight >= 0 && Number.isFinite(weight)))
  if (wrong !== undefined) throw new RangeError(`A weight is ${wrong}. Give it a number of 0 or more.`)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0)) throw new RangeError('All weights are 0. Give at least one a weight above 0.')
  const exact = weights.map((weight) => (weight / total) * places)
  const whole = exact.map(Math.floor)
  const missing = places - whole.reduce((sum, steps) => sum + steps, 0)
  const byRemainder = exact
    .map((steps, index) => ({ index, remainder: steps - Math.floor(steps) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder.slice(0, missing)) whole[index] = (whole[index] as number) + 1
  return whole.map((steps) => steps / places)
}
