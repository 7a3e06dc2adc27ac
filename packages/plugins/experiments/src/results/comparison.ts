import { chanceToWin, expectedLoss } from '../statistics/bayes.ts'
import type { Interval } from '../statistics/confidence.ts'
import { compareEstimates } from '../statistics/lift.ts'
import type { Estimate } from '../statistics/moments.ts'
import { betaPosterior, normalPosteriors, type Posterior } from '../statistics/posterior.ts'
import { compareProportions } from '../statistics/proportions.ts'
import { alwaysValid } from '../statistics/sequential.ts'
import { estimateArms, isProportion, proportionOf, type Reading } from './estimates.ts'
import type { PhaseArms, VariantComparison } from './experimentResults.ts'

/** What a comparison is read with. */
export interface ComparisonRules {
  /** In (0, 1). */
  readonly confidence: number
  /** Whether the planned size is reached: only then is a test of one look shown. */
  readonly plannedReached: boolean
}

/** The best evidence that earlier looks saw of a comparison, valid together with today's. */
export interface EarlierLook {
  readonly pValue: number
  readonly lower: number | null
  readonly upper: number | null
}

/**
 * A variant against the control over the phases that both took part in. A rate of one phase is compared as two
 * proportions (z-test, Newcombe's interval), everything else by Welch's test of the weighted means.
 *
 * P-values are not yet corrected for the number of comparisons, and nothing is significant yet: correct.ts does that.
 */
export function compareVariants(
  reading: Reading,
  phases: readonly PhaseArms[],
  pair: readonly [string, string],
  rules: ComparisonRules,
  earlier?: EarlierLook,
): VariantComparison {
  const arms = estimateArms(reading, phases, pair)
  const [control, treatment] = posteriorsOf(reading, arms.estimates)
  const options = { lowerIsBetter: !reading.metric.higherIsBetter }
  return {
    ...testArms(reading, arms, pair, rules, earlier),
    chanceToWin: control && treatment ? chanceToWin(control, treatment, options) : null,
    expectedLoss: control && treatment ? expectedLoss(control, treatment, options) : null,
  }
}

/** The tests alone, which cost a hundredth of what the probabilities do. @see compareVariants */
export function testVariants(
  reading: Reading,
  phases: readonly PhaseArms[],
  pair: readonly [string, string],
  rules: ComparisonRules,
): VariantTests {
  return testArms(reading, estimateArms(reading, phases, pair), pair, rules)
}

type VariantTests = Omit<VariantComparison, 'chanceToWin' | 'expectedLoss'>

function testArms(
  reading: Reading,
  { estimates, used }: ReturnType<typeof estimateArms>,
  [controlId, variantId]: readonly [string, string],
  { confidence, plannedReached }: ComparisonRules,
  earlier?: EarlierLook,
): VariantTests {
  const [control, treatment] = estimates as [Estimate, Estimate]
  const lift = compareEstimates(control, treatment, { confidence })
  const [controlCounts, treatmentCounts] = [controlId, variantId].map((id) => proportionOf(reading, used, id))
  const proportions =
    controlCounts && treatmentCounts ? compareProportions(controlCounts, treatmentCounts, confidence) : undefined
  const fixed = proportions ?? lift
  const sequential = alwaysValid(control, treatment, { confidence })
  return {
    difference: lift.difference,
    differenceInterval: fixed.differenceInterval,
    relativeLift: lift.relativeLift,
    relativeInterval: fixed.relativeInterval,
    fixed: { pValue: plannedReached ? fixed.pValue : null, adjustedPValue: null },
    sequential: {
      pValue: smallest(sequential.pValue, earlier?.pValue ?? null),
      adjustedPValue: null,
      interval: overlap(sequential.interval, earlier),
      relativeInterval: sequential.relativeInterval,
    },
    significant: false,
    better: lift.difference ? lift.difference > 0 === reading.metric.higherIsBetter : null,
  }
}

/** What is believed of arms after their data; null of an arm without a mean. */
export function posteriorsOf({ metric, cuped }: Reading, arms: readonly Estimate[]): (Posterior | null)[] {
  // With what came before taken out, a rate may leave [0, 1] by a speck: then it is a mean as any other.
  if (!isProportion(metric) || cuped) return normalPosteriors(arms)
  return arms.map((arm) => (arm.mean === null ? null : betaPosterior(arm)))
}

function smallest(first: number | null, second: number | null): number | null {
  if (first === null || second === null) return first ?? second
  return Math.min(first, second)
}

/** Where both hold; today's alone where they contradict one another, which happens as seldom as an interval misses. */
function overlap(today: Interval | null, earlier: EarlierLook | undefined): Interval | null {
  if (!today) return null
  const lower = Math.max(today.lower, earlier?.lower ?? Number.NEGATIVE_INFINITY)
  const upper = Math.min(today.upper, earlier?.upper ?? Number.POSITIVE_INFINITY)
  return lower <= upper ? { lower, upper } : today
}
