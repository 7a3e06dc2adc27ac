import { prepared, type SqlContext } from '@espalier/core'
import { type EventSource, maxLeadMs, type TrackedEvent } from './event.ts'
import { firstIdAt } from './eventId.ts'

/** An event as the log gives it back: without what only the request knew. */
export type LoggedEvent = EventSource &
  Pick<TrackedEvent, 'id' | 'visitorId' | 'name' | 'goal' | 'at' | 'url' | 'properties' | 'value' | 'metrics'>

/** A visitor and a span of time, [from, to). */
export interface VisitorTime {
  readonly visitorId: string
  readonly from: Date
  readonly to: Date
}

/**
 * What some visitors did, on any site: one statement, whose cost grows with their events and not with the log. Each
 * visitor is asked for once. For whoever counts by visitor and learns late whom to count.
 *
 * @returns in no order; what the installation no longer keeps is missing
 */
export async function readVisitorEvents(context: SqlContext, spans: readonly VisitorTime[]): Promise<LoggedEvent[]> {
  if (spans.length === 0) return []
  // An id may run ahead of the instant at which its event counts, never behind.
  const firstIds = spans.map(({ from }) => firstIdAt(from))
  const lastIds = spans.map(({ to }) => firstIdAt(new Date(to.getTime() + maxLeadMs + 1)))
  const rows = await context.db.query<LoggedRow>(
    selectVisitorEvents(
      spans.map(({ visitorId }) => visitorId),
      spans.map(({ from }) => from.toISOString()),
      spans.map(({ to }) => to.toISOString()),
      firstIds,
      lastIds,
      firstIds.toSorted()[0],
      lastIds.toSorted().at(-1),
    ),
  )
  return rows.map(({ amountMinor, currency, ...event }) => ({
    ...event,
    value: amountMinor === null || currency === null ? null : { amountMinor, currency },
  }))
}

type LoggedRow = Omit<LoggedEvent, 'value'> & { amountMinor: number | null; currency: string | null }

const selectVisitorEvents = prepared(
  'tracking_select_visitor_events',
  `select event."id", event."visitorId", event."name", event."goal", event."at", event."url", event."properties",
     event."path", event."referrerHost", event."channel", event."utmSource", event."utmMedium", event."utmCampaign",
     event."utmTerm", event."utmContent", event."country", event."device", event."browser", event."os",
     event."amountMinor"::float8 as "amountMinor", event."currency", event."metrics"
   from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::uuid[])
       as span ("visitorId", "from", "to", "firstId", "lastId")
     cross join lateral (
       select * from "TrackingEvent" logged
       where logged."visitorId" = span."visitorId" and logged."id" >= span."firstId" and logged."id" < span."lastId"
         and logged."at" >= span."from" and logged."at" < span."to"
         -- The bounds of all spans again: weeks beyond them are left out once, not for each visitor.
         and logged."id" >= $6::uuid and logged."id" < $7::uuid
     ) event`,
)
