import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from './event.ts'

/** Stands for "no page" and, as experiment and variant, for "whatever the experiment" in the rollups' keys. */
export const noId = '00000000-0000-0000-0000-000000000000'

/** Counts events that are new in the log, in the transaction that logged them. */
export async function countEvents(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
  const minutes = [...byMinute(events).values()]
  await tx.db.query(
    addToMinutes(
      minutes.map(({ pageId }) => pageId),
      minutes.map(({ siteId }) => siteId),
      minutes.map(({ name }) => name),
      minutes.map(({ experimentId }) => experimentId),
      minutes.map(({ variantId }) => variantId),
      minutes.map(({ minute }) => minute),
      minutes.map(({ count }) => count),
    ),
  )
  const presences = [...byPresence(events).values()]
  if (presences.length === 0) return
  await tx.db.query(
    addPresence(
      presences.map(({ pageId }) => pageId),
      presences.map(({ siteId }) => siteId),
      presences.map(({ quarter }) => quarter),
      presences.map(({ visitorId }) => visitorId),
    ),
  )
}

interface MinuteCount {
  readonly pageId: string
  readonly siteId: string
  readonly name: string
  readonly experimentId: string
  readonly variantId: string
  readonly minute: string
  count: number
}

/** One count for the event itself and one more for each experiment that it belongs to. */
function byMinute(events: readonly TrackedEvent[]): Map<string, MinuteCount> {
  const counts = new Map<string, MinuteCount>()
  for (const { pageId, siteId, name, at, experiments } of events) {
    const minute = floor(at, 1)
    const page = pageId ?? noId
    for (const [experimentId, variantId] of [[noId, noId], ...Object.entries(experiments ?? {})] as [
      string,
      string,
    ][]) {
      const key = `${page} ${siteId} ${name} ${experimentId} ${variantId} ${minute}`
      const known = counts.get(key)
      if (known) known.count++
      else counts.set(key, { pageId: page, siteId, name, experimentId, variantId, minute, count: 1 })
    }
  }
  return counts
}

interface Presence {
  readonly pageId: string
  readonly siteId: string
  readonly quarter: string
  readonly visitorId: string
}

/** Who viewed which page in which quarter of an hour, each once. */
function byPresence(events: readonly TrackedEvent[]): Map<string, Presence> {
  const presences = new Map<string, Presence>()
  for (const { name, pageId, siteId, at, visitorId } of events) {
    if (name !== 'pageview') continue
    const presence = { pageId: pageId ?? noId, siteId, quarter: floor(at, 15), visitorId }
    presences.set(`${presence.pageId} ${siteId} ${presence.quarter} ${visitorId}`, presence)
  }
  return presences
}

function floor(at: Date, minutes: number): string {
  const step = minutes * 60_000
  return new Date(Math.floor(at.getTime() / step) * step).toISOString()
}

// Both in the order of the key: two batches of one workspace never wait for each other in a circle.
const addToMinutes = prepared(
  'tracking_add_to_minutes',
  `insert into "TrackingMinute" as total ("pageId", "siteId", "name", "experimentId", "variantId", "minute", "count")
   select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::int[])
   order by 1, 2, 3, 4, 5, 6
   on conflict ("workspaceId", "pageId", "siteId", "name", "experimentId", "variantId", "minute")
   do update set "count" = total."count" + excluded."count"`,
)

const addPresence = prepared(
  'tracking_add_presence',
  `insert into "TrackingPresence" ("pageId", "siteId", "quarter", "visitorId")
   select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[])
   order by 1, 2, 3, 4
   on conflict do nothing`,
)
