import type { Matrix } from './linear.ts'

/**
 * A variance for each of some estimates by itself, such that the variance of the difference of any two is about the sum of
 * theirs: what was estimated together can then be handed on one by one. Of independent estimates these are their variances.
 *
 * Least squares over all pairs: (K - 2) q_a = Σ_b R_ab - Q with Q = ΣΣ R_ab / (2K - 2), R_ab the variance of a difference.
 * Source: Firth, de Menezes (2004), "Quasi-variances", Biometrika 91, 65-80.
 *
 * @param covariance of the estimates; what is added to all of them alike does not matter
 * @param sizes how much was seen of each: of two estimates there is but one difference, and it is divided by these
 */
export function quasiVariances(covariance: Readonly<Matrix>, sizes: readonly number[]): number[] {
  const count = covariance.length
  if (count < 2) return covariance.map(() => 0)
  const at = (row: number, column: number) => (covariance[row] as number[])[column] as number
  const apart = (a: number, b: number) => at(a, a) + at(b, b) - 2 * at(a, b)
  if (count === 2) {
    const little = sizes.map((size) => 1 / (size + 0.5))
    const both = (little[0] as number) + (little[1] as number)
    return little.map((own) => (apart(0, 1) * own) / both)
  }
  const sums = covariance.map((_, a) => covariance.reduce((sum, __, b) => sum + apart(a, b), 0))
  const all = sums.reduce((sum, own) => sum + own, 0) / (2 * count - 2)
  // A variance of nothing would be certainty.
  const least = Math.min(...sums) / count / 100
  return sums.map((own) => Math.max(least, (own - all) / (count - 2)))
}
