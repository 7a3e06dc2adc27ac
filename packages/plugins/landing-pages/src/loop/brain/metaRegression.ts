import { factor, inverse, type Matrix } from '@espalier/experiments/statistics'
import tCdf from '@stdlib/stats-base-dists-t-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'

export interface MetaRegression {
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  /** Half widths of their 95 % intervals. */
  readonly halfWidths: readonly number[]
  /** Two-sided, by Student's t with as many degrees of freedom as there are arms more than coefficients. */
  readonly pValues: readonly number[]
  /** τ²: how much arms differ beyond what the columns explain and chance allows. */
  readonly betweenArms: number
}

/**
 * Regression of measured effects on what the measured have in common: random effects by restricted maximum likelihood,
 * with Knapp and Hartung's errors, which hold with few arms. A model of chance alone calls each arm's peculiarity a
 * pattern; here two arms that have something in common are two observations, however many visitors each had.
 *
 * y ~ N(Xβ, diag(v) + τ²I). Knapp, Hartung (2003), "Improved tests for a random effects meta-regression with a single
 * covariate", Statistics in Medicine 22, 2693-2710; the scale of the errors is never taken below 1, as metafor's "adhoc".
 *
 * @param effects y, and their variances v, above 0
 * @param columns X by rows, the intercept among them; of full rank
 * @param adhoc false: errors are also scaled below 1, as the paper has it
 * @throws RangeError without more effects than columns, or for columns of which one follows from the others
 */
export function metaRegression(
  effects: readonly number[],
  variances: readonly number[],
  columns: readonly (readonly number[])[],
  { adhoc = true } = {},
): MetaRegression {
  const [count, width] = [effects.length, columns[0]?.length ?? 0]
  if (count <= width)
    throw new RangeError(`There are ${count} effects and ${width} columns. There have to be more effects.`)
  let between = 0
  for (let round = 0; round < 100; round++) {
    const { projected, trace, squared } = residuals(effects, variances, columns, between)
    // Fisher's scoring of the restricted likelihood; Viechtbauer (2005), J. Educ. Behav. Stat. 30, 261-293.
    const step = (projected.reduce((sum, value) => sum + value ** 2, 0) - trace) / squared
    const next = Math.max(0, between + step)
    const isSettled = Math.abs(next - between) < 1e-10
    between = next
    if (isSettled) break
  }
  const { coefficients, covariance, projected } = residuals(effects, variances, columns, between)
  const spread = projected.reduce((sum, value, index) => sum + value * (effects[index] as number), 0) / (count - width)
  const scale = adhoc ? Math.max(1, spread) : spread
  const standardErrors = covariance.map((row, index) => Math.sqrt((row[index] as number) * scale))
  return {
    coefficients,
    standardErrors,
    halfWidths: standardErrors.map((error) => -tQuantile(0.025, count - width) * error),
    pValues: coefficients.map(
      (value, index) => 2 * tCdf(-Math.abs(value / (standardErrors[index] as number)), count - width),
    ),
    betweenArms: between,
  }
}

/** P y with P = W - W X (XᵀWX)⁻¹ XᵀW, the trace of P and of P², and β. */
function residuals(
  effects: readonly number[],
  variances: readonly number[],
  columns: readonly (readonly number[])[],
  between: number,
) {
  const weights = variances.map((variance) => 1 / (variance + between))
  const width = columns[0]?.length ?? 0
  const normal: Matrix = Array.from({ length: width }, () => Array<number>(width).fill(0))
  const right = Array<number>(width).fill(0)
  for (const [index, row] of columns.entries())
    for (let a = 0; a < width; a++) {
      const weighted = (weights[index] as number) * (row[a] as number)
      right[a] = (right[a] as number) + weighted * (effects[index] as number)
      for (let b = 0; b < width; b++)
        (normal[a] as number[])[b] = ((normal[a] as number[])[b] as number) + weighted * (row[b] as number)
    }
  const coefficients = factor(normal).solve(right)
  const covariance = inverse(normal)
  const projected = effects.map((effect, index) => {
    const fitted = (columns[index] as number[]).reduce((sum, x, a) => sum + x * (coefficients[a] as number), 0)
    return (weights[index] as number) * (effect - fitted)
  })
  const projection = effects.map((_, i) =>
    effects.map((__, j) => {
      let hat = 0
      for (let a = 0; a < width; a++)
        for (let b = 0; b < width; b++)
          hat +=
            ((columns[i] as number[])[a] as number) *
            ((covariance[a] as number[])[b] as number) *
            ((columns[j] as number[])[b] as number)
      return (i === j ? (weights[i] as number) : 0) - (weights[i] as number) * hat * (weights[j] as number)
    }),
  )
  return {
    coefficients,
    covariance,
    projected,
    trace: projection.reduce((sum, row, index) => sum + (row[index] as number), 0),
    squared: projection.reduce((sum, row) => sum + row.reduce((inner, value) => inner + value ** 2, 0), 0),
  }
}
