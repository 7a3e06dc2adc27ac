import type { Random } from '@espalier/core'

/** What a candidate reached on each case, by the case's id, from 0 to 1. A case without a value was not measured. */
export type CaseScores = ReadonlyMap<string, number>

/** A candidate that no other makes superfluous, and how many cases it is among the best of. */
export interface FrontMember {
  /** Index in the list that was given. */
  readonly index: number
  /** At least 1. */
  readonly wins: number
}

/**
 * The candidates worth building on: each is the best, or ties for it, on at least one case, and on the cases that it wins no
 * single other candidate of the front wins all of them and more.
 *
 * A wording that is best at something is kept although its mean is poor: what it does there may be joined with another.
 * Source: Agrawal et al. (2025), "GEPA: Reflective Prompt Evolution Can Outperform Reinforcement Learning",
 * arXiv 2507.19457, algorithm 2.
 *
 * @returns in the order of the list; empty where nothing was measured
 */
export function paretoFront(candidates: readonly CaseScores[]): FrontMember[] {
  const won = wins(candidates)
  const members = candidates.flatMap((_, index) => ((won[index]?.size ?? 0) > 0 ? [index] : []))
  const kept = new Set(members)
  // The weakest go first, so that of two alike the stronger mean stays; of equal ones the older.
  for (const index of [...members].sort((a, b) => mean(candidates[a]) - mean(candidates[b]) || b - a)) {
    const mine = won[index] as ReadonlySet<string>
    const superfluous = [...kept].some((other) => other !== index && includesAll(won[other] as Set<string>, mine))
    if (superfluous) kept.delete(index)
  }
  return members.filter((index) => kept.has(index)).map((index) => ({ index, wins: won[index]?.size as number }))
}

/**
 * One of the front, in proportion to the cases that it wins.
 *
 * @throws RangeError for an empty front
 */
export function sampleFront(front: readonly FrontMember[], random: Random): number {
  const total = front.reduce((sum, { wins }) => sum + wins, 0)
  let left = random.next() * total
  for (const { index, wins } of front) {
    left -= wins
    if (left < 0) return index
  }
  const last = front.at(-1)
  if (!last) throw new RangeError('The Pareto front is empty: measure at least one candidate on one case.')
  return last.index
}

/** Two of the front that each win a case which the other does not, the most cases between them first. */
export function complementaryPairs(candidates: readonly CaseScores[]): (readonly [number, number])[] {
  const won = wins(candidates)
  const front = paretoFront(candidates).map(({ index }) => index)
  return front
    .flatMap((first, at) => front.slice(at + 1).map((second) => [first, second] as const))
    .map((pair) => ({ pair, together: new Set(pair.flatMap((index) => [...(won[index] as Set<string>)])).size }))
    .sort((a, b) => b.together - a.together)
    .map(({ pair }) => pair)
}

/** Mean of what was measured; 0 of nothing. */
export function mean(scores: CaseScores | undefined): number {
  if (!scores || scores.size === 0) return 0
  return [...scores.values()].reduce((sum, score) => sum + score, 0) / scores.size
}

/** For each candidate the cases on which nobody is better. */
function wins(candidates: readonly CaseScores[]): Set<string>[] {
  const best = new Map<string, number>()
  for (const scores of candidates)
    for (const [id, score] of scores) best.set(id, Math.max(best.get(id) ?? Number.NEGATIVE_INFINITY, score))
  return candidates.map(
    (scores) => new Set([...scores].filter(([id, score]) => score === best.get(id)).map(([id]) => id)),
  )
}

function includesAll(set: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...other].every((id) => set.has(id))
}
