import incompleteBeta from '@stdlib/math-base-special-betainc'
import betaLogDensity from '@stdlib/stats-base-dists-beta-logpdf'
import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import type { Estimate } from './moments.ts'

/** What is believed of an arm's true rate or mean after its data. */
export type Posterior =
  | { readonly kind: 'beta'; readonly alpha: number; readonly beta: number }
  /** A `deviation` of 0 is certainty. */
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }

/** What is believed of a rate before data, as conversions and failures that were imagined. */
export interface BetaPrior {
  /** From 1; 1 and 1, every rate alike, unless told. */
  readonly alpha: number
  readonly beta: number
}

/**
 * The posterior of a conversion rate: Beta(α + conversions, β + failures).
 *
 * Of one period the counts are the estimate's own. An estimate that was weighted by period counts as the number of
 * subjects that would leave the same standard error, p (1 - p) / se².
 *
 * @returns the prior itself for an arm without subjects
 * @throws RangeError for a mean outside of [0, 1] or a prior below 1
 */
export function betaPosterior({ subjects, mean, variance }: Estimate, prior: BetaPrior = flat): Posterior {
  if (!(prior.alpha >= 1 && prior.beta >= 1 && Number.isFinite(prior.alpha + prior.beta)))
    throw new RangeError(
      `The prior is Beta(${prior.alpha}, ${prior.beta}). Both are finite, from 1; 1 and 1 know nothing.`,
    )
  if (mean === null) return { kind: 'beta', ...prior }
  if (!(mean >= 0 && mean <= 1))
    throw new RangeError(`The mean is ${mean}, and a conversion rate lies between 0 and 1. Take normalPosteriors.`)
  const size = variance ? (subjects * mean * (1 - mean)) / variance : subjects
  const posterior: Posterior = { kind: 'beta', alpha: prior.alpha + size * mean, beta: prior.beta + size * (1 - mean) }
  if (Math.min(posterior.alpha, posterior.beta) < 1e11) return posterior
  // From here on the library's beta is further from the truth than its normal limit, which is within a millionth.
  return { kind: 'normal', mean: meanOf(posterior), deviation: deviationOf(posterior) }
}

const flat: BetaPrior = { alpha: 1, beta: 1 }

/**
 * The posteriors of means, without a prior: normal around the estimate, as wide as its standard error.
 *
 * An arm that does not vary yet, or has one subject, borrows the variance of the others: a variant nobody has bought on
 * is not certain to sell nothing.
 *
 * @returns for each arm, in order; null for one without subjects
 */
export function normalPosteriors(arms: readonly Estimate[]): (Posterior | null)[] {
  const varying = arms.filter(({ variance }) => variance)
  const subjects = varying.reduce((sum, arm) => sum + arm.subjects, 0)
  const usual = varying.reduce((sum, arm) => sum + (arm.variance as number) * (arm.subjects / subjects), 0)
  return arms.map(({ subjects, mean, variance }) =>
    mean === null ? null : { kind: 'normal', mean, deviation: Math.sqrt((variance || usual) / subjects) },
  )
}

export function meanOf(posterior: Posterior): number {
  return posterior.kind === 'normal' ? posterior.mean : posterior.alpha / (posterior.alpha + posterior.beta)
}

export function deviationOf(posterior: Posterior): number {
  if (posterior.kind === 'normal') return posterior.deviation
  const { alpha, beta } = posterior
  return Math.sqrt(((alpha / (alpha + beta)) * (beta / (alpha + beta))) / (alpha + beta + 1))
}

/** Whether no number between could tell the true value from the mean. */
export function isCertain(posterior: Posterior): boolean {
  return deviationOf(posterior) <= Math.abs(meanOf(posterior)) * 1e-12
}

/** Chance that the true value is at most `x`. */
export function cumulative(posterior: Posterior, x: number): number {
  return posterior.kind === 'normal'
    ? normalCdf(x, posterior.mean, posterior.deviation)
    : incompleteBeta(within(x), posterior.alpha, posterior.beta, true, false)
}

/** Chance that the true value is above `x`: the tail itself, not 1 less the rest. */
export function exceeding(posterior: Posterior, x: number): number {
  return posterior.kind === 'normal'
    ? normalCdf(-x, -posterior.mean, posterior.deviation)
    : incompleteBeta(within(x), posterior.alpha, posterior.beta, true, true)
}

/** Beside a mean, a place may lie outside of what a rate can be. */
function within(x: number): number {
  return Math.min(1, Math.max(0, x))
}

export function density(posterior: Posterior, x: number): number {
  if (posterior.kind === 'beta') return Math.exp(betaLogDensity(x, posterior.alpha, posterior.beta))
  const z = (x - posterior.mean) / posterior.deviation
  return Math.exp(-(z ** 2) / 2) / (posterior.deviation * Math.sqrt(2 * Math.PI))
}

/**
 * Where all but about 1e-16 of the belief lies. The tail of a beta is that of a gamma distribution where it leans on an
 * end of [0, 1], exponential at one conversion and normal at many: 9 + 30/√α deviations hold e⁻³⁵ or less beyond.
 */
export function supportOf(posterior: Posterior): { lower: number; upper: number } {
  const [mean, deviation] = [meanOf(posterior), deviationOf(posterior)]
  if (posterior.kind === 'normal') return { lower: mean - 9 * deviation, upper: mean + 9 * deviation }
  const reach = (count: number) => (9 + 30 / Math.sqrt(count)) * deviation
  return { lower: Math.max(0, mean - reach(posterior.beta)), upper: Math.min(1, mean + reach(posterior.alpha)) }
}
