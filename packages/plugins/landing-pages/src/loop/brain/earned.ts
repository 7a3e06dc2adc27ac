import { compareProportions } from '@espalier/experiments/statistics'

interface Counts {
  readonly visitors: number
  readonly conversions: number
}

export interface Earned {
  /** Conversions beyond what the original would have had with the same visitors, with their 95 % interval. */
  readonly conversions: number
  readonly lower: number
  readonly upper: number
  /** Relative lift of the rate over the original's, with its 95 % interval; null while nobody held back has converted. */
  readonly lift: number | null
  readonly liftLower: number | null
  readonly liftUpper: number | null
}

/**
 * What the loop has earned: those who saw its variants against those held back, who go on seeing the original. Both come
 * at the same times by the same hash, so nothing but the variants tells them apart.
 *
 * The difference of the two rates (Newcombe's interval, {@link compareProportions}), times the visitors who were not held back.
 *
 * @returns null while one side has nobody
 */
export function earned(heldBack: Counts, others: Counts): Earned | null {
  if (heldBack.visitors < 1 || others.visitors < 1) return null
  const { difference, differenceInterval, relativeLift, relativeInterval } = compareProportions(
    { exposures: heldBack.visitors, conversions: heldBack.conversions },
    { exposures: others.visitors, conversions: others.conversions },
  )
  return {
    conversions: (difference ?? 0) * others.visitors,
    lower: (differenceInterval?.lower ?? -1) * others.visitors,
    upper: (differenceInterval?.upper ?? 1) * others.visitors,
    lift: relativeLift,
    liftLower: relativeInterval?.lower ?? null,
    liftUpper: relativeInterval?.upper ?? null,
  }
}
