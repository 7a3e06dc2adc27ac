import type { JsonValue } from '../json.ts'

export type MetricKind = 'conversion' | 'count' | 'value' | 'ratio' | 'engagement' | 'retention'

/** `goal` decides, `secondary` is watched beside it, `guardrail` must not get worse. */
export type MetricRole = 'goal' | 'secondary' | 'guardrail'

/** A metric as the database keeps it: defined once, used by any experiment of the workspace. */
export interface Metric {
  readonly workspaceId: string
  readonly id: string
  /** Stable name for code, unique in the workspace. */
  readonly key: string
  readonly name: string
  readonly description: string
  readonly kind: MetricKind
  /** Name of the tracking event, or of the goal of a `conversion` event. Null for engagement and ratio. */
  readonly event: string | null
  /** What must hold of the event, in the condition language; null: every event of the name. */
  readonly filter: JsonValue
  /** For value: the property that holds the amount; null: what the conversion is worth, in `currency`. */
  readonly property: string | null
  /** For value: ISO 4217; amounts are in its smallest unit, those in others are left out. */
  readonly currency: string | null
  /** For ratio: the metrics above and below the line. */
  readonly numeratorId: string | null
  readonly denominatorId: string | null
  /** For retention: days after the exposure in which coming back counts, [from, to). */
  readonly retentionFrom: number | null
  readonly retentionTo: number | null
  /** Hours after the exposure in which an event counts; null: the workspace's attribution window. */
  readonly windowHours: number | null
  /** A subject counts for at most this much, in the metric's unit. */
  readonly cap: number | null
  /** Or for at most this percentile of the subjects that have any, in (0, 1). */
  readonly capPercentile: number | null
  readonly higherIsBetter: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly archivedAt: Date | null
  /** How often it was saved. */
  readonly version: number
}
