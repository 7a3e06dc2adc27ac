import type { Estimate } from './moments.ts'

/**
 * Arms over periods of different weights. A period begins whenever the weights change; each counts by all of its
 * subjects, the same for every arm, because arms that are pooled over moving weights differ by when they were shown
 * (Simpson's paradox).
 *
 * mean = Σ N_t/N · mean_t; squared standard error = Σ (N_t/N)² · variance_t/n_t, with N_t the subjects of all arms in
 * period t. Source: the mean of a stratified sample, Cochran (1977), "Sampling Techniques", 3rd ed., chapter 5, with
 * periods as strata; so do GrowthBook's bandits.
 *
 * A period in which one of the arms has nobody is left out, since nothing can be compared in it: hand in the arms that
 * are to be compared, not all there are. A period in which an arm does not vary, such as a short one without a
 * conversion, borrows that arm's variance over all periods: it is short, not certain.
 *
 * @param periods of each period the arms, in the same order
 * @param sizes of each period the subjects of all arms that took part, where those are more than the arms handed in
 * @returns for each arm, in that order; without mean where no period has all of them
 * @throws RangeError when periods have different numbers of arms, or sizes are not as many, or less than their arms
 */
export function weighByPeriod(periods: readonly (readonly Estimate[])[], sizes?: readonly number[]): Estimate[] {
  const arms = periods[0]?.length ?? 0
  const odd = periods.find((period) => period.length !== arms)
  if (odd)
    throw new RangeError(`A period has ${odd.length} arms and the first has ${arms}. Give each period the same arms.`)
  if (sizes && sizes.length !== periods.length)
    throw new RangeError(`There are ${periods.length} periods and ${sizes.length} sizes. Give one for each period.`)
  const small = sizes?.find((size, index) => !(size >= total(periods[index] ?? []) && Number.isFinite(size)))
  if (small !== undefined)
    throw new RangeError(`The size of a period is ${small}. It counts the subjects of all its arms, these and others.`)
  const used = periods
    .map((period, index) => ({ period, size: sizes?.[index] ?? total(period) }))
    .filter(({ period }) => period.every(({ subjects, mean }) => subjects > 0 && mean !== null))
  const all = used.reduce((sum, { size }) => sum + size, 0)
  const shares = used.map(({ size }) => size / all)
  const weighArm = (arm: number) =>
    weigh(
      used.map(({ period }) => period[arm] as Estimate),
      shares,
    )
  return Array.from({ length: arms }, (_, arm) => weighArm(arm))
}

/** One arm over its periods. @param shares of the periods, of sum 1 */
function weigh(periods: readonly Estimate[], shares: readonly number[]): Estimate {
  const subjects = periods.reduce((sum, period) => sum + period.subjects, 0)
  if (subjects === 0) return { subjects: 0, mean: null, variance: null }
  const mean = periods.reduce((sum, period, index) => sum + (shares[index] as number) * (period.mean as number), 0)
  const usual = usualVariance(periods)
  if (usual === null) return { subjects, mean, variance: null }
  const squaredError = periods.reduce(
    (sum, period, index) => sum + (shares[index] as number) ** 2 * ((period.variance || usual) / period.subjects),
    0,
  )
  return { subjects, mean, variance: squaredError * subjects }
}

function total(period: readonly Estimate[]): number {
  return period.reduce((sum, { subjects }) => sum + subjects, 0)
}

/** Mean of the variances that are known, by subjects. */
function usualVariance(periods: readonly Estimate[]): number | null {
  const known = periods.filter(({ variance }) => variance !== null)
  const subjects = known.reduce((sum, period) => sum + period.subjects, 0)
  if (subjects === 0) return null
  return known.reduce((sum, period) => sum + (period.variance as number) * period.subjects, 0) / subjects
}
