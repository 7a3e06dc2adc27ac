import { expectedLosses, type Posterior, probabilitiesOfBest } from '@espalier/experiments/statistics'
import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import type { Arm } from '../arm.ts'
import { armEffects } from './armEffects.ts'

export interface RetirementRules {
  /** An arm is worse with confidence below this chance of being the best, in (0, 1). Default 0.01. */
  readonly leastChance?: number
  /** What may be lost by doing without it, as a share of the rate: 0.001 is 0.1 %. Default 0.001. */
  readonly mostLoss?: number
  /** Before it may go: chance is looked at four times a day, and fools early looks. Default 1,000. */
  readonly minVisitors?: number
  /** Before it may go: at least a ramp, and days of the week differ. Default 5. */
  readonly minDays?: number
  /** Past these days an arm that still is unlikely to be the best makes room. Default 21. */
  readonly maxDays?: number
  /** What "unlikely" is then, in (0, 1). Default 0.1. */
  readonly leastChanceOfOld?: number
  /** That stay whatever happens, the control among them. From 2; default 2. */
  readonly minArms?: number
}

export interface Retirement {
  readonly key: string
  readonly variantId: string
  /** `worse`: than another arm, with confidence. `old`: it had its time and is unlikely to be the best. */
  readonly reason: 'worse' | 'old'
  /** Of being the best, in [0, 1]. */
  readonly chanceToBeBest: number
  /** Of being better than the control, in [0, 1]. */
  readonly chanceToBeatControl: number
  /** What doing without it is expected to cost, as a share of the rate. */
  readonly expectedLoss: number
  readonly visitors: number
}

/**
 * Which arms to switch off: those that are worse with confidence, and those that had their time. Never the control, never
 * below two live arms, never one younger than its ramp. The worst goes first.
 *
 * Chances are by normal posteriors of the log odds over strata ({@link armEffects}), so that an arm is only compared
 * with what ran beside it.
 */
export function retire(arms: readonly Arm[], rules: RetirementRules = {}): Retirement[] {
  const {
    leastChance = 0.01,
    mostLoss = 0.001,
    minVisitors = 1_000,
    minDays = 5,
    maxDays = 21,
    leastChanceOfOld = 0.1,
    minArms = 2,
  } = rules
  const standings = standingsOf(arms)
  const removable = standings.length - Math.max(2, minArms)
  return standings
    .flatMap(({ arm, chanceToBeBest, chanceToBeatControl }, index): Retirement[] => {
      if (arm.isControl || arm.visitors < minVisitors || arm.ageDays < minDays) return []
      const isOld = arm.ageDays >= maxDays && chanceToBeBest < leastChanceOfOld
      if (!isOld && chanceToBeBest >= leastChance) return []
      const expectedLoss = lossWithout(standings.map(posteriorOf), index)
      const isWorse = chanceToBeBest < leastChance && expectedLoss < mostLoss
      if (!isWorse && !isOld) return []
      const { key, variantId, visitors } = arm
      const reason = isWorse ? 'worse' : 'old'
      return [{ key, variantId, reason, chanceToBeBest, chanceToBeatControl, expectedLoss, visitors }]
    })
    .sort((a, b) => a.chanceToBeBest - b.chanceToBeBest)
    .slice(0, Math.max(0, removable))
}

export interface Standing {
  readonly arm: Arm
  /** Log odds against the control, and their standard deviation, as if it stood by itself. */
  readonly logOdds: number
  readonly deviation: number
  readonly chanceToBeBest: number
  /** 0.5 of the control itself. */
  readonly chanceToBeatControl: number
}

/** How live arms stand against one another, in their order. */
export function standingsOf(all: readonly Arm[]): Standing[] {
  const arms = all.filter(({ isRetired }) => !isRetired)
  if (arms.length === 0) return []
  const { effects, variances } = armEffects(arms)
  const control = arms.findIndex(({ isControl }) => isControl)
  const posteriors = effects.map((mean, index): Posterior & { kind: 'normal' } => ({
    kind: 'normal',
    mean: mean - (effects[control] ?? 0),
    deviation: Math.sqrt(Math.max(1e-12, variances[index] as number)),
  }))
  const chances = probabilitiesOfBest(posteriors)
  return arms.map((arm, index) => {
    const own = posteriors[index] as (typeof posteriors)[number]
    const against = posteriors[control]
    return {
      arm,
      logOdds: own.mean,
      deviation: own.deviation,
      chanceToBeBest: chances[index] as number,
      chanceToBeatControl:
        !against || index === control ? 0.5 : normalCdf(own.mean / Math.hypot(own.deviation, against.deviation), 0, 1),
    }
  })
}

function posteriorOf({ logOdds, deviation }: Standing): Posterior {
  return { kind: 'normal', mean: logOdds, deviation }
}

/**
 * E[max(0, θ_i - the best of the others)] = E[max of all] - E[max of the others]. A difference of log odds is about a
 * share of a rate, as long as rates are small.
 */
function lossWithout(posteriors: readonly Posterior[], index: number): number {
  const others = posteriors.filter((_, other) => other !== index)
  const reference = others[0]
  if (!reference) return Infinity
  // E[max θ - θ_r], once over all and once without it.
  const at = index === 0 ? 1 : 0
  return Math.max(0, (expectedLosses(posteriors)[at] as number) - (expectedLosses(others)[0] as number))
}
