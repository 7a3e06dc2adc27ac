import { factor, inverse, type Matrix } from './linear.ts'
import type { Estimate } from './moments.ts'
import { quasiVariances } from './quasiVariances.ts'

/**
 * Arms over periods of different weights, where some came later or left earlier than others. {@link weighByPeriod} takes the
 * periods in which all ran and forgets the others, so that with each newcomer everything would be learned anew; here an arm is
 * compared with what ran beside it, and through that with everything else.
 *
 * y_at = μ_t + θ_a by weighted least squares, weights n_at/variance_a: the additive two-way layout with empty cells. The mean
 * of an arm is what it would have been over all periods, Σ N_t/N · μ_t + θ_a; its variance the {@link quasiVariances} of θ. With
 * every arm in every period at the same shares that is each arm's plain mean.
 * Source: Searle (1971), "Linear Models", chapter 7.
 *
 * @param periods of each period the arms, in the same order; null or nobody: it did not run then
 * @returns for each arm, in that order; without mean where a chain of periods leads to none of the others
 */
export function weighArrivals(periods: readonly (readonly (Estimate | null)[])[]): Estimate[] {
  const count = periods[0]?.length ?? 0
  const cells = periods
    .map((period) => period.flatMap((estimate, arm) => (hasMean(estimate) ? [{ arm, estimate }] : [])))
    .filter((period) => period.length > 0)
  const connected = largestGroup(count, cells)
  const used = cells
    .map((period) => period.filter(({ arm }) => connected.includes(arm)))
    .filter((period) => period.length > 0)
  const variances = variancesOf(count, used)
  const subjects = Array.from({ length: count }, (_, arm) =>
    used.flat().reduce((sum, cell) => sum + (cell.arm === arm ? cell.estimate.subjects : 0), 0),
  )
  const layout = solve(connected, used, variances)
  return subjects.map((size, arm) => {
    const place = connected.indexOf(arm)
    if (place < 0 || size === 0) return { subjects: 0, mean: null, variance: null }
    const mean = layout.level + (layout.effects[place] as number)
    if (connected.length === 1) return { subjects: size, mean, variance: variances[arm] || null }
    return {
      subjects: size,
      mean,
      variance:
        (quasiVariances(
          layout.covariance,
          connected.map((own) => subjects[own] as number),
        )[place] as number) * size,
    }
  })
}

interface Cell {
  readonly arm: number
  readonly estimate: Estimate & { readonly mean: number }
}

function hasMean(estimate: Estimate | null): estimate is Cell['estimate'] {
  return estimate !== null && estimate.subjects > 0 && estimate.mean !== null
}

/** The arms that chains of common periods hold together; of several such groups the one with the most subjects. */
function largestGroup(count: number, periods: readonly (readonly Cell[])[]): number[] {
  const group = Array.from({ length: count }, (_, arm) => arm)
  for (const period of periods) {
    const joined = Math.min(...period.map(({ arm }) => group[arm] as number))
    const old = new Set(period.map(({ arm }) => group[arm] as number))
    for (const [arm, own] of group.entries()) if (old.has(own)) group[arm] = joined
  }
  const sizes = new Map<number, number>()
  for (const { arm, estimate } of periods.flat()) {
    const own = group[arm] as number
    sizes.set(own, (sizes.get(own) ?? 0) + estimate.subjects)
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0]
  return group.flatMap((own, arm) => (own === largest ? [arm] : []))
}

/** Of one subject, by arm: over all periods, since a short one may not vary at all; of all arms where one never does. */
function variancesOf(count: number, periods: readonly (readonly Cell[])[]): number[] {
  const mean = (cells: readonly Cell[]) => {
    const known = cells.filter(({ estimate }) => estimate.variance !== null)
    const subjects = known.reduce((sum, { estimate }) => sum + estimate.subjects, 0)
    if (subjects === 0) return 0
    return known.reduce((sum, { estimate }) => sum + (estimate.variance as number) * estimate.subjects, 0) / subjects
  }
  const all = periods.flat()
  const usual = mean(all)
  return Array.from({ length: count }, (_, arm) => mean(all.filter((cell) => cell.arm === arm)) || usual)
}

function solve(arms: readonly number[], periods: readonly (readonly Cell[])[], variances: readonly number[]) {
  const place = new Map(arms.map((arm, index) => [arm, index]))
  const size = arms.length
  // θ is known up to what is added to all of them: their sum is set to 0 by adding 1 everywhere, which is no part of the differences.
  const scale = 1 / Math.max(1e-300, ...variances)
  const normal: Matrix = Array.from({ length: size }, () => Array<number>(size).fill(scale))
  const right = Array<number>(size).fill(0)
  const weighted = periods.map((period) => {
    const weights = period.map(({ arm, estimate }) => estimate.subjects / (variances[arm] || 1))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const mean =
      period.reduce((sum, { estimate }, index) => sum + (weights[index] as number) * estimate.mean, 0) / total
    for (const [i, a] of period.entries()) {
      const row = place.get(a.arm) as number
      const weight = weights[i] as number
      right[row] = (right[row] as number) + weight * (a.estimate.mean - mean)
      const own = normal[row] as number[]
      own[row] = (own[row] as number) + weight
      for (const [j, b] of period.entries()) {
        const column = place.get(b.arm) as number
        own[column] = (own[column] as number) - (weight * (weights[j] as number)) / total
      }
    }
    return { period, weights, total }
  })
  if (size === 0) return { effects: [], covariance: [], level: 0 }
  const effects = factor(normal).solve(right)
  const everybody = periods.flat().reduce((sum, { estimate }) => sum + estimate.subjects, 0)
  const level = weighted.reduce((sum, { period, weights, total }) => {
    const subjects = period.reduce((inner, { estimate }) => inner + estimate.subjects, 0)
    const own = period.reduce(
      (inner, { arm, estimate }, index) =>
        inner + (weights[index] as number) * (estimate.mean - (effects[place.get(arm) as number] as number)),
      0,
    )
    return sum + (subjects / everybody) * (own / total)
  }, 0)
  return { effects, covariance: inverse(normal), level }
}
