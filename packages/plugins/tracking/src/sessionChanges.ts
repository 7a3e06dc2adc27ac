import { type AnyColumn, columnArray, prepared, type SqlContext, type Statement } from '@espalier/core'
import { reservedNames, type TrackedEvent } from './event.ts'
import type { EventStore, VisitorSpan } from './eventStore.ts'
import {
  activeIn,
  inOrder,
  isAfter,
  type Session,
  type SessionEvent,
  sessionsOf,
  silenceMs,
  type ToldSession,
} from './sessions.ts'

/** What new events changed: sessions as they were, with the steps that no longer count so, and as they are. */
export interface SessionChanges {
  readonly before: readonly ToldSession[]
  readonly after: readonly ToldSession[]
}

/**
 * What events that are new in the log, in whatever order they come, make of the sessions of their visitors. What comes after all
 * that is known of a visitor continues their last session; what comes late has the sessions around it derived from the log again.
 * The caller holds the workspace's turn (see turn.ts), and writes the changes with {@link statementsOf}.
 */
export async function changedSessions(
  tx: SqlContext,
  store: EventStore,
  events: readonly TrackedEvent[],
): Promise<SessionChanges> {
  const arrivals = arrivalsOf(events)
  if (arrivals.length === 0) return { before: [], after: [] }
  const stored = await sessionsNear(tx, arrivals)
  const before: ToldSession[] = []
  const after: ToldSession[] = []
  const late: { arrival: Arrival; sessions: Session[] }[] = []
  for (const arrival of arrivals) {
    const sessions = stored.get(arrival.key) ?? []
    const last = sessions.at(-1)
    if (last && !isAfter(arrival.events[0] as SessionEvent, last)) {
      late.push({ arrival, sessions })
      continue
    }
    const told = sessionsOf(arrival.events, last)
    if (last && told[0]?.steps.length === 0) told.shift()
    else if (last) before.push({ session: last, steps: [] })
    after.push(...told)
  }
  if (late.length > 0) await deriveAgain(tx, store, late, { before, after })
  return { before, after }
}

/** The new events of one visitor on one site, in order. */
interface Arrival {
  readonly key: string
  readonly siteId: string
  readonly visitorId: string
  readonly events: readonly SessionEvent[]
}

function arrivalsOf(events: readonly TrackedEvent[]): Arrival[] {
  const byVisitor = Map.groupBy(
    events.filter(({ name }) => !reservedNames.has(name)),
    ({ siteId, visitorId }) => `${siteId} ${visitorId}`,
  )
  return [...byVisitor].map(([key, events]) => {
    const { siteId, visitorId } = events[0] as TrackedEvent
    return { key, siteId, visitorId, events: inOrder(events) }
  })
}

/**
 * Sessions around late events, told anew. What an event changes may reach as far as no silence of 30 minutes
 * stands in between, so all of that is read.
 */
async function deriveAgain(
  tx: SqlContext,
  store: EventStore,
  late: readonly { arrival: Arrival; sessions: Session[] }[],
  changes: { before: ToldSession[]; after: ToldSession[] },
): Promise<void> {
  let reaching = late.map(({ arrival, sessions }) => ({ ...arrival, ...spanOf(arrival, sessions), open: true }))
  while (reaching.some(({ open }) => open)) {
    const near = await sessionsNear(tx, reaching)
    reaching = reaching.map((reach) => {
      const { from, to } = spanOf(reach, near.get(reach.key) ?? [])
      const open = from < reach.from || to > reach.to
      return { ...reach, from, to, open }
    })
  }
  const spans = reaching.map(({ siteId, visitorId, from, to }) => ({ siteId, visitorId, from, to }))
  const known = Map.groupBy(await store.ofVisitors(tx, spans), ({ siteId, visitorId }) => `${siteId} ${visitorId}`)
  for (const { key, events } of reaching) {
    const all = inOrder((known.get(key) ?? []).filter(({ name }) => !reservedNames.has(name)))
    const fresh = new Set(events.map(({ id }) => id))
    changes.before.push(...sessionsOf(all.filter(({ id }) => !fresh.has(id))))
    changes.after.push(...sessionsOf(all))
  }
}

/** From the first to the last of some events and sessions. */
function spanOf(
  { events, ...reach }: { events: readonly SessionEvent[]; from?: Date; to?: Date },
  sessions: readonly Session[],
): { from: Date; to: Date } {
  const starts = [reach.from ?? (events[0] as SessionEvent).at, ...sessions.map(({ startedAt }) => startedAt)]
  const ends = [reach.to ?? (events.at(-1) as SessionEvent).at, ...sessions.map(({ endedAt }) => endedAt)]
  return {
    from: new Date(Math.min(...starts.map((at) => at.getTime()))),
    to: new Date(Math.max(...ends.map((at) => at.getTime()))),
  }
}

/** Stored sessions that silence does not part from the spans, by site and visitor, in order. */
async function sessionsNear(tx: SqlContext, reaches: readonly Reach[]): Promise<Map<string, Session[]>> {
  const rows = await tx.db.query<Session>(selectSessions(...near.map((column) => columnArray(column, reaches))))
  return Map.groupBy(rows, ({ siteId, visitorId }) => `${siteId} ${visitorId}`)
}

/** Where sessions are looked for: around a visitor's events, or as far as is said. */
type Reach = Pick<Arrival, 'siteId' | 'visitorId' | 'events'> & Partial<VisitorSpan>

const near: readonly AnyColumn<Reach>[] = [
  { name: 'siteId', type: 'uuid', of: ({ siteId }) => siteId },
  { name: 'visitorId', type: 'uuid', of: ({ visitorId }) => visitorId },
  {
    name: 'from',
    type: 'timestamptz',
    of: ({ from, events }) => new Date((from ?? (events[0] as SessionEvent).at).getTime() - silenceMs),
  },
  {
    name: 'to',
    type: 'timestamptz',
    of: ({ to, events }) => new Date((to ?? (events.at(-1) as SessionEvent).at).getTime() + silenceMs),
  },
]

/**
 * Writes sessions as they are now, and deletes those that are none any more. A session's id is of it alone in a workspace. Those that
 * go on from their row (told before without a step) are most, and are written in what can change of a session.
 */
export function statementsOf({ before, after }: SessionChanges): Statement[] {
  const kept = new Set(after.map(({ session }) => session.id))
  const gone = before.map(({ session }) => session).filter(({ id }) => !kept.has(id))
  const rowIds = new Set(before.filter(({ steps }) => steps.length === 0).map(({ session }) => session.id))
  const sessions = after.map(({ session }) => session)
  const goingOn = sessions.filter(({ id }) => rowIds.has(id))
  const others = rowIds.size > 0 ? sessions.filter(({ id }) => !rowIds.has(id)) : sessions
  const statements: Statement[] = []
  if (gone.length > 0)
    statements.push(
      deleteSessions(
        gone.map(({ siteId }) => siteId),
        gone.map(({ visitorId }) => visitorId),
        gone.map(({ id }) => id),
      ),
    )
  if (goingOn.length > 0)
    statements.push(updateSessions(...[...keys, ...changing].map((column) => columnArray(column, goingOn))))
  if (others.length > 0) statements.push(upsertSessions(...written.map((column) => columnArray(column, others))))
  return statements
}

const keys: readonly AnyColumn<Session>[] = [
  { name: 'siteId', type: 'uuid', of: ({ siteId }) => siteId },
  { name: 'visitorId', type: 'uuid', of: ({ visitorId }) => visitorId },
  { name: 'id', type: 'uuid', of: ({ id }) => id },
]

/** What the first event of a session says of it. */
const lasting: readonly AnyColumn<Session>[] = [
  { name: 'startedAt', type: 'timestamptz', of: ({ startedAt }) => startedAt },
  { name: 'campaign', type: 'text', of: ({ campaign }) => campaign },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'referrerHost', type: 'text', of: ({ referrerHost }) => referrerHost },
  { name: 'utmSource', type: 'text', of: ({ utmSource }) => utmSource },
  { name: 'utmMedium', type: 'text', of: ({ utmMedium }) => utmMedium },
  { name: 'utmCampaign', type: 'text', of: ({ utmCampaign }) => utmCampaign },
  { name: 'country', type: 'text', of: ({ country }) => country },
  { name: 'device', type: 'text', of: ({ device }) => device },
  { name: 'browser', type: 'text', of: ({ browser }) => browser },
  { name: 'os', type: 'text', of: ({ os }) => os },
]

/** What later events change. */
const growing: readonly AnyColumn<Session>[] = [
  { name: 'endedAt', type: 'timestamptz', of: ({ endedAt }) => endedAt },
  { name: 'lastEventId', type: 'uuid', of: ({ lastEventId }) => lastEventId },
  { name: 'entryPageId', type: 'uuid', of: ({ entryPageId }) => entryPageId },
  { name: 'entryPath', type: 'text', of: ({ entryPath }) => entryPath },
  { name: 'exitPageId', type: 'uuid', of: ({ exitPageId }) => exitPageId },
  { name: 'exitPath', type: 'text', of: ({ exitPath }) => exitPath },
  { name: 'events', type: 'bigint', of: ({ events }) => events },
  { name: 'pageviews', type: 'bigint', of: ({ pageviews }) => pageviews },
  { name: 'conversions', type: 'bigint', of: ({ conversions }) => conversions },
  { name: 'engagedMs', type: 'bigint', of: ({ engagedMs }) => engagedMs },
  { name: 'acted', type: 'boolean', of: ({ acted }) => acted },
  { name: 'scrollDepth', type: 'bigint', of: ({ scrollDepth }) => scrollDepth },
  { name: 'experiments', type: 'jsonb', of: ({ experiments }) => JSON.stringify(experiments) },
]

const names = [...keys, ...lasting, ...growing].map(({ name }) => `"${name}"`)

const changing: readonly AnyColumn<Session>[] = [
  ...growing,
  // Written and not read again: where those that go on are found (see liveMetrics.ts).
  { name: 'activeIn', type: 'timestamptz', of: ({ endedAt }) => activeIn(endedAt) },
]
const written = [...keys, ...lasting, ...changing]
const writtenNames = written.map(({ name }) => `"${name}"`)

const selectSessions = prepared(
  'tracking_select_sessions',
  `select ${names.map((name) => `session.${name}`).join(', ')}
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as near ("siteId", "visitorId", "from", "to")
     join "TrackingSession" session using ("siteId", "visitorId")
   where session."endedAt" > near."from" and session."startedAt" < near."to"
   order by session."startedAt", session."id"`,
)

const deleteSessions = prepared(
  'tracking_delete_sessions',
  `delete from "TrackingSession" session using unnest($1::uuid[], $2::uuid[], $3::uuid[]) as gone ("siteId", "visitorId", "id")
   where session."siteId" = gone."siteId" and session."visitorId" = gone."visitorId" and session."id" = gone."id"`,
)

const upsertSessions = prepared(
  'tracking_upsert_sessions',
  `insert into "TrackingSession" (${writtenNames.join(', ')})
   select * from unnest(${written.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})
   on conflict ("workspaceId", "siteId", "visitorId", "id")
   do update set ${writtenNames
     .slice(3)
     .map((name) => `${name} = excluded.${name}`)
     .join(', ')}`,
)

const goingOnNames = [...keys, ...changing].map(({ name }) => `"${name}"`)

const updateSessions = prepared(
  'tracking_update_sessions',
  `update "TrackingSession" session set ${changing.map(({ name }) => `"${name}" = new."${name}"`).join(', ')}
   from unnest(${[...keys, ...changing].map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})
     as new (${goingOnNames.join(', ')})
   where session."siteId" = new."siteId" and session."visitorId" = new."visitorId" and session."id" = new."id"`,
)
