import type { SqlContext } from '@espalier/core'
import type { Dimension } from './dimensions.ts'
import type { EventStore } from './eventStore.ts'
import type { GoalKey, GoalScope } from './goalCounts.ts'
import { readKeptGoals } from './keptGoals.ts'
import { readTotals, type Totals } from './metrics.ts'
import type { Granularity, MetricsScope } from './metricsScope.ts'
import { readPageCounts, readPageDays } from './pageCounts.ts'
import type { Counts } from './rollupRows.ts'
import { readSeries, type SeriesPoint } from './series.ts'
import { type Group, readSplit } from './split.ts'
import type { LoggedEvent, VisitorTime } from './visitorEvents.ts'

/** What counts are split by. */
export type SplitDimension = Dimension | 'page'

/** What was counted and logged, as plugins read it. */
export class Numbers {
  /** The log. */
  readonly store: EventStore
  readonly #timeZone: (context: SqlContext) => Promise<string>

  /** @param timeZone of a workspace: where its hours begin */
  constructor(store: EventStore, timeZone: (context: SqlContext) => Promise<string>) {
    this.store = store
    this.#timeZone = timeZone
  }

  /** What was counted over a span, on a page, a site or in the whole workspace. */
  async totals(context: SqlContext, scope: MetricsScope): Promise<Totals> {
    return readTotals(context, scope, await this.timeZone(context))
  }

  /**
   * Counts per minute, hour or day, in order; steps in which nothing happened are left out.
   *
   * @param timeZone where days and hours begin; default: the workspace's
   * @throws InvalidInputError for a span that is too long, or minutes that are no longer kept
   */
  async series(
    context: SqlContext,
    scope: MetricsScope,
    granularity: Granularity,
    timeZone?: string,
  ): Promise<SeriesPoint[]> {
    const keptIn = await this.timeZone(context)
    return readSeries(context, scope, granularity, timeZone ?? keptIn, keptIn)
  }

  /** Counts of some pages over a span, read together; see {@link readPageCounts}. */
  async pageCounts(
    context: SqlContext,
    pageIds: readonly string[],
    span: Pick<MetricsScope, 'from' | 'to'>,
  ): Promise<ReadonlyMap<string, Counts>> {
    return readPageCounts(context, pageIds, span, await this.timeZone(context))
  }

  /** The course of some pages by day, read together; see {@link readPageDays}. */
  async pageDays(
    context: SqlContext,
    pageIds: readonly string[],
    span: Pick<MetricsScope, 'from' | 'to'>,
  ): Promise<ReadonlyMap<string, readonly SeriesPoint[]>> {
    return readPageDays(context, pageIds, span, await this.timeZone(context))
  }

  /** Counts by the values of a dimension, or by "page", the largest first. */
  async split(context: SqlContext, scope: MetricsScope, dimension: SplitDimension, first: number): Promise<Group[]> {
    return readSplit(context, scope, dimension, first, await this.timeZone(context))
  }

  /**
   * How often one goal was reached, by steps of time or by where its visitors came from: read from the rollups where they know, see
   * {@link readKeptGoals}, from the log where not.
   */
  async goalCounts(context: SqlContext, scope: GoalScope, by: GoalKey): Promise<Map<number | string | null, number>> {
    const kept =
      by === 'HOUR' || by === 'MINUTE'
        ? await readKeptGoals(context, scope, by, await this.timeZone(context))
        : undefined
    return kept ?? this.store.goalCounts(context, scope, by)
  }

  /** What visitors did in a span, on any site: for whoever counts by visitor and learns late whom to count. */
  eventsOf(context: SqlContext, spans: readonly VisitorTime[]): Promise<LoggedEvent[]> {
    return spans.length === 0 ? Promise.resolve([]) : this.store.ofVisitorsAnywhere(context, spans)
  }

  /** Where hours and days begin in the workspace. */
  timeZone(context: SqlContext): Promise<string> {
    return this.#timeZone(context)
  }
}
