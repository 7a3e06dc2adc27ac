import { cumulative, density, exceeding, isCertain, meanOf, type Posterior } from './posterior.ts'
import { nodesFor } from './quadrature.ts'

export interface BayesOptions {
  /** For metrics such as refunds, where the least is the best. */
  readonly lowerIsBetter?: boolean
}

/**
 * The chance that each arm is the best of all: Pr(i best) = ∫ f_i Π_{j≠i} F_j, by quadrature, so that the same data
 * always give the same numbers. Arms that are certain and equal share theirs.
 *
 * Of two rates with whole counts it is the sum of Evan Miller, "Formulas for Bayesian A/B Testing", evanmiller.org (2015).
 *
 * @returns of sum 1, in the order of the arms; of one arm 1, of none nothing
 */
export function probabilitiesOfBest(arms: readonly Posterior[], options: BayesOptions = {}): number[] {
  const chances = arms.map((arm, index) => (isCertain(arm) ? chanceOfCertain(arms, index, options) : 0))
  for (const { x, weight } of nodesFor(arms)) {
    const others = ofOthers(
      arms.map((arm) => chanceOfWorse(arm, x, options)),
      1,
      both,
    )
    for (const [index, arm] of arms.entries()) {
      if (!isCertain(arm))
        chances[index] = (chances[index] as number) + weight * density(arm, x) * (others[index] as number)
    }
  }
  // 1 but for rounding.
  const sum = chances.reduce((total, chance) => total + chance, 0)
  return chances.map((chance) => chance / sum)
}

/**
 * What choosing each arm would cost, in the metric's unit: how far the best of all is expected to be ahead of it,
 * E[max_j θ_j - θ_i] = ∫ F_i (1 - Π_{j≠i} F_j). Nothing cancels in this form, so tiny losses keep their digits.
 *
 * @returns from 0, in the order of the arms
 */
export function expectedLosses(arms: readonly Posterior[], options: BayesOptions = {}): number[] {
  const losses = arms.map(() => 0)
  for (const { x, weight } of nodesFor(arms)) {
    const better = ofOthers(
      arms.map((arm) => chanceOfBetter(arm, x, options)),
      0,
      either,
    )
    for (const [index, arm] of arms.entries())
      losses[index] = (losses[index] as number) + weight * chanceOfWorse(arm, x, options) * (better[index] as number)
  }
  return losses
}

/** The chance that the treatment is better than the control, in [0, 1]; 0.5 for equals. */
export function chanceToWin(control: Posterior, treatment: Posterior, options: BayesOptions = {}): number {
  return probabilitiesOfBest([control, treatment], options)[1] as number
}

/** What choosing the treatment would cost if the control is the better one, in the metric's unit: E[max(0, control - treatment)]. */
export function expectedLoss(control: Posterior, treatment: Posterior, options: BayesOptions = {}): number {
  return expectedLosses([control, treatment], options)[1] as number
}

/** That the arm's true value is worse than x. */
function chanceOfWorse(arm: Posterior, x: number, { lowerIsBetter = false }: BayesOptions): number {
  return lowerIsBetter ? exceeding(arm, x) : cumulative(arm, x)
}

function chanceOfBetter(arm: Posterior, x: number, { lowerIsBetter = false }: BayesOptions): number {
  return lowerIsBetter ? cumulative(arm, x) : exceeding(arm, x)
}

/** An arm without doubt has no density: the others are behind it, or not. */
function chanceOfCertain(arms: readonly Posterior[], index: number, options: BayesOptions): number {
  const value = meanOf(arms[index] as Posterior)
  let chance = 1
  let equals = 1
  for (const [other, arm] of arms.entries()) {
    if (other === index) continue
    if (isCertain(arm) && meanOf(arm) === value) equals += 1
    else chance *= chanceOfWorse(arm, value, options)
  }
  return chance / equals
}

const both = (a: number, b: number) => a * b
/** 1 - (1 - a)(1 - b), without the digits that this would lose. */
const either = (a: number, b: number) => a + b - a * b

/** For each chance, all the others in one. From both sides, since a chance of 0 cannot be divided out again. */
function ofOthers(chances: readonly number[], none: number, join: (a: number, b: number) => number): number[] {
  const joined = chances.map(() => none)
  let before = none
  let after = none
  for (let index = 0; index < chances.length; index++) {
    const last = chances.length - 1 - index
    joined[index] = join(joined[index] as number, before)
    joined[last] = join(joined[last] as number, after)
    before = join(before, chances[index] as number)
    after = join(after, chances[last] as number)
  }
  return joined
}
