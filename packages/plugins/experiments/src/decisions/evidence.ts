import type { Experiment } from '../experiment.ts'
import { runningDays, type Span } from '../life/phases.ts'
import type { ExperimentResults, MetricResults, MetricVariantResult } from '../results/experimentResults.ts'

/** What a verdict is made of: numbers alone, so that it can be kept and computed again. */
export interface Evidence {
  readonly phase: number
  /** Since the present question was asked, pauses left out. */
  readonly runningDays: number
  readonly sampleRatio: { readonly pValue: number; readonly alarm: boolean } | null
  /** Whether every variant has the subjects that were planned. */
  readonly plannedReached: boolean
  /** Those that take part, the control first. */
  readonly variants: readonly { readonly key: string; readonly exposures: number }[]
  /** The metric that decides; null without one. */
  readonly goal: MetricEvidence | null
  /** Metrics of clicks. */
  readonly clicks: readonly Pick<MetricEvidence, 'metric' | 'control' | 'treatments'>[]
  readonly guardrails: readonly MetricEvidence[]
}

export interface MetricEvidence {
  /** What people call it. */
  readonly metric: string
  readonly isConversion: boolean
  readonly control: { readonly variant: string; readonly sum: number }
  readonly treatments: readonly TreatmentEvidence[]
}

/** A variant against the control. */
export interface TreatmentEvidence {
  readonly variant: string
  readonly sum: number
  /** Corrected for the number of comparisons: of one look once the planned size is reached, always-valid before. */
  readonly pValue: number | null
  readonly relativeLift: number | null
  readonly better: boolean | null
  readonly expectedLoss: number | null
  readonly chanceToBeBest: number | null
}

/** Takes from results what a verdict needs; variants that were retired take no part in it. */
export function evidenceOf(
  experiment: Experiment,
  results: ExperimentResults,
  phases: readonly Span[],
  now: Date,
): Evidence {
  const { phase, sampleRatio, plannedReached, metrics } = results
  const goal = metrics.find(({ role }) => role === 'goal')
  return {
    phase,
    runningDays: runningDays(phases, now),
    sampleRatio,
    plannedReached,
    variants: results.variants
      .filter(({ variant }) => variant.retiredAt === null)
      .map(({ variant, exposures }) => ({ key: variant.key, exposures })),
    goal: goal ? metricEvidence(experiment, goal) : null,
    clicks: metrics.filter(countsClicks).map((metric) => metricEvidence(experiment, metric)),
    guardrails: metrics.filter(({ role }) => role === 'guardrail').map((metric) => metricEvidence(experiment, metric)),
  }
}

function countsClicks({ metric }: MetricResults): boolean {
  return metric.event === 'click' && (metric.kind === 'count' || metric.kind === 'conversion')
}

function metricEvidence({ variants }: Experiment, { metric, variants: arms }: MetricResults): MetricEvidence {
  const live = arms.filter(({ variant }) => variant.retiredAt === null)
  const control = live.find(({ variant }) => variant.id === variants[0]?.id)
  return {
    metric: metric.name,
    isConversion: metric.kind === 'conversion',
    control: { variant: control?.variant.key ?? '', sum: control?.sum ?? 0 },
    treatments: live.filter((arm) => arm !== control).map(treatmentEvidence),
  }
}

function treatmentEvidence({ variant, sum, comparison, chanceToBeBest }: MetricVariantResult): TreatmentEvidence {
  return {
    variant: variant.key,
    sum,
    pValue: comparison?.fixed.adjustedPValue ?? comparison?.sequential.adjustedPValue ?? null,
    relativeLift: comparison?.relativeLift ?? null,
    better: comparison?.better ?? null,
    expectedLoss: comparison?.expectedLoss ?? null,
    chanceToBeBest,
  }
}
