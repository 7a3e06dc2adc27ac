import type { Told } from '@espalier/core'
import type { HashVersion } from '../assignment/buckets.ts'
import type { ExperimentInput } from '../experimentInput.ts'
import type { MetricRole } from '../metrics/metric.ts'
import type { MetricInput } from '../metrics/metricInput.ts'

/** One thing of another service's file, and what becomes of it here. */
export interface ImportItem {
  readonly kind: 'metric' | 'experiment' | 'feature'
  /** Its id there. */
  readonly sourceId: string
  readonly name: string
  /** Its key here; null where it becomes nothing. */
  readonly key: string | null
  /** `included`: it is part of another item, as a flag is of the experiment that decides it. */
  readonly outcome: 'planned' | 'included' | 'impossible'
  /** Whether everybody keeps the variant that they have there; null where there is none to keep. */
  readonly keepsAssignment: boolean | null
  /** What is not the same here, what to look at, or why it cannot be made. */
  readonly notes: readonly Told[]
  /** What is to be made; null where nothing is. */
  readonly plan: MetricPlan | ExperimentPlan | null
}

export interface MetricPlan {
  readonly makes: 'metric'
  readonly input: MetricInput
  /** Of a ratio: the metrics above and below the line, by their ids there. */
  readonly parts?: { readonly numerator: string; readonly denominator: string }
}

export interface ExperimentPlan {
  readonly makes: 'experiment'
  /** Without goals: these are found by their ids there. */
  readonly input: ExperimentInput
  readonly goals: readonly { readonly sourceId: string; readonly role: MetricRole }[]
  readonly seed: string
  readonly hashVersion: HashVersion
  /** What it is there. A draft is made of what runs: it starts here once somebody says so. */
  readonly state: 'draft' | 'running' | 'stopped'
  readonly archived: boolean
  /** Of one that was stopped: key of the variant that everybody gets, and when it ran. ISO 8601. */
  readonly past: { readonly winner: string | null; readonly startedAt: string; readonly completedAt: string } | null
}
