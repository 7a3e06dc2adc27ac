import type { RowsElsewhere, SqlContext, SystemContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'
import type { GoalKey, GoalScope } from './goalCounts.ts'
import type { SessionEvent } from './sessions.ts'
import type { LoggedEvent, VisitorTime } from './visitorEvents.ts'

/**
 * The event log: PostgreSQL's own table ({@link postgresEventStore}), or another engine ({@link ClickHouseEventStore}).
 * Totals, series and splits are never read from it, only from rollups.
 *
 * What an engine must give: an id is taken once however often and whenever it comes within the 48 hours that an event
 * may take; what `append` has taken is found, also in the same transaction; what an aborted transaction appended is
 * found by nobody; and every question but {@link countSince} is about the workspace of its context and sees no other.
 * An engine that does not answer is an error that `asUnavailable` knows, never an empty answer.
 */
export interface EventStore {
  /**
   * Logs events inside the caller's transaction. The caller gives each id once.
   * @returns those that were not in the log before: what may be counted
   */
  append(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]>

  /** What some visitors did on a site in a span, its ends included; in no order. A visitor has one span a site. */
  ofVisitors(tx: SqlContext, spans: readonly VisitorSpan[]): Promise<SessionEvent[]>

  /** What some visitors did on any site; in no order. Each visitor is asked for once. */
  ofVisitorsAnywhere(context: SqlContext, spans: readonly VisitorTime[]): Promise<LoggedEvent[]>

  /**
   * How often a goal was reached, where rollups do not know: they keep goals apart by time alone.
   * @returns by the beginning of the step in milliseconds, or by the value; those without any are left out
   */
  goalCounts(context: SqlContext, scope: GoalScope, by: GoalKey): Promise<Map<number | string | null, number>>

  /** How many events the installation has logged since an instant, of all workspaces. */
  countSince(system: SystemContext, since: Date): Promise<number>

  /** Rows of the log as lists and nodes of the API read them; undefined: they are in the table "TrackingEvent". */
  rows?(context: SqlContext): RowsElsewhere

  /** Makes what events are written into, ahead of time. At each start and once a day; several processes may do it at once. */
  prepare(system: SystemContext): Promise<number>

  /** Drops whole weeks of events that ended before an instant. @returns how many */
  dropBefore(system: SystemContext, before: Date): Promise<number>

  /** Hourly: sees to what crashes have left behind, where an engine is not part of the transaction. @returns how many batches */
  settle?(system: SystemContext): Promise<number>

  /** Deletes all of a workspace that is being deleted, where that is not PostgreSQL's to do. */
  forgetWorkspace?(context: SqlContext): Promise<void>
}

export interface VisitorSpan {
  readonly siteId: string
  readonly visitorId: string
  readonly from: Date
  readonly to: Date
}
