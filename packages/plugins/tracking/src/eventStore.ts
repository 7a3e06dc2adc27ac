import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'

/**
 * The event log, narrow enough for another engine to stand behind it.
 */
export interface EventStore {
  /**
   * Logs events inside the caller's transaction. The caller gives each id once.
   * @returns those that were not in the log before: what may be counted
   */
  append(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]>
}

/** The log in PostgreSQL: one statement for a batch of any size, never COPY, which row level security refuses. */
export const postgresEventStore: EventStore = {
  append: async (tx, events) => {
    const fresh = await claimOnce(tx, events)
    if (fresh.length === 0) return []
    const rows = await tx.db.query<{ id: string }>(
      insertEvents(
        fresh.map(({ id }) => id),
        fresh.map(({ siteId }) => siteId),
        fresh.map(({ pageId }) => pageId),
        fresh.map(({ visitorId }) => visitorId),
        fresh.map(({ sessionId }) => sessionId),
        fresh.map(({ name }) => name),
        fresh.map(({ goal }) => goal),
        fresh.map(({ at }) => at.toISOString()),
        fresh.map(({ url }) => url),
        fresh.map(({ referrer }) => referrer),
        fresh.map(({ experiments }) => experiments && JSON.stringify(experiments)),
        fresh.map(({ properties }) => properties && JSON.stringify(properties)),
        tx.clock.now().toISOString(),
      ),
    )
    const inserted = new Set(rows.map(({ id }) => id))
    return inserted.size === fresh.length ? fresh : fresh.filter(({ id }) => inserted.has(id))
  },
}

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

// In the order of the key, so that two batches with the same events wait for one another and never in a circle.
const insertEvents = prepared(
  'tracking_insert_events',
  `insert into "TrackingEvent" ("id", "siteId", "pageId", "visitorId", "sessionId", "name", "goal", "at", "url", "referrer", "experiments", "properties", "receivedAt")
   select *, $13::timestamptz from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::jsonb[], $12::jsonb[]) as event ("id")
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
