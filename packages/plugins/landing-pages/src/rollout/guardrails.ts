import type { Proportion, ProportionComparison } from '@espalier/experiments'
import { turnedPoor, type VitalFigures } from './vitals.ts'

/** What is known of one side of a rollout: visitors and those that converted after they saw it, visits, and speed. */
export interface RolloutSide extends Proportion {
  readonly sessions: number
  /** Visits without engagement, as tracking counts them. */
  readonly bounces: number
  readonly vitals: readonly VitalFigures[]
}

/** Both sides of a rollout. */
export interface RolloutFigures {
  readonly baseline: RolloutSide
  readonly candidate: RolloutSide
}

export interface Verdict {
  readonly light: 'green' | 'yellow' | 'red'
  /** Why, in words for whoever watches. */
  readonly reason: string
}

type Compare = (control: Proportion, treatment: Proportion, confidence: number) => ProportionComparison

/** How sure "does worse" has to be. */
const confidence = 0.95

/**
 * Whether a variant may go to more visitors. Red: its conversion rate is lower, and that is hardly chance (the
 * two-proportion z-test, two-sided at 95 %). Yellow: it stays where it is, because too few visitors have come to tell, or
 * because it converts but costs something else: a Core Web Vital has turned from good to poor, or more visits bounce. Whether
 * that is worth it is for a person to say. Green: none of these.
 *
 * Looking at every step raises the chance of a false alarm above 5 %; a false alarm costs a rollout that is started
 * again, a late one costs sales, so the test is not corrected for it.
 */
export function judge(figures: RolloutFigures, minVisitors: number, compare: Compare): Verdict {
  const { baseline, candidate } = figures
  const { significant, difference, controlRate, treatmentRate } = compare(baseline, candidate, confidence)
  const rates = `${percent(treatmentRate)} of ${candidate.exposures} visitors convert, against ${percent(controlRate)} of ${baseline.exposures} before`
  const enough = candidate.exposures >= minVisitors && baseline.exposures >= minVisitors
  if (!enough)
    return { light: 'yellow', reason: `Too few visitors to tell: ${minVisitors} on each side are asked for; ${rates}.` }
  if (significant && difference !== null && difference < 0)
    return { light: 'red', reason: `The variant does worse: ${rates}.` }
  const costs = [...turnedPoor(baseline.vitals, candidate.vitals), ...moreBounces(figures, minVisitors, compare)]
  if (costs.length > 0)
    return {
      light: 'yellow',
      reason: `The variant is held back: ${costs.join('; ')}. It converts no worse: ${rates}. Mend it and start again, or take it further with advanceRollout.`,
    }
  return { light: 'green', reason: `The variant does no worse: ${rates}.` }
}

/** Whether more visits bounce, and hardly by chance; in words. */
export function moreBounces({ baseline, candidate }: RolloutFigures, minVisits: number, compare: Compare): string[] {
  if (baseline.sessions < minVisits || candidate.sessions < minVisits) return []
  const [before, now] = [baseline, candidate].map(({ sessions, bounces }) => ({
    exposures: sessions,
    conversions: bounces,
  }))
  const { significant, difference, controlRate, treatmentRate } = compare(
    before as Proportion,
    now as Proportion,
    confidence,
  )
  if (!significant || difference === null || difference <= 0) return []
  return [
    `${percent(treatmentRate)} of ${candidate.sessions} visits bounce, against ${percent(controlRate)} of ${baseline.sessions} before`,
  ]
}

function percent(rate: number | null): string {
  return rate === null ? 'none' : `${(rate * 100).toFixed(1)}%`
}
