import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'

/** Leaves out the events that count once and have happened before, and takes the place of the others. */
export async function claimOnce(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]> {
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

const insertOnce = prepared(
  'tracking_insert_once',
  `insert into "TrackingOnce" ("scope", "visitorId", "eventId", "at")
   select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[]) as claim ("scope", "visitorId")
   order by claim."scope", claim."visitorId"
   on conflict do nothing
   returning "eventId"`,
)
