import type { JsonValue } from './json.ts'
import type { Metric, MetricRole } from './metrics/metric.ts'

export type ExperimentStatus = 'draft' | 'running' | 'paused' | 'completed' | 'archived'

/** `test`: weights stay, a verdict ends it. `bandit`: weights follow results. `holdout`: measures what others do together. */
export type ExperimentKind = 'test' | 'bandit' | 'holdout'

/** An experiment as the database keeps it, with its variants in order; the first is the control. */
export interface Experiment {
  readonly workspaceId: string
  readonly id: string
  readonly key: string
  readonly name: string
  readonly hypothesis: string
  readonly kind: ExperimentKind
  readonly status: ExperimentStatus
  readonly seed: string
  /** Of GrowthBook's hashing: 2, or 1 for what came from there with it. */
  readonly hashVersion: number
  /** Key of the winning variant, once completed with one. */
  readonly winner: string | null
  /** How often people have saved it. */
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
  /** Share of the subjects that take part, in [0, 1]. */
  readonly coverage: number
  /** GrowthBook's condition language; null lets everyone in. */
  readonly condition: JsonValue
  /** {@link ActiveHours}, or null for always. */
  readonly activeHours: JsonValue
  readonly namespace: string | null
  /** The experiment's part of its namespace, [from, to) in [0, 1]. */
  readonly namespaceFrom: number | null
  readonly namespaceTo: number | null
  readonly holdoutId: string | null
  readonly sticky: boolean
  /** [{subject, variant}]: who gets which variant for trying it out, without being counted. */
  readonly forced: JsonValue
  /** Whether pages that others serve may decide about it. */
  readonly inBrowsers: boolean
  readonly startsAt: Date | null
  readonly stopsAt: Date | null
  /** What a verdict takes, where it differs from the workspace's settings. */
  readonly rules: JsonValue
  /** How a bandit's weights follow results. */
  readonly bandit: JsonValue
  /** The verdict once it is reached; it does not change by itself. */
  readonly verdict: JsonValue
  /** Number of the phase that runs, or ran last, from 1; 0 for a draft. */
  readonly phase: number
  /** In order, the retired ones among them. */
  readonly variants: Variant[]
  /** In order: the first goal decides. */
  readonly goals: ExperimentGoal[]
}

/** A metric that an experiment is judged by. */
export interface ExperimentGoal {
  readonly role: MetricRole
  readonly position: number
  readonly metric: Metric
}

export interface Variant {
  readonly workspaceId: string
  readonly id: string
  readonly experimentId: string
  readonly position: number
  readonly key: string
  readonly name: string
  /** Share of the subjects, relative to the other variants' weights. */
  readonly weight: number
  /** What code gets for it; null: its key. */
  readonly value: JsonValue
  /** Least share of a bandit's traffic, in [0, 1]. */
  readonly floor: number
  /** Largest share of a bandit's traffic, in (0, 1]: how a new one comes in step by step. */
  readonly ceiling: number
  /** When it was taken out of a running experiment: nobody gets it any more, its results stay. */
  readonly retiredAt: Date | null
}

/** The variants that subjects may still get. */
export function liveVariants({ variants }: Pick<Experiment, 'variants'>): Variant[] {
  return variants.filter(({ retiredAt }) => retiredAt === null)
}

/**
 * The variants that somebody may be shown, now or once it runs: after completion that is the winner alone. Whoever shows
 * them keeps what these need.
 */
export function shownVariants(
  experiment: Pick<Experiment, 'status' | 'winner' | 'variants' | 'completedAt'>,
): Variant[] {
  return experiment.completedAt === null
    ? experiment.status === 'archived'
      ? []
      : liveVariants(experiment)
    : experiment.variants.filter(({ key }) => key === experiment.winner)
}
