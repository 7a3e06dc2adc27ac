/** What a rollup holds of one arm and metric: sums over its subjects, each subject once. Sums of any arms add up. */
export interface Moments {
  /** How many: whole, from 0. */
  readonly subjects: number
  /** Σx over subjects, in the metric's unit; for a proportion the number that converted. */
  readonly sum: number
  /** Σx². For a proportion the same as `sum`, and not read. */
  readonly sumOfSquares: number
}

/** One metric over another, such as revenue (x) for each order (y). */
export interface RatioMoments extends Moments {
  /** Σy */
  readonly denominatorSum: number
  /** Σy² */
  readonly denominatorSumOfSquares: number
  /** Σxy */
  readonly sumOfProducts: number
}

/** A metric (x) beside what the same subjects did before their exposure (y). */
export interface CupedMoments extends Moments {
  /** Σy */
  readonly preSum: number
  /** Σy² */
  readonly preSumOfSquares: number
  /** Σxy */
  readonly sumOfProducts: number
}

/** What is known of one arm. The squared standard error of `mean` is `variance / subjects`. */
export interface Estimate {
  readonly subjects: number
  /** In the metric's unit; null without a subject, or without a denominator. */
  readonly mean: number | null
  /** Per subject, in the unit squared; null where it cannot be told, such as of one value. */
  readonly variance: number | null
}

const nothing: Estimate = { subjects: 0, mean: null, variance: null }

/**
 * The share of subjects that converted; its variance is p (1 - p).
 *
 * @throws RangeError when counts are not whole, are negative, or conversions exceed subjects
 */
export function proportionEstimate({ subjects, sum }: Pick<Moments, 'subjects' | 'sum'>): Estimate {
  checkSubjects(subjects)
  if (!Number.isSafeInteger(sum) || sum < 0 || sum > subjects)
    throw new RangeError(
      `There are ${sum} conversions of ${subjects} subjects. Both are whole, and conversions go from 0 to the subjects.`,
    )
  if (subjects === 0) return nothing
  const mean = sum / subjects
  return { subjects, mean, variance: mean * (1 - mean) }
}

/** The mean value per subject, with the variance of the sample (n - 1). */
export function meanEstimate(moments: Moments): Estimate {
  checkMoments(moments)
  const { subjects, sum, sumOfSquares } = moments
  if (subjects === 0) return nothing
  return { subjects, mean: sum / subjects, variance: spread(subjects, sum, sumOfSquares) }
}

/**
 * A ratio of two sums, Σx/Σy: what is measured in orders or sessions while people were assigned.
 *
 * Delta method: Var = s²x/ȳ² + x̄² s²y/ȳ⁴ - 2 x̄ sxy/ȳ³ per subject.
 * Source: Deng, Knoblich, Lu (2018), "Applying the Delta Method in Metric Analytics", KDD, §3.1.
 */
export function ratioEstimate(moments: RatioMoments): Estimate {
  checkMoments(moments)
  const { subjects: n, sum, sumOfSquares, denominatorSum, denominatorSumOfSquares, sumOfProducts } = moments
  if (n === 0) return nothing
  if (denominatorSum === 0) return { subjects: n, mean: null, variance: null }
  const ratio = sum / denominatorSum
  const numerator = spread(n, sum, sumOfSquares)
  const denominator = spread(n, denominatorSum, denominatorSumOfSquares)
  if (numerator === null || denominator === null) return { subjects: n, mean: ratio, variance: null }
  const covariance = sharedSpread(n, sum, denominatorSum, sumOfProducts)
  // s² of x - ratio·y, which is what the formula says with ȳ² taken out; rounding may leave it a speck below 0.
  const residual = numerator + ratio ** 2 * denominator - 2 * ratio * covariance
  return { subjects: n, mean: ratio, variance: Math.max(0, residual) / (denominatorSum / n) ** 2 }
}

/**
 * CUPED: means of arms with what the subjects did before taken out, so that they vary less.
 *
 * mean - θ (pre - pre of all arms), Var = s²x + θ² s²y - 2 θ sxy, with θ = cov(x, y) / var(y) over the subjects of all
 * arms. The arms' means stay in the metric's unit, and their differences are those of GrowthBook.
 * Source: Deng, Xu, Kohavi, Walker (2013), "Improving the Sensitivity of Online Controlled Experiments by Utilizing
 * Pre-Experiment Data", WSDM, §3.
 *
 * @param arms all arms of the experiment, of one period; θ is theirs together
 */
export function cupedEstimates(arms: readonly CupedMoments[]): Estimate[] {
  for (const arm of arms) checkMoments(arm)
  const total = (key: keyof CupedMoments) => arms.reduce((sum, arm) => sum + arm[key], 0)
  const n = total('subjects')
  const preMean = n === 0 ? 0 : total('preSum') / n
  const preSpread = spread(n, total('preSum'), total('preSumOfSquares'))
  // Who did nothing before says nothing about after: then the means stay as they are.
  const theta = preSpread ? sharedSpread(n, total('sum'), total('preSum'), total('sumOfProducts')) / preSpread : 0
  return arms.map(({ subjects, sum, sumOfSquares, preSum, preSumOfSquares, sumOfProducts }) => {
    if (subjects === 0) return nothing
    const mean = sum / subjects - theta * (preSum / subjects - preMean)
    const post = spread(subjects, sum, sumOfSquares)
    const pre = spread(subjects, preSum, preSumOfSquares)
    if (post === null || pre === null) return { subjects, mean, variance: null }
    const shared = sharedSpread(subjects, sum, preSum, sumOfProducts)
    return { subjects, mean, variance: Math.max(0, post + theta ** 2 * pre - 2 * theta * shared) }
  })
}

/** Variance of a sample; null of fewer than two. Spread below the rounding of the sums is none. */
function spread(n: number, sum: number, sumOfSquares: number): number | null {
  if (n < 2) return null
  const squares = sumOfSquares - sum ** 2 / n
  return squares <= sumOfSquares * 1e-12 ? 0 : squares / (n - 1)
}

function sharedSpread(n: number, sum: number, otherSum: number, sumOfProducts: number): number {
  return n < 2 ? 0 : (sumOfProducts - (sum * otherSum) / n) / (n - 1)
}

function checkSubjects(subjects: number): void {
  if (!Number.isSafeInteger(subjects) || subjects < 0)
    throw new RangeError(`The number of subjects is ${subjects}. It is whole, from 0.`)
}

function checkMoments(moments: Moments): void {
  checkSubjects(moments.subjects)
  for (const [name, value] of Object.entries(moments)) {
    if (!Number.isFinite(value)) throw new RangeError(`The sum "${name}" is ${value}. It is a finite number.`)
    if (moments.subjects === 0 && value !== 0)
      throw new RangeError(`The sum "${name}" is ${value} of no subjects. Of nobody it is 0.`)
  }
  const pairs = [
    ['sum', 'sumOfSquares'],
    ['denominatorSum', 'denominatorSumOfSquares'],
    ['preSum', 'preSumOfSquares'],
  ] as const
  const sums: Partial<Record<string, number>> = { ...moments }
  for (const [sum, squares] of pairs) {
    const [first, second] = [sums[sum], sums[squares]]
    if (first === undefined || second === undefined || moments.subjects === 0) continue
    // Σx² is never below (Σx)²/n, but for rounding.
    if (second < (first ** 2 / moments.subjects) * (1 - 1e-9))
      throw new RangeError(
        `"${squares}" is ${second}, which ${moments.subjects} subjects with a "${sum}" of ${first} cannot have. Add up the square of each subject's value.`,
      )
  }
}
