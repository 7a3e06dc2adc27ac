import { cumulative, density, deviationOf, meanOf, type Posterior } from './posterior.ts'
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
  const chances = arms.map((arm, index) => (deviationOf(arm) === 0 ? chanceOfCertain(arms, index, options) : 0))
  for (const { x, weight } of nodesFor(arms)) {
    const others = productsOfOthers(arms.map((arm) => worseThan(arm, x, options)))
    for (const [index, arm] of arms.entries()) {
      if (deviationOf(arm) > 0)
        chances[index] = (chances[index] as number) + weight * density(arm, x) * (others[index] as number)
    }
  }
  // 1 but for rounding.
  const sum = chances.reduce((total, chance) => total + chance, 0)
  return chances.map((chance) => chance / sum)
}

/**
 * What choosing each arm would cost, in the metric's unit: how far the best of all is expected to be ahead of it,
 * E[max_j θ_j - θ_i] = ∫ F_i (1 - Π_{j≠i} F_j). Nothing cancels in this form, so small losses are good to their last digits.
 *
 * @returns from 0, in the order of the arms
 */
export function expectedLosses(arms: readonly Posterior[], options: BayesOptions = {}): number[] {
  const losses = arms.map(() => 0)
  for (const { x, weight } of nodesFor(arms)) {
    const worse = arms.map((arm) => worseThan(arm, x, options))
    for (const [index, product] of productsOfOthers(worse).entries())
      losses[index] = (losses[index] as number) + weight * (worse[index] as number) * (1 - product)
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

function worseThan(arm: Posterior, x: number, { lowerIsBetter = false }: BayesOptions): number {
  const below = cumulative(arm, x)
  return lowerIsBetter ? 1 - below : below
}

/** An arm without doubt has no density: the others are behind it, or not. */
function chanceOfCertain(arms: readonly Posterior[], index: number, options: BayesOptions): number {
  const value = meanOf(arms[index] as Posterior)
  let chance = 1
  let equals = 1
  for (const [other, arm] of arms.entries()) {
    if (other === index) continue
    if (deviationOf(arm) === 0 && meanOf(arm) === value) equals += 1
    else chance *= worseThan(arm, value, options)
  }
  return chance / equals
}

/** Of each factor the product of all the others, without dividing, since factors may be 0. */
function productsOfOthers(factors: readonly number[]): number[] {
  const products = factors.map(() => 1)
  let before = 1
  let after = 1
  for (let index = 0; index < factors.length; index++) {
    const last = factors.length - 1 - index
    products[index] = (products[index] as number) * before
    products[last] = (products[last] as number) * after
    before *= factors[index] as number
    after *= factors[last] as number
  }
  return products
}
