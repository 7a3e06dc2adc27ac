import { type SqlContext, StartError } from '@espalier/core'

/** A number of the workspace that can be watched. */
export interface Metric {
  /** Prefixed with the plugin's name: "tracking.conversions". */
  readonly name: string
  readonly label: Words
  /** What its values are: whole numbers, a share in [0, 1], or millionths of a US dollar. */
  readonly unit: 'count' | 'share' | 'microDollars'
  /** Its course by the hour, as hours begin in the workspace's time zone; hours without anything may be left out. */
  hours(context: SqlContext, span: MetricSpan): Promise<MetricPoint[]>
  /** The same by the minute, of the last day. Without it only whole hours can be watched. */
  minutes?(context: SqlContext, span: MetricSpan): Promise<MetricPoint[]>
  /** Whether it can be narrowed to one goal. */
  readonly goals?: boolean
  /** What it can be split by, to find where a change comes from. */
  readonly dimensions?: readonly { readonly name: string; readonly label: Words }[]
  /** Its values under a dimension. Called where it has `dimensions`. */
  split?(context: SqlContext, span: MetricSpan, dimension: string): Promise<MetricSlice[]>
}

export interface Words {
  readonly en: string
  readonly fr: string
}

export interface MetricSpan {
  readonly from: Date
  /** Excluded. */
  readonly to: Date
  readonly filter: MetricFilter
}

/** What of the workspace is looked at. */
export interface MetricFilter {
  readonly siteId?: string | undefined
  readonly pageId?: string | undefined
  /** Only conversions of this goal; of metrics that say `goals`. */
  readonly goal?: string | undefined
}

/** What was counted in a step. Of a share `amount` is above the line and `base` below it. */
export interface MetricPoint {
  readonly at: Date
  readonly amount: number
  readonly base?: number
}

export interface MetricSlice {
  /** As people read it; null: unknown. */
  readonly value: string | null
  readonly amount: number
  readonly base?: number
}

/** The metrics that plugins offer. */
export class MetricCatalog {
  readonly #metrics = new Map<string, Metric>()

  /** Call it in your plugin's `setup`. @throws StartError for one that is there, or a name that is none */
  add(metric: Metric): void {
    if (!/^[a-z][a-z0-9-]*\.[a-zA-Z0-9]{1,60}$/.test(metric.name))
      throw new StartError(
        'METRIC_NAME',
        `A metric is named "${metric.name}". Name it by its plugin and what it counts: "tracking.conversions".`,
      )
    if (this.#metrics.has(metric.name))
      throw new StartError('METRIC_DUPLICATED', `Two metrics are named "${metric.name}". Rename one.`)
    this.#metrics.set(metric.name, metric)
  }

  get all(): readonly Metric[] {
    return [...this.#metrics.values()]
  }

  find(name: string): Metric | undefined {
    return this.#metrics.get(name)
  }
}

/** What steps of a metric come to together; null for a share of nothing. */
export function totalOf(metric: Pick<Metric, 'unit'>, points: readonly Omit<MetricPoint, 'at'>[]): number | null {
  const amount = points.reduce((sum, point) => sum + point.amount, 0)
  if (metric.unit !== 'share') return amount
  const base = baseOf(points)
  return base > 0 ? amount / base : null
}

export function baseOf(points: readonly Omit<MetricPoint, 'at'>[]): number {
  return points.reduce((sum, point) => sum + (point.base ?? 0), 0)
}
