import { benjaminiHochberg } from '@espalier/experiments/statistics'
import type { Arm } from '../arm.ts'
import type { Pattern } from '../pattern.ts'
import { armEffects } from './armEffects.ts'
import { expectationOf } from './expectation.ts'
import { featuresOf } from './features.ts'
import { metaRegression } from './metaRegression.ts'

export interface PatternOptions {
  /** Of the claims, the share that may be wrong, in (0, 1). 0.05 unless told. */
  readonly falseClaims?: number
}

/**
 * What goes with better and worse results over the arms of a page: for each feature that some arms have and others lack,
 * how the log odds of converting change with it, shrunk, with a 95 % interval.
 *
 * The effect compares arms that have the feature with arms that lack it, by a regression in which every arm has peculiarities
 * of its own ({@link metaRegression}); with fewer than two arms on a side it is what the model of all features together
 * ({@link expectationOf}) makes of it, and never claimed. It is claimed only if that test holds after correction for how many
 * features were looked at (Benjamini, Hochberg), and the model of all features leans the same way.
 *
 * Features that the same arms have are one pattern, named after the one that says the most; `alsoCalled` has the others.
 *
 * @param arms of one page, retired ones among them
 * @returns the strongest first, claimed ones before others; nothing of fewer than two arms with visitors
 */
export function patternsOf(all: readonly Arm[], { falseClaims = 0.05 }: PatternOptions = {}): Pattern[] {
  const arms = all.filter(({ visitors }) => visitors > 0)
  if (arms.length < 2) return []
  const groups = groupsOf(arms)
  const expectation = expectationOf(arms)
  const { effects, variances } = armEffects(arms)
  const tests = groups.map(({ has }) => {
    const having = has.filter(Boolean).length
    if (Math.min(having, has.length - having) < 2) return null
    const columns = has.map((own) => [1, own ? 1 : 0])
    const { coefficients, halfWidths, pValues } = metaRegression(effects, variances, columns)
    return { effect: coefficients[1] as number, halfWidth: halfWidths[1] as number, pValue: pValues[1] as number }
  })
  const adjusted = benjaminiHochberg(tests.map((test) => test?.pValue ?? null))
  const visitors = arms.reduce((sum, arm) => sum + arm.visitors, 0)
  return groups
    .map(({ names, opposites, has }, index): Pattern => {
      const [feature, ...alsoCalled] = names as [string, ...string[]]
      const test = tests[index]
      const model = expectation.ofChange(names, opposites)
      const { mean, deviation } = test ? shrunk(test) : model
      const isItsOwn = Math.abs(model.mean) > deviationsOfClaim * model.deviation && model.mean > 0 === mean > 0
      return {
        ...{ feature, alsoCalled, effect: mean, visitors },
        ...{ lower: mean - 1.96 * deviation, upper: mean + 1.96 * deviation },
        variants: has.filter(Boolean).length,
        claimed: (adjusted[index] ?? 1) < falseClaims && Math.abs(mean) > 1.96 * deviation && isItsOwn,
      }
    })
    .sort((a, b) => Number(b.claimed) - Number(a.claimed) || Math.abs(b.effect) - Math.abs(a.effect))
}

/** The model has to lean to the same side by as many deviations: a feature is not praised for its company. */
const deviationsOfClaim = 1

/** Before data: an effect of a feature lies within ±0.4 of the log odds, about 50 %, in nineteen of twenty cases. */
const usualEffect = 0.2

/** The mean of a normal effect after a test, by its precision. */
function shrunk({ effect, halfWidth }: { effect: number; halfWidth: number }): { mean: number; deviation: number } {
  const variance = (halfWidth / 1.96) ** 2
  const kept = usualEffect ** 2 / (usualEffect ** 2 + variance)
  return { mean: kept * effect, deviation: Math.sqrt(kept * variance) }
}

interface Group {
  readonly names: string[]
  /** Features that exactly the other arms have: the same comparison, told the other way round. */
  readonly opposites: string[]
  /** Arm by arm. */
  readonly has: readonly boolean[]
}

/** Features that tell arms apart; those that the same arms have, or lack, are one. */
function groupsOf(arms: readonly Arm[]): Group[] {
  const features = arms.map(({ content }) => featuresOf(content))
  const names = [...new Set(features.flatMap((own) => [...own]))].sort(
    (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  )
  const groups = new Map<string, Group>()
  const keyOf = (has: readonly boolean[]) => has.map(Number).join('')
  for (const name of names) {
    const has = features.map((own) => own.has(name))
    if (has.every(Boolean)) continue
    const same = groups.get(keyOf(has))
    const other = groups.get(keyOf(has.map((own) => !own)))
    if (same) same.names.push(name)
    else if (other) other.opposites.push(name)
    else groups.set(keyOf(has), { names: [name], opposites: [], has })
  }
  return [...groups.values()]
}

/** What a person can act on goes first; a version of a block says the least. */
const ranks = ['block:', 'order:', 'action', 'tone:', 'length:', 'first-action:', 'text:']

function rankOf(feature: string): number {
  const rank = ranks.findIndex((start) => feature.startsWith(start))
  return rank < 0 ? ranks.length : rank
}
