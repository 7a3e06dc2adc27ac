import type { Experiment } from '../experiment.ts'
import type { Evidence, MetricEvidence, TreatmentEvidence } from './evidence.ts'
import type { Reason } from './reason.ts'
import type { Rules } from './rules.ts'

/**
 * `collecting`: something is missing. `unhealthy`: something is wrong, and results are not to be trusted or not to be
 * wanted. The others are reached, and stay: `winner`, a variant is better than the control; `loser`, every other variant
 * is worse; `inconclusive`, time or plan is used up and neither shows.
 */
export type VerdictState = 'collecting' | 'unhealthy' | 'winner' | 'loser' | 'inconclusive'

export interface Verdict {
  readonly state: VerdictState
  /** Key of the variant to choose: the winner, or the control where the others lost. */
  readonly variant: string | null
  readonly reasons: readonly Reason[]
}

/** A verdict that was reached, as the experiment keeps it. */
export interface ReachedVerdict extends Verdict {
  readonly phase: number
  /** ISO 8601. */
  readonly at: string
}

export type VerdictRules = Pick<
  Rules,
  | 'confidence'
  | 'minExposures'
  | 'minClicks'
  | 'minConversions'
  | 'minDays'
  | 'maxDays'
  | 'plannedSubjects'
  | 'maxExpectedLoss'
>

export function reachedVerdict({ verdict }: Pick<Experiment, 'verdict'>): ReachedVerdict | undefined {
  return verdict === null ? undefined : (verdict as unknown as ReachedVerdict)
}

export function isReached({ state }: Pick<Verdict, 'state'>): boolean {
  return state === 'winner' || state === 'loser' || state === 'inconclusive'
}

/**
 * What the evidence says: a pure function, so that the same evidence always gives the same verdict.
 *
 * A winner needs all of it: the least number of subjects, clicks and conversions in every variant, the least time, shares
 * as they should be, no guardrail that got worse, and a corrected p-value below 1 - confidence (or, where the rules say
 * so, an expected loss that is small enough). Without a planned size the p-value is always valid, so it may be looked
 * at any time. With one there is a single look, once it is reached: it decides or it never does, because looking again
 * until it does is what such a test does not allow.
 */
export function judge(evidence: Evidence, rules: VerdictRules): Verdict {
  const wrong = harm(evidence, rules)
  if (wrong.length > 0) return { state: 'unhealthy', variant: null, reasons: wrong }
  const isOver = evidence.runningDays >= rules.maxDays
  const missing = shortcomings(evidence, rules)
  if (missing.length > 0 || !evidence.goal)
    return isOver ? inconclusive(rules, missing) : { state: 'collecting', variant: null, reasons: missing }
  const decided = decide(evidence.goal, rules)
  if (decided) return decided
  const doubts = evidence.goal.treatments.map((treatment) => notCertain(treatment, rules))
  if (isOver) return inconclusive(rules, doubts)
  return rules.plannedSubjects === null
    ? { state: 'collecting', variant: null, reasons: doubts }
    : {
        state: 'inconclusive',
        variant: null,
        reasons: [{ code: 'PLAN_REACHED', need: rules.plannedSubjects }, ...doubts],
      }
}

function harm({ sampleRatio, guardrails }: Evidence, rules: VerdictRules): Reason[] {
  const ratio: Reason[] = sampleRatio?.alarm ? [{ code: 'SAMPLE_RATIO', pValue: sampleRatio.pValue }] : []
  const breaches = guardrails.flatMap(({ metric, treatments }) =>
    treatments
      .filter((treatment) => treatment.better === false && isCertain(treatment, rules))
      .map(({ variant, pValue }): Reason => ({ code: 'GUARDRAIL', variant, metric, pValue })),
  )
  return [...ratio, ...breaches]
}

function shortcomings(evidence: Evidence, rules: VerdictRules): Reason[] {
  const { variants, goal, clicks, runningDays: days } = evidence
  const need = Math.max(rules.minExposures, rules.plannedSubjects ?? 0)
  const subjects = variants
    .filter(({ exposures }) => exposures < need)
    .map(({ key, exposures }): Reason => ({ code: 'TOO_FEW_SUBJECTS', variant: key, have: exposures, need }))
  const tooFew = (
    code: 'TOO_FEW_CLICKS' | 'TOO_FEW_CONVERSIONS',
    { metric, control, treatments }: Evidence['clicks'][number],
    need: number,
  ) =>
    [control, ...treatments]
      .filter(({ sum }) => sum < need)
      .map(({ variant, sum }): Reason => ({ code, variant, metric, have: sum, need }))
  return [
    ...(goal ? [] : [{ code: 'NO_GOAL' } as const]),
    ...(days < rules.minDays ? [{ code: 'TOO_EARLY', days, need: rules.minDays } as const] : []),
    ...subjects,
    ...clicks.flatMap((metric) => tooFew('TOO_FEW_CLICKS', metric, rules.minClicks)),
    ...(goal?.isConversion ? tooFew('TOO_FEW_CONVERSIONS', goal, rules.minConversions) : []),
  ]
}

function decide({ metric, control, treatments }: MetricEvidence, rules: VerdictRules): Verdict | undefined {
  const better = treatments.filter((treatment) => wins(treatment, rules))
  const [best, ...others] = better.sort((a, b) => (b.chanceToBeBest ?? 0) - (a.chanceToBeBest ?? 0))
  if (best)
    return {
      state: 'winner',
      variant: best.variant,
      reasons: [
        whyBetter(best, metric, rules),
        ...(others.length > 0 ? [{ code: 'BEST', variant: best.variant, chance: best.chanceToBeBest } as const] : []),
      ],
    }
  const worse = treatments.filter((treatment) => treatment.better === false && isCertain(treatment, rules))
  if (worse.length === 0 || worse.length < treatments.length) return undefined
  const level = 1 - rules.confidence
  return {
    state: 'loser',
    variant: control.variant,
    reasons: worse.map(({ variant, relativeLift: lift, pValue }) => ({
      code: 'WORSE',
      variant,
      metric,
      lift,
      pValue,
      level,
    })),
  }
}

function wins(treatment: TreatmentEvidence, rules: VerdictRules): boolean {
  return treatment.better === true && (isCertain(treatment, rules) || isCheap(treatment, rules))
}

function isCertain({ pValue }: TreatmentEvidence, { confidence }: VerdictRules): boolean {
  return pValue !== null && pValue < 1 - confidence
}

function isCheap({ expectedLoss }: TreatmentEvidence, { maxExpectedLoss }: VerdictRules): boolean {
  return maxExpectedLoss !== null && expectedLoss !== null && expectedLoss <= maxExpectedLoss
}

function whyBetter(treatment: TreatmentEvidence, metric: string, rules: VerdictRules): Reason {
  const { variant, relativeLift: lift, pValue, expectedLoss } = treatment
  return isCertain(treatment, rules)
    ? { code: 'BETTER', variant, metric, lift, pValue, level: 1 - rules.confidence }
    : { code: 'CHEAP', variant, metric, expectedLoss: expectedLoss ?? 0, threshold: rules.maxExpectedLoss ?? 0 }
}

function notCertain({ variant, pValue }: TreatmentEvidence, { confidence }: VerdictRules): Reason {
  return { code: 'NOT_CERTAIN', variant, pValue, level: 1 - confidence }
}

function inconclusive({ maxDays }: VerdictRules, reasons: readonly Reason[]): Verdict {
  return { state: 'inconclusive', variant: null, reasons: [{ code: 'TIME_IS_UP', days: maxDays }, ...reasons] }
}
