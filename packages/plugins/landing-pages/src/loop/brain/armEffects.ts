import { factor, type Matrix, quasiVariances } from '@espalier/experiments/statistics'

/** What was counted of an arm, within each stratum: visitors of one stratum came under the same weights. */
export interface CountedArm {
  readonly visitors: number
  readonly conversions: number
  /** Without them everything is one stratum. */
  readonly strata?: readonly { readonly stratum: string; readonly visitors: number; readonly conversions: number }[]
}

export interface ArmEffects {
  /** Log odds of converting of each arm against the first one's, in order. */
  readonly effects: readonly number[]
  /** Covariance of the effects; the first row and column are 0. */
  readonly covariance: Readonly<Matrix>
  /** A variance for each arm by itself: {@link quasiVariances}. */
  readonly variances: readonly number[]
}

export interface ArmEffectsOptions {
  /**
   * How far from the first arm one is expected to be, in log odds: normal, this deviation. Keeps an arm without a
   * conversion finite. 1 unless told; Infinity is maximum likelihood.
   */
  readonly priorDeviation?: number
}

/**
 * How arms compare with one another when each was shown at other times and under other weights: logistic regression
 * with an intercept for each stratum, so that a good week is nobody's merit.
 *
 * logit p_as = α_s + θ_a, θ of the first arm 0, θ of the others normal around it; by Newton's method with the strata
 * eliminated (Schur complement), Laplace's covariance. A stratum in which nobody converted, all did, or only one arm was
 * shown says nothing of differences and is left out. McCullagh, Nelder (1989), "Generalized Linear Models", 2nd ed., §4.
 *
 * @param arms the first is what the others are measured against; one at least
 */
export function armEffects(arms: readonly CountedArm[], { priorDeviation = 1 }: ArmEffectsOptions = {}): ArmEffects {
  const strata = strataOf(arms)
  const precision = 1 / priorDeviation ** 2
  const intercepts = strata.map(({ cells }) => {
    const visitors = cells.reduce((sum, cell) => sum + cell.visitors, 0)
    return logit(cells.reduce((sum, cell) => sum + cell.conversions, 0) / visitors)
  })
  const effects = arms.map(() => 0)
  let covariance: Matrix = arms.map(() => arms.map(() => 0))
  if (arms.length < 2) return { effects, covariance, variances: arms.map(() => 0) }
  for (let round = 0; round < 50; round++) {
    const { curvature, slope, ofStrata } = gradients(arms.length, strata, intercepts, effects, precision)
    const { solve } = factor(curvature)
    const steps = [0, ...solve(slope)]
    let largest = 0
    for (const [arm, step] of steps.entries()) {
      // Steps beyond this are a quadratic that fits badly, far from where it was taken.
      const bounded = Math.max(-2, Math.min(2, step))
      effects[arm] = (effects[arm] as number) + bounded
      largest = Math.max(largest, Math.abs(bounded))
    }
    for (const [index, { weight, rest, weights }] of ofStrata.entries()) {
      const shift = weights.reduce((sum, { arm, weight: own }) => sum + own * (steps[arm] as number), 0)
      intercepts[index] = (intercepts[index] as number) + Math.max(-2, Math.min(2, (rest - shift) / weight))
    }
    covariance = padded(curvature.map((_, row) => solve(curvature.map((__, column) => (column === row ? 1 : 0)))))
    if (largest < 1e-10) break
  }
  return {
    effects,
    covariance,
    variances: quasiVariances(
      covariance,
      arms.map(({ conversions }) => conversions),
    ),
  }
}

interface Stratum {
  readonly cells: readonly { readonly arm: number; readonly visitors: number; readonly conversions: number }[]
}

function strataOf(arms: readonly CountedArm[]): Stratum[] {
  const strata = new Map<string, { arm: number; visitors: number; conversions: number }[]>()
  for (const [arm, counted] of arms.entries())
    for (const { stratum, visitors, conversions } of counted.strata ?? [{ stratum: '', ...counted }]) {
      if (!(visitors > 0)) continue
      const cells = strata.get(stratum) ?? []
      cells.push({ arm, visitors, conversions: Math.min(visitors, Math.max(0, conversions)) })
      strata.set(stratum, cells)
    }
  return [...strata.values()]
    .filter((cells) => {
      const conversions = cells.reduce((sum, cell) => sum + cell.conversions, 0)
      const visitors = cells.reduce((sum, cell) => sum + cell.visitors, 0)
      return new Set(cells.map(({ arm }) => arm)).size > 1 && conversions > 0 && conversions < visitors
    })
    .map((cells) => ({ cells }))
}

/** Slope and curvature of the penalized likelihood in the effects, with the intercepts of the strata eliminated. */
function gradients(
  arms: number,
  strata: readonly Stratum[],
  intercepts: readonly number[],
  effects: readonly number[],
  precision: number,
) {
  const curvature: Matrix = Array.from({ length: arms - 1 }, (_, row) =>
    // A speck keeps an arm that was never compared with any from being an equation without a solution.
    Array.from({ length: arms - 1 }, (__, column) => (row === column ? precision + 1e-9 : 0)),
  )
  const slope = Array.from({ length: arms - 1 }, (_, row) => -precision * (effects[row + 1] as number))
  const ofStrata = strata.map(({ cells }, index) => {
    let weight = 0
    let rest = 0
    const weights = cells.map(({ arm, visitors, conversions }) => {
      const rate = 1 / (1 + Math.exp(-((intercepts[index] as number) + (effects[arm] as number))))
      const own = Math.max(1e-12, visitors * rate * (1 - rate))
      const residual = conversions - visitors * rate
      weight += own
      rest += residual
      return { arm, weight: own, residual }
    })
    for (const a of weights) {
      if (a.arm === 0) continue
      slope[a.arm - 1] = (slope[a.arm - 1] as number) + a.residual - (a.weight * rest) / weight
      const row = curvature[a.arm - 1] as number[]
      row[a.arm - 1] = (row[a.arm - 1] as number) + a.weight
      for (const b of weights)
        if (b.arm > 0) row[b.arm - 1] = (row[b.arm - 1] as number) - (a.weight * b.weight) / weight
    }
    return { weight, rest, weights }
  })
  return { curvature, slope, ofStrata }
}

function padded(inner: Readonly<Matrix>): Matrix {
  const size = inner.length + 1
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) =>
      row === 0 || column === 0 ? 0 : ((inner[row - 1] as number[])[column - 1] as number),
    ),
  )
}

function logit(rate: number): number {
  return Math.log(rate / (1 - rate))
}
