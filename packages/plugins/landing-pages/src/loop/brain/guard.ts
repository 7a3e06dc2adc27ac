import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import { armEffects } from './armEffects.ts'
import { controlFloor } from './traffic.ts'

interface Counts {
  readonly visitors: number
  readonly conversions: number
}

/** What was counted on one day. */
export interface GuardDay {
  /** How many days ago, from 0: today. */
  readonly daysAgo: number
  /** Whoever saw the original: as a variant of the bandit, and held back. */
  readonly original: Counts
  /** Whoever saw a variant that has come in and takes part now. */
  readonly others: Counts
}

export interface GuardRules {
  /** After so many days a visitor counts half. Above 0; default 7. */
  readonly halfLifeDays?: number
  /** How far original and others are expected to be apart, in log odds: normal, this deviation. Default 0.3. */
  readonly priorDeviation?: number
}

export interface Guard {
  /** Least share of the original in the bandit's traffic from now on, in steps of 5 %, from {@link controlFloor} to 0.8. */
  readonly floor: number
  /** That the original converts better lately than the others together, in [0, 1]; 0.5 while nothing is known. */
  readonly chanceOriginalIsBetter: number
}

/** Up to this chance the original keeps what it always keeps: it may well be an accident. */
const doubtAt = 0.7

/** Before so many half-lives everything that the bandit remembers is recent, and it knows better by itself. */
const leastHalfLives = 2

/** Beyond this nothing would be learnt of the others, and they could not come back. */
const highest = 0.8

/**
 * How much of the traffic the original keeps, by what visitors did lately. A bandit remembers everything for ever, and taste
 * turns: then all that it prefers may be worse than what the page began with.
 *
 * floor = 3 (P - 0.7), within 5 % and 80 %; P that the original is better than all others that have come in, together, by log
 * odds within days ({@link armEffects}), a visitor of d days ago counting 2^(-d / 7). The more likely it is, the more
 * visitors are safe from it, and the more of them soon tell whether it is so: what was raised by an accident goes down again.
 * In the first two weeks nothing is raised.
 */
export function guardOf(days: readonly GuardDay[], { halfLifeDays = 7, priorDeviation = 0.3 }: GuardRules = {}): Guard {
  const side = (name: 'original' | 'others') => {
    const strata = days.map(({ daysAgo, [name]: { visitors, conversions } }) => {
      const weight = 2 ** (-daysAgo / halfLifeDays)
      return { stratum: String(daysAgo), visitors: weight * visitors, conversions: weight * conversions }
    })
    const total = (field: 'visitors' | 'conversions') => strata.reduce((sum, stratum) => sum + stratum[field], 0)
    return { visitors: total('visitors'), conversions: total('conversions'), strata }
  }
  const { effects, covariance } = armEffects([side('others'), side('original')], { priorDeviation })
  const deviation = Math.sqrt(covariance[1]?.[1] ?? priorDeviation ** 2)
  const chanceOriginalIsBetter = normalCdf((effects[1] ?? 0) / deviation, 0, 1)
  const isYoung = days.every(({ daysAgo }) => daysAgo < leastHalfLives * halfLifeDays)
  if (isYoung) return { floor: controlFloor, chanceOriginalIsBetter }
  const floor = Math.round(20 * 3 * (chanceOriginalIsBetter - doubtAt)) / 20
  return { floor: Math.max(controlFloor, Math.min(highest, floor)), chanceOriginalIsBetter }
}

/** Days that say anything: of what is older a visitor counts less than a hundredth. */
export const guardDays = 42
