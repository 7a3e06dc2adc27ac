import { prepared, type SqlContext, type Statement } from '@espalier/core'
import { CountedVisitors } from './countedVisitors.ts'
import { DayValues, placeOf } from './dayValues.ts'
import { noId, other } from './dimensions.ts'
import type { TrackedEvent } from './event.ts'
import type { EventStore } from './eventStore.ts'
import { HourChanges } from './hourChanges.ts'
import { hourStatements } from './hourRollups.ts'
import { madeOnce } from './madeOnce.ts'
import { changedSessions, statementsOf } from './sessionChanges.ts'
import { minuteMs, minuteOf } from './timeZone.ts'
import { takeTurn } from './turn.ts'

/** Names that need no place among the values that a day keeps apart. */
const commonNames: ReadonlySet<string> = new Set([
  'pageview',
  'click',
  'conversion',
  'exposure',
  'engagement',
  'scroll',
])

/** What this process knows to be counted, and need not ask the database for. */
export class CountedBefore {
  readonly visitors = new CountedVisitors()
  readonly values = new DayValues()

  /** Asks the database for everything again. */
  forget(): void {
    this.visitors.forget()
    this.values.forget()
  }
}

/**
 * Counts events that are new in the log, in the transaction that logged them: by the minute and name, in sessions, and
 * by the hour (for a while by the minute) with all that sessions say of where they came from. The caller holds the workspace's turn.
 *
 * @param timeZone the workspace's: where its hours begin
 */
export async function countEvents(
  tx: SqlContext,
  store: EventStore,
  events: readonly TrackedEvent[],
  timeZone: string,
  known: CountedBefore,
): Promise<void> {
  const sessions = await changedSessions(tx, store, events)
  const changes = new HourChanges(timeZone)
  changes.addSessions(sessions)
  changes.addGoals(events)
  changes.addTimings(events)
  const named = events.filter(({ name }) => !commonNames.has(name))
  const hours = changes.hours
  const beyond = await known.values.beyond(tx, [...named.map(placeOfName), ...hours])
  const visitors = known.visitors.during(tx)
  await runAll(tx, [
    minuteStatement(events, beyond),
    ...statementsOf(sessions),
    ...hourStatements(hours, changes, beyond, tx.clock.now(), visitors),
  ])
  visitors.written()
}

/** Statements of which none needs to know what another found: where the connection allows it they share a round trip. */
async function runAll(tx: SqlContext, statements: readonly Statement[]): Promise<void> {
  await Promise.all(statements.map((statement) => tx.db.query(statement)))
}

function placeOfName({ siteId, name, at }: TrackedEvent) {
  return { siteId, dimension: 'name', value: name, hour: minuteOf(at).toISOString() }
}

function minuteStatement(events: readonly TrackedEvent[], beyond: ReadonlySet<string>): Statement {
  const nameOf = (event: TrackedEvent) =>
    commonNames.has(event.name) || !beyond.has(placeOf(placeOfName(event))) ? event.name : other
  const minutes = byMinute(events, nameOf)
  return addToMinutes(
    minutes.map(({ pageId }) => pageId),
    minutes.map(({ siteId }) => siteId),
    minutes.map(({ name }) => name),
    minutes.map(({ experimentId }) => experimentId),
    minutes.map(({ variantId }) => variantId),
    minutes.map(({ minute }) => minute),
    minutes.map(({ count }) => count),
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
function byMinute(events: readonly TrackedEvent[], nameOf: (event: TrackedEvent) => string): MinuteCount[] {
  const counts: MinuteCount[] = []
  // Maps in maps: a text of all that they are told apart by would be put together and hashed for every event.
  const minutes = new Map<number, ByPage>()
  for (const event of events) {
    const { pageId, siteId, at, experiments } = event
    const name = nameOf(event)
    const page = pageId ?? noId
    const pages = madeOnce(minutes, Math.floor(at.getTime() / minuteMs), (): ByPage => new Map())
    const sites = madeOnce(pages, page, (): BySite => new Map())
    const names = madeOnce(sites, siteId, (): ByName => new Map())
    const variants = madeOnce(names, name, (): MinuteCount[] => [])
    const count = (experimentId: string, variantId: string) => {
      let known = variants.find((other) => other.variantId === variantId && other.experimentId === experimentId)
      if (!known) {
        const minute = minuteOf(at).toISOString()
        known = { pageId: page, siteId, name, experimentId, variantId, minute, count: 0 }
        variants.push(known)
        counts.push(known)
      }
      known.count++
    }
    count(noId, noId)
    for (const experimentId in experiments) count(experimentId, experiments[experimentId] as string)
  }
  return counts
}

type ByPage = Map<string, BySite>
type BySite = Map<string, ByName>
type ByName = Map<string, MinuteCount[]>

const addToMinutes = prepared(
  'tracking_add_to_minutes',
  `insert into "TrackingMinute" as total ("pageId", "siteId", "name", "experimentId", "variantId", "minute", "count")
   select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::int[])
   order by 1, 2, 3, 4, 5, 6
   on conflict ("workspaceId", "pageId", "siteId", "name", "experimentId", "variantId", "minute")
   do update set "count" = total."count" + excluded."count"`,
)

/** Counts pages that the server rendered for people who are counted, in a transaction of the workspace. */
export async function countServed(
  tx: SqlContext,
  served: readonly ServedPage[],
  timeZone: string,
  known: CountedBefore,
): Promise<void> {
  await takeTurn(tx)
  const changes = new HourChanges(timeZone)
  for (const { siteId, pageId, experiments, at, count } of served)
    changes.addServed(siteId, pageId, experiments, at, count)
  const hours = changes.hours
  const beyond = await known.values.beyond(tx, hours)
  await runAll(tx, hourStatements(hours, changes, beyond, tx.clock.now()))
}

export interface ServedPage {
  readonly siteId: string
  readonly pageId: string
  /** Experiment id → variant id. */
  readonly experiments: Readonly<Record<string, string>>
  readonly at: Date
  readonly count: number
}
