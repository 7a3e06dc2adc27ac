import { hashFraction } from './hashing.ts'

/** A share of the hash's range, from `start` up to but not including `end`, both in [0, 1]. */
export interface BucketRange {
  readonly start: number
  readonly end: number
}

/** What assignment needs of an experiment: computed once when the experiment changes, read on every request. */
export interface AssignmentPlan {
  readonly seed: string
  /** Ids, in the order of the variants. */
  readonly variants: readonly string[]
  readonly ranges: readonly BucketRange[]
}

/**
 * Prepares an experiment for {@link assign}.
 *
 * @param variants ids with weights above or equal to 0, in any unit; at least one above 0
 * @throws RangeError for a negative, infinite or missing weight, or when all are 0
 */
export function planAssignment(seed: string, variants: readonly { id: string; weight: number }[]): AssignmentPlan {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  const wrong = variants.find(({ weight }) => !(weight >= 0 && Number.isFinite(weight)))
  if (wrong)
    throw new RangeError(`The weight of variant "${wrong.id}" is ${wrong.weight}. Give it a number of 0 or more.`)
  if (!(total > 0)) throw new RangeError('All variants have the weight 0. Give at least one a weight above 0.')
  let start = 0
  const ranges = variants.map(({ weight }) => {
    const range = { start, end: start + weight / total }
    start = range.end
    return range
  })
  // Rounding must not leave a gap at the top in which a subject would get nothing.
  const last = ranges.findLast((range) => range.end > range.start)
  return {
    seed,
    variants: variants.map(({ id }) => id),
    ranges: ranges.map((range) => (range === last ? { ...range, end: 1 } : range)),
  }
}

/** The id of a subject's variant: the same on every call, in every process, for as long as the plan is the same. */
export function assign(plan: AssignmentPlan, subject: string): string {
  const place = hashFraction(plan.seed, subject)
  const index = plan.ranges.findIndex(({ start, end }) => place >= start && place < end)
  return plan.variants[index] as string
}
