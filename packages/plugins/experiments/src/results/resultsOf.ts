import type { Rules } from '../decisions/rules.ts'
import type { Experiment, ExperimentGoal, Variant } from '../experiment.ts'
import { probabilitiesOfBest } from '../statistics/bayes.ts'
import { sampleRatioOfPeriods } from '../statistics/sampleRatio.ts'
import { compareVariants, type EarlierLook, posteriorsOf } from './comparison.ts'
import { correct } from './correct.ts'
import { estimateArm, estimateArms, type Reading, readingOf } from './estimates.ts'
import type { ExperimentResults, MetricResults, MetricVariantResult, PhaseArms } from './experimentResults.ts'
import { armsOf, exposuresId, type PhaseWeights, type Total } from './totals.ts'

/** Everything that results are computed from. */
export interface Counted {
  readonly totals: readonly Total[]
  readonly weights: PhaseWeights
  /** By `<metric id> <variant id>`. */
  readonly looks: ReadonlyMap<string, EarlierLook>
}

/** The results of an experiment from its counts: a pure function, so that the same counts always read the same. */
export function resultsOf(
  experiment: Experiment,
  { totals, weights, looks }: Counted,
  rules: Pick<Rules, 'confidence' | 'plannedSubjects' | 'cupedDays' | 'correction'>,
): ExperimentResults {
  const exposed = new Map<string, number>()
  for (const { metricId, variantId, subjects } of totals)
    if (metricId === exposuresId) exposed.set(variantId, (exposed.get(variantId) ?? 0) + subjects)
  const variants = experiment.variants.map((variant) => ({ variant, exposures: exposed.get(variant.id) ?? 0 }))
  const { plannedSubjects } = rules
  const plannedReached =
    plannedSubjects !== null &&
    variants.every(({ variant, exposures }) => variant.retiredAt !== null || exposures >= plannedSubjects)
  const metrics = experiment.goals.map((goal) =>
    metricResults(experiment, goal, armsOf(totals, goal.metric.id, weights), { ...rules, plannedReached }, looks),
  )
  const { pValue, alarm } = sampleRatioOf(experiment, armsOf(totals, exposuresId, weights))
  return {
    experimentId: experiment.id,
    phase: experiment.phase,
    confidence: rules.confidence,
    exposures: variants.reduce((sum, { exposures }) => sum + exposures, 0),
    variants,
    sampleRatio: pValue === null ? null : { pValue, alarm },
    plannedReached,
    metrics: correct(metrics, rules),
  }
}

/** Whether the variants got their shares, over all phases, each by its own weights. */
export function sampleRatioOf({ variants }: Pick<Experiment, 'variants'>, phases: readonly PhaseArms[]) {
  return sampleRatioOfPeriods(
    phases.map(({ weights, arms }) =>
      variants.map(({ id }) => ({
        observed: arms.find(({ variantId }) => variantId === id)?.subjects ?? 0,
        weight: weights[id] ?? 0,
      })),
    ),
  )
}

export function metricResults(
  { variants }: Pick<Experiment, 'variants'>,
  { metric, role }: Pick<ExperimentGoal, 'metric' | 'role'>,
  phases: readonly PhaseArms[],
  rules: Pick<Rules, 'confidence' | 'cupedDays'> & { plannedReached: boolean },
  looks: Counted['looks'],
): MetricResults {
  const reading = readingOf(metric, rules)
  const control = variants[0]
  const best = chancesToBeBest(reading, phases, variants)
  return {
    metric,
    role,
    variants: variants.map(
      (variant): MetricVariantResult => ({
        variant,
        ...estimateArm(reading, phases, variant.id, rules.confidence),
        comparison:
          control === undefined || variant === control
            ? null
            : compareVariants(
                reading,
                phases,
                [control.id, variant.id],
                rules,
                looks.get(`${metric.id} ${variant.id}`),
              ),
        chanceToBeBest: best.get(variant.id) ?? null,
      }),
    ),
  }
}

/**
 * By variant. Those that take part now and were seen compete, over the phases in which all of them were: a variant that
 * was added on a good day is not better for it.
 */
function chancesToBeBest(
  reading: Reading,
  phases: readonly PhaseArms[],
  variants: readonly Variant[],
): ReadonlyMap<string, number> {
  const seen = new Set(
    phases.flatMap(({ arms }) => arms.filter(({ subjects }) => subjects > 0)).map(({ variantId }) => variantId),
  )
  const competing = variants.filter(({ id, retiredAt }) => retiredAt === null && seen.has(id)).map(({ id }) => id)
  const posteriors = posteriorsOf(reading, estimateArms(reading, phases, competing).estimates)
  const known = posteriors.flatMap((posterior, index) =>
    posterior ? [[competing[index] as string, posterior] as const] : [],
  )
  const chances = probabilitiesOfBest(
    known.map(([, posterior]) => posterior),
    { lowerIsBetter: !reading.metric.higherIsBetter },
  )
  return new Map(known.map(([id], index) => [id, chances[index] as number]))
}
