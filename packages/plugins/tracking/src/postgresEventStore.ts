import { columnArray, prepared } from '@espalier/core'
import { maxLeadMs } from './event.ts'
import { firstIdAt } from './eventId.ts'
import type { EventStore } from './eventStore.ts'
import { readGoalCounts } from './goalCounts.ts'
import { logColumns } from './logColumns.ts'
import { claimOnce } from './onceClaims.ts'
import { dropPartitions, makePartitions } from './partitions.ts'
import type { SessionEvent } from './sessions.ts'
import { readVisitorEvents } from './visitorEvents.ts'

/** The log in PostgreSQL: one statement for a batch of any size, never COPY, which row level security refuses. */
export const postgresEventStore: EventStore = {
  append: async (tx, events) => {
    const fresh = await claimOnce(tx, events)
    if (fresh.length === 0) return []
    const columns = logColumns.map((column) => columnArray(column, fresh))
    const [row] = await tx.db.query<{ ids: string[] | null }>(
      insertEvents(...columns, tx.clock.now().toISOString(), fresh.length),
    )
    if (!row?.ids) return fresh
    const inserted = new Set(row.ids)
    return fresh.filter(({ id }) => inserted.has(id))
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

  ofVisitorsAnywhere: readVisitorEvents,
  goalCounts: readGoalCounts,

  countSince: async ({ system }, since) => {
    const [row] = await system.query<{ events: number }>(countSince(firstIdAt(since)))
    return row?.events ?? 0
  },

  prepare: makePartitions,
  dropBefore: dropPartitions,
}

type EventRow = Omit<SessionEvent, 'value'> & { amountMinor: number | null; currency: string | null }

// In the order of the key, so that two batches with the same events wait for one another and never in a circle.
// Mostly all of them are new: thousands of rows that say so would take longer to read than the rest of the answer.
const insertEvents = prepared(
  'tracking_insert_events',
  `with inserted as (
   insert into "TrackingEvent" (${logColumns.map(({ name }) => `"${name}"`).join(', ')}, "receivedAt")
   select *, $${logColumns.length + 1}::timestamptz
   from unnest(${logColumns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) as event ("id")
   order by event."id"
   on conflict do nothing
   returning "id")
   select case when count(*) < $${logColumns.length + 2}::int then coalesce(array_agg("id")::text[], '{}') end as "ids" from inserted`,
)

const countSince = prepared(
  'tracking_count_since',
  'select count(*)::int as "events" from "TrackingEvent" where "id" >= $1::uuid',
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
