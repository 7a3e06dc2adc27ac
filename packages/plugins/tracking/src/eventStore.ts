import { prepared, type SqlContext } from '@espalier/core'
import { type ArrayElement, binaryArray } from './binaryArray.ts'
import type { TrackedEvent } from './event.ts'
import { maxLeadMs } from './event.ts'
import { firstIdAt } from './eventId.ts'
import { type ColumnOf, logColumns } from './logColumns.ts'
import type { SessionEvent } from './sessions.ts'

/**
 * The event log, narrow enough for another engine to stand behind it: two functions. Numbers are never read from
 * it, only from rollups; lists of events (GraphQL `trackingEvents`) read the table, and so would need another
 * reader with another engine.
 *
 * What an engine must give: an id is taken once however often and whenever it comes (within the 48 hours that an
 * event may take); what `append` has taken, `ofVisitors` finds, also in the same transaction. An engine outside
 * of PostgreSQL's transactions must be able to take back what an aborted one appended, or take it again.
 */
export interface EventStore {
  /**
   * Logs events inside the caller's transaction. The caller gives each id once.
   * @returns those that were not in the log before: what may be counted
   */
  append(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]>

  /** What some visitors did on a site in a span, its ends included; in no order. A visitor has one span a site. */
  ofVisitors(tx: SqlContext, spans: readonly VisitorSpan[]): Promise<SessionEvent[]>
}

export interface VisitorSpan {
  readonly siteId: string
  readonly visitorId: string
  readonly from: Date
  readonly to: Date
}

/** The log in PostgreSQL: one statement for a batch of any size, never COPY, which row level security refuses. */
export const postgresEventStore: EventStore = {
  append: async (tx, events) => {
    const fresh = await claimOnce(tx, events)
    if (fresh.length === 0) return []
    const rows = await tx.db.query<{ id: string }>(
      insertEvents(...logColumns.map((column) => arrayOf(column, fresh)), tx.clock.now().toISOString()),
    )
    const inserted = new Set(rows.map(({ id }) => id))
    return inserted.size === fresh.length ? fresh : fresh.filter(({ id }) => inserted.has(id))
  },

  ofVisitors: async (tx, spans) => {
    const rows = await tx.db.query<EventRow>(
      selectOfVisitors(
        spans.map(({ siteId }) => siteId),
        spans.map(({ visitorId }) => visitorId),
        spans.map(({ from }) => from.toISOString()),
        spans.map(({ to }) => to.toISOString()),
        // An id may run ahead of the instant at which its event counts, never behind.
        spans.map(({ from }) => firstIdAt(from)),
        spans.map(({ to }) => firstIdAt(new Date(to.getTime() + maxLeadMs + 1))),
      ),
    )
    return rows.map(({ amountMinor, currency, ...event }) => ({
      ...event,
      value: amountMinor === null || currency === null ? null : { amountMinor, currency },
    }))
  },
}

type EventRow = Omit<SessionEvent, 'value'> & { amountMinor: number | null; currency: string | null }

/** Leaves out the events that count once and have happened before, and takes the place of the others. */
async function claimOnce(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]> {
  const claims = events.filter(({ once }) => once !== undefined)
  if (claims.length === 0) return [...events]
  const rows = await tx.db.query<{ eventId: string }>(
    insertOnce(
      claims.map(({ once }) => once),
      claims.map(({ visitorId }) => visitorId),
      claims.map(({ id }) => id),
      claims.map(({ at }) => at.toISOString()),
    ),
  )
  const claimed = new Set(rows.map(({ eventId }) => eventId))
  return events.filter(({ id, once }) => once === undefined || claimed.has(id))
}

function arrayOf<Type extends ArrayElement>(column: ColumnOf<Type>, events: readonly TrackedEvent[]): Buffer {
  return binaryArray(column.type, events.map(column.of), column.name)
}

// In the order of the key, so that two batches with the same events wait for one another and never in a circle.
const insertEvents = prepared(
  'tracking_insert_events',
  `insert into "TrackingEvent" (${logColumns.map(({ name }) => `"${name}"`).join(', ')}, "receivedAt")
   select *, $${logColumns.length + 1}::timestamptz
   from unnest(${logColumns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) as event ("id")
   order by event."id"
   on conflict do nothing
   returning "id"`,
)

const insertOnce = prepared(
  'tracking_insert_once',
  `insert into "TrackingOnce" ("scope", "visitorId", "eventId", "at")
   select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[]) as claim ("scope", "visitorId")
   order by claim."scope", claim."visitorId"
   on conflict do nothing
   returning "eventId"`,
)

const selectOfVisitors = prepared(
  'tracking_select_of_visitors',
  `select event."id", event."siteId", event."pageId", event."visitorId", event."name", event."at", event."experiments",
     event."path", event."referrerHost", event."channel", event."utmSource", event."utmMedium", event."utmCampaign",
     event."utmTerm", event."utmContent", event."country", event."device", event."browser", event."os",
     event."amountMinor"::float8 as "amountMinor", event."currency", event."metrics"
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::uuid[], $6::uuid[])
       as span ("siteId", "visitorId", "from", "to", "firstId", "lastId")
     cross join lateral (
       select * from "TrackingEvent" logged
       where logged."visitorId" = span."visitorId" and logged."id" >= span."firstId" and logged."id" < span."lastId"
         and logged."siteId" = span."siteId" and logged."at" between span."from" and span."to"
     ) event`,
)
