import type { Random } from '@espalier/core'
import type { CaseScores } from './pareto.ts'

export interface ChildComparison {
  /** Index of the child with the greatest mean difference. */
  readonly best: number
  /** Its mean difference to the parent over the cases that both were measured on; from -1 to 1. */
  readonly difference: number
  /** Cases that it was compared on. */
  readonly cases: number
  /** Of those, where it was better and worse than the parent; on the others they are equal. */
  readonly better: number
  readonly worse: number
  /** One-sided, in (0, 1]: how often the best of as many children would look this good if none differed from the parent. */
  readonly pValue: number
  /** The least that `pValue` could be with so many cases. Above the level, nothing can be told. */
  readonly leastPValue: number
}

/** As many sign flips are still tried one by one: 2^14 = 16,384. */
const enumerated = 14
const draws = 20_000

/**
 * Compares children with their parent on the same cases, and says how likely the best of them would look as good by chance.
 *
 * A paired permutation test: under the hypothesis that wording makes no difference, the sign of each case's difference is a
 * coin toss. The coin is tossed once a case for all children together, and the greatest mean of any child is what is
 * compared, so choosing the best of many is paid for. Exact up to 14 cases, then by 20,000 draws with (1 + hits) / (1 + draws).
 * Source: Westfall and Young (1993), "Resampling-Based Multiple Testing", single-step maxT (§2.5); Phipson and Smyth
 * (2010), "Permutation P-values Should Never Be Zero".
 *
 * A child counts as equal to the parent where one of them could not be measured.
 *
 * @returns null without a child that shares a case with the parent
 */
export function compareChildren(
  parent: CaseScores,
  children: readonly CaseScores[],
  random: Random,
): ChildComparison | null {
  const ids = [...parent.keys()].filter((id) => children.some((child) => child.has(id)))
  if (ids.length === 0) return null
  const differences = children.map((child) =>
    ids.map((id) => (child.get(id) ?? parent.get(id) ?? 0) - (parent.get(id) ?? 0)),
  )
  const sums = differences.map(sum)
  const best = sums.indexOf(Math.max(...sums))
  const observed = sums[best] as number
  const own = differences[best] as number[]
  // Cases on which nobody differs toss a coin without effect.
  const telling = ids.map((_, at) => at).filter((at) => differences.some((row) => row[at] !== 0))
  const rows = differences.map((row) => telling.map((at) => row[at] as number))
  const shared = ids.filter((id) => children[best]?.has(id)).length
  return {
    best,
    difference: shared === 0 ? 0 : observed / shared,
    cases: shared,
    better: own.filter((difference) => difference > 0).length,
    worse: own.filter((difference) => difference < 0).length,
    pValue: pValue(rows, observed, random),
    leastPValue: 2 ** -ids.length,
  }
}

function pValue(rows: readonly number[][], observed: number, random: Random): number {
  const cases = rows[0]?.length ?? 0
  // A sum that differs by less than rounding is the same sum.
  const threshold = observed - 1e-9
  const asGood = (signs: readonly number[]) =>
    rows.some(
      (row) => row.reduce((total, difference, at) => total + difference * (signs[at] as number), 0) >= threshold,
    )
  if (cases <= enumerated) {
    const flips = 2 ** cases
    let hits = 0
    for (let flip = 0; flip < flips; flip++)
      if (asGood(Array.from({ length: cases }, (_, at) => ((flip >> at) & 1 ? -1 : 1)))) hits++
    return hits / flips
  }
  let hits = 0
  for (let draw = 0; draw < draws; draw++)
    if (asGood(Array.from({ length: cases }, () => (random.next() < 0.5 ? -1 : 1)))) hits++
  return (1 + hits) / (1 + draws)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
