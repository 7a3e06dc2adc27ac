import type { TrackedEvent } from './event.ts'

/** What sessions are made of: everything that a visitor did. What the server decided is not. */
export type SessionEvent = Omit<TrackedEvent, 'sessionId' | 'url' | 'referrer' | 'properties' | 'goal' | 'once'>

/** From where a session came, and with what: that of its first event. */
export type SessionSource = Pick<
  TrackedEvent,
  'channel' | 'referrerHost' | 'utmSource' | 'utmMedium' | 'utmCampaign' | 'country' | 'device' | 'browser' | 'os'
>

/** A visitor's session on a site. */
export interface Session extends SessionSource {
  /** That of its first event. */
  readonly id: string
  readonly siteId: string
  readonly visitorId: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly lastEventId: string
  /** The campaign that it began with; null without one. */
  readonly campaign: string | null
  readonly entryPageId: string | null
  readonly entryPath: string | null
  readonly exitPageId: string | null
  readonly exitPath: string | null
  readonly events: number
  readonly pageviews: number
  readonly conversions: number
  readonly engagedMs: number
  /** A click, a scroll goal or a conversion happened. */
  readonly acted: boolean
  /** How far down the page that is being viewed was seen, per cent; null before a report of it. */
  readonly scrollDepth: number | null
  /** Experiment id → variant id, as first seen. */
  readonly experiments: Readonly<Record<string, string>>
}

/** An event in its session, with what it added to the depth to which its page was seen. */
export interface SessionStep {
  readonly event: SessionEvent
  readonly scroll: { readonly added: number; readonly first: boolean } | null
}

/** A session with the events that were told of it. */
export interface ToldSession {
  readonly session: Session
  readonly steps: readonly SessionStep[]
}

/** Silence that ends a session, in milliseconds. */
export const silenceMs = 30 * 60_000

/** Visible time from which on a session is engaged, in milliseconds. */
export const engagedFromMs = 10_000

/**
 * The sessions of one visitor's events on one site, a pure function of the events: 30 minutes of silence end a
 * session, and an event with a campaign (source, medium and name) that is not the session's begins the next.
 *
 * @param events in order (see {@link inOrder})
 * @param last the session before them, which they continue or follow: as if its events stood before these
 */
export function sessionsOf(events: readonly SessionEvent[], last?: Session): ToldSession[] {
  const sessions: { session: Session; steps: SessionStep[] }[] = last ? [{ session: last, steps: [] }] : []
  for (const event of events) {
    let current = sessions.at(-1)
    if (!current || begins(event, current.session)) {
      current = { session: begun(event), steps: [] }
      sessions.push(current)
    }
    const { name, metrics } = event
    const before = current.session
    const shown = name === 'pageview' ? null : before.scrollDepth
    const depth = metrics?.scrollDepth === undefined ? shown : Math.max(shown ?? 0, Math.round(metrics.scrollDepth))
    const scroll = depth === shown || depth === null ? null : { added: depth - (shown ?? 0), first: shown === null }
    current.steps.push({ event, scroll })
    const viewed = name === 'pageview'
    const entering = viewed && before.pageviews === 0
    current.session = {
      ...before,
      endedAt: event.at,
      lastEventId: event.id,
      entryPageId: entering ? event.pageId : before.entryPageId,
      entryPath: entering ? event.path : before.entryPath,
      exitPageId: viewed ? event.pageId : before.exitPageId,
      exitPath: viewed ? event.path : before.exitPath,
      events: before.events + 1,
      pageviews: before.pageviews + Number(viewed),
      conversions: before.conversions + Number(name === 'conversion'),
      engagedMs: Math.min(before.engagedMs + Math.round(metrics?.engagedMs ?? 0), maxEngagedMs),
      acted: before.acted || actions.has(name),
      scrollDepth: depth,
      experiments: event.experiments ? { ...event.experiments, ...before.experiments } : before.experiments,
    }
  }
  return sessions
}

/** By their instant, ties by id. */
export function inOrder<Event extends Pick<SessionEvent, 'at' | 'id'>>(events: readonly Event[]): Event[] {
  return [...events].sort((one, other) => compare(one, other))
}

/** Whether an event comes after everything in a session. */
export function isAfter(event: Pick<SessionEvent, 'at' | 'id'>, { endedAt, lastEventId }: Session): boolean {
  return compare(event, { at: endedAt, id: lastEventId }) > 0
}

/** The beginning of the five minutes of an instant: what sessions are found by while they go on. */
export function activeIn(at: Date): Date {
  return new Date(Math.floor(at.getTime() / activeMs) * activeMs)
}

const activeMs = 5 * 60_000

/** A session without engagement: under 10 seconds visible, no click, no scroll goal, no conversion. */
export function isBounce({ acted, engagedMs }: Pick<Session, 'acted' | 'engagedMs'>): boolean {
  return !acted && engagedMs < engagedFromMs
}

/** What the database's integers hold: 24 days. */
const maxEngagedMs = 2 ** 31 - 1

/** Names of events by which a visitor acts. A scroll goal reports itself as `scroll`. */
const actions: ReadonlySet<string> = new Set(['click', 'scroll', 'conversion'])

function compare(one: { at: Date; id: string }, other: { at: Date; id: string }): number {
  return one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : Number(one.id > other.id))
}

function begins(event: SessionEvent, { endedAt, campaign }: Session): boolean {
  if (event.at.getTime() - endedAt.getTime() >= silenceMs) return true
  const own = campaignOf(event)
  return own !== null && own !== campaign
}

/** A campaign as one text; null where an event carries none. */
function campaignOf({ utmSource, utmMedium, utmCampaign }: SessionEvent): string | null {
  if (utmSource === null && utmMedium === null && utmCampaign === null) return null
  return JSON.stringify([utmSource, utmMedium, utmCampaign])
}

function begun(event: SessionEvent): Session {
  const { id, siteId, visitorId, at, channel, referrerHost, utmSource, utmMedium, utmCampaign } = event
  const { country, device, browser, os } = event
  return {
    id,
    siteId,
    visitorId,
    startedAt: at,
    endedAt: at,
    lastEventId: id,
    campaign: campaignOf(event),
    channel,
    referrerHost,
    utmSource,
    utmMedium,
    utmCampaign,
    country,
    device,
    browser,
    os,
    entryPageId: null,
    entryPath: null,
    exitPageId: null,
    exitPath: null,
    events: 0,
    pageviews: 0,
    conversions: 0,
    engagedMs: 0,
    acted: false,
    scrollDepth: null,
    experiments: {},
  }
}
