import { checkConfidence, type Interval, normalDeviate, twoSidedQuantile } from './confidence.ts'

/**
 * P-values of one family of questions, such as goal metrics times treatments, made larger by their number. What has no
 * p-value stays without one and does not count; guardrails are no part of the family.
 */
type PValues = readonly (number | null)[]

/**
 * Holm: the chance that any of the family is wrongly called significant stays under the level.
 *
 * p sorted upward, p₍ᵢ₎ (m - i + 1), never below the one before, at most 1.
 * Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
 *
 * @throws RangeError for a p-value outside of [0, 1]
 */
export function holm(pValues: PValues): (number | null)[] {
  return adjust(pValues, (sorted) => {
    let largest = 0
    return sorted.map((pValue, index) => {
      largest = Math.max(largest, Math.min(1, pValue * (sorted.length - index)))
      return largest
    })
  })
}

/**
 * Benjamini and Hochberg: of those called significant, the share that is wrong stays under the level. For many metrics
 * or dimensions that are looked through, not for the metric that decides.
 *
 * p sorted downward, p₍ᵢ₎ m / i, never above the one before, at most 1.
 * Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
 *
 * @throws RangeError for a p-value outside of [0, 1]
 */
export function benjaminiHochberg(pValues: PValues): (number | null)[] {
  return adjust(pValues, (sorted) => {
    let least = 1
    const downward = sorted.toReversed().map((pValue, index) => {
      least = Math.min(least, (pValue * sorted.length) / (sorted.length - index))
      return least
    })
    return downward.reverse()
  })
}

/**
 * The interval that goes with an adjusted p-value: effect ± z₁₋α/₂ |effect| / z₁₋p/₂. It leaves 0 out exactly when the adjusted
 * p-value is below α = 1 - confidence. Source: GrowthBook's `adjustedCI`.
 *
 * @param effect a difference or a relative lift, in its unit
 * @returns null where the width cannot be told from the p-value: an effect of 0, a p-value of 0 or 1
 * @throws RangeError for a p-value outside of [0, 1], or a confidence outside of (0, 1)
 */
export function adjustedInterval(effect: number, adjustedPValue: number, confidence: number): Interval | null {
  checkConfidence(confidence)
  checkPValue(adjustedPValue)
  // Half of the smallest number is 0.
  const tail = adjustedPValue / 2
  if (effect === 0 || tail === 0 || adjustedPValue === 1) return null
  const half = (twoSidedQuantile(confidence) / normalDeviate(tail)) * Math.abs(effect)
  return Number.isFinite(half) ? { lower: effect - half, upper: effect + half } : null
}

/** Hands the p-values over sorted upward, and puts what comes back where each stood. */
function adjust(pValues: PValues, how: (sorted: readonly number[]) => number[]): (number | null)[] {
  const known = pValues.flatMap((pValue, place) => (pValue === null ? [] : [{ pValue, place }]))
  for (const { pValue } of known) checkPValue(pValue)
  known.sort((a, b) => a.pValue - b.pValue)
  const adjusted = how(known.map(({ pValue }) => pValue))
  const result: (number | null)[] = pValues.map(() => null)
  for (const [index, { place }] of known.entries()) result[place] = adjusted[index] as number
  return result
}

function checkPValue(pValue: number): void {
  if (!(pValue >= 0 && pValue <= 1)) throw new RangeError(`A p-value is ${pValue}. It lies between 0 and 1.`)
}
