import { z } from 'zod'
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
  /** Name of the tracking event, or of the goal of a `conversion` event, that counts as a conversion. */
  readonly goal: string
  readonly seed: string
  /** Key of the winning variant, once completed with one. */
  readonly winner: string | null
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
  /** When it was taken out of a running experiment: nobody gets it any more, its results stay. */
  readonly retiredAt: Date | null
  /** Subjects exposed, each once. */
  readonly exposureCount: number
  /** Of those, how many reached the goal after their exposure. */
  readonly conversionCount: number
}

const key = z
  .string()
  .max(60, 'has more than 60 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'takes lower-case letters, digits and single hyphens, such as "bold-headline"')

const name = z.string().trim().min(1, 'is empty').max(120, 'has more than 120 characters')

export const variantInput = z.object({
  key,
  name,
  weight: z.number().min(0, 'is below 0').max(1_000_000, 'is above 1,000,000').default(1),
})

const variants = z
  .array(variantInput)
  .min(2, 'has fewer than 2 variants: there would be nothing to compare')
  .max(20, 'has more than 20 variants')
  .refine(
    (list) => new Set(list.map((variant) => variant.key)).size === list.length,
    'has two variants with the same key',
  )
  .refine((list) => list.some(({ weight }) => weight > 0), 'has no variant with a weight above 0')

/** What a new experiment needs. */
export const experimentInput = z.object({
  key,
  name,
  hypothesis: z.string().trim().max(2_000, 'has more than 2,000 characters').default(''),
  goal: z.string().trim().min(1, 'is empty').max(64, 'has more than 64 characters'),
  variants,
})

/** What may change while it is a draft. */
export const experimentChange = experimentInput.partial()

export type ExperimentInput = z.input<typeof experimentInput>
export type ExperimentChange = z.input<typeof experimentChange>
