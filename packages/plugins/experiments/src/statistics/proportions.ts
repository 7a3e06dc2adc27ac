import cdf from '@stdlib/stats-base-dists-normal-cdf'
import { checkConfidence, defaultConfidence, type Interval, twoSidedQuantile } from './confidence.ts'

/** How many of a group did what was hoped for. */
export interface Proportion {
  /** Visitors exposed to the variant, each once. */
  readonly exposures: number
  /** Of those, how many converted. From 0 to `exposures`. */
  readonly conversions: number
}

export interface ProportionComparison {
  /** Conversion rates in [0, 1]; null without an exposure. */
  readonly controlRate: number | null
  readonly treatmentRate: number | null
  /** `treatmentRate - controlRate`. */
  readonly difference: number | null
  /** Newcombe's interval of the difference at the chosen confidence. */
  readonly differenceInterval: Interval | null
  /** `difference / controlRate`; null when the control has no conversion. */
  readonly relativeLift: number | null
  /** Of `relativeLift`, by Donner and Zou: leaves 0 out exactly when `differenceInterval` does. */
  readonly relativeInterval: Interval | null
  readonly z: number | null
  /** Two-sided; null where the test is not defined: a group without exposures, or no variation at all. */
  readonly pValue: number | null
  /** `pValue` below 1 - confidence. */
  readonly significant: boolean
}

/**
 * The two-proportion z-test with pooled variance: is the treatment's conversion rate another than the control's?
 *
 * z = (p2 - p1) / sqrt(p (1 - p) (1/n1 + 1/n2)), p = (x1 + x2) / (n1 + n2); p-value = 2 Φ(-|z|).
 * Source: Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 3rd ed., §3.1 (without
 * continuity correction). Interval: Newcombe (1998), method 10, without continuity correction. Interval of the relative
 * lift: Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359, from the same limits of Wilson; it
 * holds where the delta method fails, which is at few conversions.
 *
 * @param confidence in (0, 1), such as 0.95
 * @throws RangeError when counts are not whole, are negative, or conversions exceed exposures
 */
export function compareProportions(
  control: Proportion,
  treatment: Proportion,
  confidence = defaultConfidence,
): ProportionComparison {
  checkProportion('control', control)
  checkProportion('treatment', treatment)
  checkConfidence(confidence)
  const controlRate = rate(control)
  const treatmentRate = rate(treatment)
  const difference = controlRate === null || treatmentRate === null ? null : treatmentRate - controlRate
  const z = difference === null ? null : zScore(control, treatment, difference)
  const pValue = z === null ? null : 2 * cdf(-Math.abs(z), 0, 1)
  return {
    controlRate,
    treatmentRate,
    difference,
    differenceInterval: difference === null ? null : newcombeInterval(control, treatment, confidence),
    relativeLift: difference === null || !controlRate ? null : difference / controlRate,
    relativeInterval: difference === null || !controlRate ? null : donnerZouInterval(control, treatment, confidence),
    z,
    pValue,
    significant: pValue !== null && pValue < 1 - confidence,
  }
}

/** Wilson's score interval of one rate; null without an exposure. Source: Wilson (1927). */
export function wilsonInterval(proportion: Proportion, confidence = defaultConfidence): Interval | null {
  const { exposures: n, conversions: x } = proportion
  if (n === 0) return null
  const z = twoSidedQuantile(confidence)
  const p = x / n
  const center = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n)
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))
  // Exactly 0 and 1 at the edges, where rounding would leave a speck.
  return { lower: x === 0 ? 0 : center - half, upper: x === n ? 1 : center + half }
}

function newcombeInterval(control: Proportion, treatment: Proportion, confidence: number): Interval | null {
  const first = wilsonInterval(treatment, confidence)
  const second = wilsonInterval(control, confidence)
  const p1 = rate(treatment)
  const p2 = rate(control)
  if (first === null || second === null || p1 === null || p2 === null) return null
  return {
    lower: p1 - p2 - Math.hypot(p1 - first.lower, second.upper - p2),
    upper: p1 - p2 + Math.hypot(first.upper - p1, p2 - second.lower),
  }
}

/** Of the ratio of two rates, less 1. The control has conversions, so that its lower limit is above 0. */
function donnerZouInterval(control: Proportion, treatment: Proportion, confidence: number): Interval | null {
  const first = wilsonInterval(treatment, confidence)
  const second = wilsonInterval(control, confidence)
  const p1 = rate(treatment)
  const p2 = rate(control)
  if (first === null || second === null || p1 === null || p2 === null) return null
  // √((p1 p2)² - a b (2 p1 - a)(2 p2 - b)) by the distances from the rates, as near numbers would cancel.
  const root = (a: number, b: number) =>
    Math.sqrt(Math.max(0, (p2 * (p1 - a)) ** 2 + (p1 * (p2 - b)) ** 2 - ((p1 - a) * (p2 - b)) ** 2))
  // The published lower limit has b (2 p2 - b) below the line, which may be 0; this is the same without it.
  const { lower: least } = first
  const lower = least === 0 ? 0 : (least * (2 * p1 - least)) / (p1 * p2 + root(least, second.upper))
  const upper = (p1 * p2 + root(first.upper, second.lower)) / (second.lower * (2 * p2 - second.lower))
  return { lower: lower - 1, upper: upper - 1 }
}

function zScore(control: Proportion, treatment: Proportion, difference: number): number | null {
  const exposures = control.exposures + treatment.exposures
  const pooled = (control.conversions + treatment.conversions) / exposures
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / control.exposures + 1 / treatment.exposures))
  return deviation === 0 ? null : difference / deviation
}

function rate({ exposures, conversions }: Proportion): number | null {
  return exposures === 0 ? null : conversions / exposures
}

function checkProportion(name: string, { exposures, conversions }: Proportion): void {
  if (
    !Number.isSafeInteger(exposures) ||
    !Number.isSafeInteger(conversions) ||
    conversions < 0 ||
    conversions > exposures
  )
    throw new RangeError(
      `The ${name} has ${conversions} conversions of ${exposures} exposures. Both are whole, and conversions go from 0 to the exposures.`,
    )
}
