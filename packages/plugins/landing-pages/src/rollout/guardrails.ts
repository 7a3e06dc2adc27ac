import type { Proportion, ProportionComparison } from '@espalier/experiments'

/** Both sides of a rollout: visitors, and those that converted after they saw it. */
export interface RolloutFigures {
  readonly baseline: Proportion
  readonly candidate: Proportion
}

export interface Verdict {
  readonly light: 'green' | 'yellow' | 'red'
  /** Why, in words for whoever watches. */
  readonly reason: string
}

/** How sure "does worse" has to be. */
const confidence = 0.95

/**
 * Whether a variant may go to more visitors. Red: its conversion rate is lower, and that is hardly chance (the
 * two-proportion z-test, two-sided at 95 %). Yellow: too few visitors to tell. Green: neither.
 *
 * Looking at every step raises the chance of a false alarm above 5 %; a false alarm costs a rollout that is started
 * again, a late one costs sales, so the test is not corrected for it.
 */
export function judge(
  { baseline, candidate }: RolloutFigures,
  minVisitors: number,
  compare: (control: Proportion, treatment: Proportion, confidence: number) => ProportionComparison,
): Verdict {
  const { significant, difference, controlRate, treatmentRate } = compare(baseline, candidate, confidence)
  const rates = `${percent(treatmentRate)} of ${candidate.exposures} visitors convert, against ${percent(controlRate)} of ${baseline.exposures} before`
  const enough = candidate.exposures >= minVisitors && baseline.exposures >= minVisitors
  if (!enough)
    return { light: 'yellow', reason: `Too few visitors to tell: ${minVisitors} on each side are asked for; ${rates}.` }
  if (significant && difference !== null && difference < 0)
    return { light: 'red', reason: `The variant does worse: ${rates}.` }
  return { light: 'green', reason: `The variant does no worse: ${rates}.` }
}

function percent(rate: number | null): string {
  return rate === null ? 'none' : `${(rate * 100).toFixed(1)} %`
}
