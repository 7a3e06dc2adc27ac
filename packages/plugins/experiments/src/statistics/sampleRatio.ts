import upperGamma from '@stdlib/math-base-special-gammainc'

/** How many subjects an arm has, beside the share that it was to get. */
export interface ArmCount {
  /** Whole, from 0. */
  readonly observed: number
  /** From 0, in any unit. An arm of weight 0 takes no part. */
  readonly weight: number
}

export interface SampleRatio {
  /** By arm, in order: how many its weight promised; 0 for an arm that takes no part. */
  readonly expected: readonly number[]
  readonly chiSquare: number
  /** Arms that take part, less one. */
  readonly degreesOfFreedom: number
  /** How often chance alone is this far off; null while there are fewer than two arms or too few subjects. */
  readonly pValue: number | null
  /** `pValue` below 0.001: something else than chance decides who is counted, so the results are not to be believed. */
  readonly alarm: boolean
}

/** Looking each day at 5 % would cry wolf each month; at 0.001 a real loss still shows. */
const alarmLevel = 0.001
/** Below this many subjects for each arm, on average, chi-square is not yet what counts follow. */
const leastPerArm = 8

/**
 * Are the arms as large as their weights say? Pearson's chi-square test of the sample ratio.
 *
 * χ² = Σ (observed - expected)²/expected over arms with a weight; upper tail of k - 1 degrees of freedom.
 * Sources: Pearson (1900); the level and the least of 8 subjects per arm are GrowthBook's, and Fabijan et al. (2019),
 * "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD.
 *
 * @throws RangeError when a count is not whole, or a weight negative or not finite
 */
export function sampleRatio(arms: readonly ArmCount[]): SampleRatio {
  return sampleRatioOfPeriods([arms])
}

/**
 * The same over periods of different weights: what is expected is added up over the periods. Weights that move make
 * the counts vary a little less than chi-square has it, so the alarm is rather late than early.
 *
 * @param periods of each period the arms, in the same order
 */
export function sampleRatioOfPeriods(periods: readonly (readonly ArmCount[])[]): SampleRatio {
  for (const arm of periods.flat()) checkArm(arm)
  const size = Math.max(0, ...periods.map((period) => period.length))
  const expected = Array<number>(size).fill(0)
  const observed = Array<number>(size).fill(0)
  for (const period of periods) {
    const weights = period.reduce((sum, { weight }) => sum + weight, 0)
    const subjects = period.reduce((sum, arm) => sum + (arm.weight > 0 ? arm.observed : 0), 0)
    for (const [index, arm] of period.entries()) {
      if (arm.weight === 0) continue
      expected[index] = (expected[index] as number) + (arm.weight / weights) * subjects
      observed[index] = (observed[index] as number) + arm.observed
    }
  }
  const taking = expected.flatMap((value, index) =>
    value > 0 ? [{ expected: value, observed: observed[index] as number }] : [],
  )
  const distance = taking.reduce((sum, arm) => sum + (arm.observed - arm.expected) ** 2 / arm.expected, 0)
  // A subject in an arm of next to no weight is further off than numbers go.
  const chiSquare = Math.min(distance, Number.MAX_VALUE)
  const degreesOfFreedom = Math.max(0, taking.length - 1)
  const subjects = taking.reduce((sum, arm) => sum + arm.observed, 0)
  const enough = degreesOfFreedom > 0 && subjects >= leastPerArm * taking.length
  // The regularized upper incomplete gamma function is the tail itself; 1 - cdf would be 0 below 1e-16.
  const pValue = enough ? upperGamma(chiSquare / 2, degreesOfFreedom / 2, true, true) : null
  return { expected, chiSquare, degreesOfFreedom, pValue, alarm: pValue !== null && pValue < alarmLevel }
}

/** Why an arm is not as large as promised: recorded - expected = captured + moved. */
export interface SampleRatioCause {
  /** Subjects that its weight promised. */
  readonly expected: number
  /** Subjects that the hash assigns to it. */
  readonly predicted: number
  /** Subjects that were counted for it. */
  readonly recorded: number
  /** predicted - expected: who came to be counted at all. Far from 0, an arm loses or draws visitors before the count, as by a slow or broken page. */
  readonly captured: number
  /** recorded - predicted: who was counted elsewhere than assigned. Far from 0, weights were changed, visitors merged or variants forced. */
  readonly moved: number
}

/**
 * Splits a sample ratio mismatch into its two causes, exactly, since assignment can be computed again.
 * After PostHog's srm_check.
 *
 * @param counts `counts[i][j]`: subjects that the hash assigns to arm i and that were counted for arm j
 * @param weights of the arms, from 0, in any unit, at least one above 0
 * @throws RangeError when there is not a row and a column for each arm, or a number is not possible
 */
export function srmCauses(counts: readonly (readonly number[])[], weights: readonly number[]): SampleRatioCause[] {
  const odd = [counts, ...counts].find((row) => row.length !== weights.length)
  if (odd)
    throw new RangeError(
      `There are ${weights.length} weights, but a row or column of ${odd.length}. Give one of each for each arm.`,
    )
  for (const [index, row] of counts.entries())
    for (const observed of row) checkArm({ observed, weight: weights[index] as number })
  const weight = weights.reduce((sum, value) => sum + value, 0)
  if (weights.length > 0 && weight === 0) throw new RangeError('All weights are 0. Give at least one above 0.')
  const predicted = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  const subjects = predicted.reduce((sum, count) => sum + count, 0)
  return weights.map((own, arm) => {
    const expected = (own / weight) * subjects
    const recorded = counts.reduce((sum, row) => sum + (row[arm] as number), 0)
    const assigned = predicted[arm] as number
    return { expected, predicted: assigned, recorded, captured: assigned - expected, moved: recorded - assigned }
  })
}

function checkArm({ observed, weight }: ArmCount): void {
  if (!Number.isSafeInteger(observed) || observed < 0)
    throw new RangeError(`An arm has ${observed} subjects. The number is whole, from 0.`)
  if (!(weight >= 0 && Number.isFinite(weight)))
    throw new RangeError(`The weight of an arm is ${weight}. Give it a number of 0 or more.`)
}
