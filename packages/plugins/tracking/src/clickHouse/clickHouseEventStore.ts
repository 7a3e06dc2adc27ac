import type { SqlContext, SystemContext } from '@espalier/core'
import { maxLeadMs, type TrackedEvent } from '../event.ts'
import { firstIdAt } from '../eventId.ts'
import type { EventStore, VisitorSpan } from '../eventStore.ts'
import type { GoalKey, GoalScope } from '../goalCounts.ts'
import { claimOnce } from '../onceClaims.ts'
import type { SessionEvent } from '../sessions.ts'
import type { LoggedEvent, VisitorTime } from '../visitorEvents.ts'
import { dropKeys, openBatch, prepareKeys, takeKeys } from './batches.ts'
import { Believed } from './believed.ts'
import { ClickHouse, type ClickHouseAddress, ClickHouseError } from './clickHouse.ts'
import { hourOf, type LogRow, makeTables, rowsOf, tablesOf, writtenColumns } from './logTable.ts'
import { settle } from './settling.ts'
import { bigNumber, joined, name, type Sql, sqlText, uuid } from './sqlText.ts'
import { WorkspaceLog } from './workspaceLog.ts'

/**
 * The log in ClickHouse, beside PostgreSQL, which goes on counting.
 *
 * ClickHouse knows no transactions, so it is written within one of PostgreSQL's and believed only after: a batch takes its keys
 * and its number there, is inserted here, and is read once that transaction was committed. Acknowledged means that both have it.
 * What a crash leaves behind is read by nobody, and deleted by {@link ClickHouseEventStore.settle}.
 */
export class ClickHouseEventStore implements EventStore {
  readonly #house: ClickHouse
  readonly #believed: Believed

  constructor(address: ClickHouseAddress) {
    this.#house = new ClickHouse(address)
    this.#believed = new Believed(this.#house)
  }

  async append(tx: SqlContext, events: readonly TrackedEvent[]): Promise<TrackedEvent[]> {
    const claimed = await claimOnce(tx, events)
    if (claimed.length === 0) return []
    const keys = await takeKeys(
      tx,
      claimed.map(({ id }) => id),
    )
    const fresh = keys.size === claimed.length ? claimed : claimed.filter(({ id }) => keys.has(id))
    if (fresh.length === 0) return []
    const batch = await openBatch(tx)
    const rows = rowsOf(fresh, { workspaceId: tx.workspaceId, batch, receivedAt: tx.clock.now() })
    const insert = () => this.#house.insert(tablesOf(this.#house).all, writtenColumns, rows)
    await insert().catch(async (error) => {
      // It was away when this process started, or is a new one.
      if (!(error instanceof ClickHouseError) || !tableMissing.has(error.code)) throw error
      await makeTables(this.#house)
      await insert()
    })
    return fresh
  }

  async ofVisitors(tx: SqlContext, spans: readonly VisitorSpan[]): Promise<SessionEvent[]> {
    const bySubject = new Map(spans.map((span) => [`${span.siteId} ${span.visitorId}`, span]))
    const rows = await this.#ofVisitorsIn(tx, spans)
    return rows.map(toldEvent<SessionEvent>).filter(({ siteId, visitorId, at }) => {
      const span = bySubject.get(`${siteId} ${visitorId}`)
      return span !== undefined && at >= span.from && at <= span.to
    })
  }

  async ofVisitorsAnywhere(context: SqlContext, spans: readonly VisitorTime[]): Promise<LoggedEvent[]> {
    const byVisitor = new Map(spans.map((span) => [span.visitorId, span]))
    const rows = await this.#ofVisitorsIn(context, spans)
    return rows.map(toldEvent<LoggedEvent>).filter(({ visitorId, at }) => {
      const span = byVisitor.get(visitorId)
      return span !== undefined && at >= span.from && at < span.to
    })
  }

  async goalCounts(
    context: SqlContext,
    { goal, siteId, pageId, from, to }: GoalScope,
    by: GoalKey,
  ): Promise<Map<number | string | null, number>> {
    const stepMs = by === 'HOUR' ? 3600_000 : by === 'MINUTE' ? 60_000 : null
    const key = stepMs === null ? name(by) : sqlText`intDiv("at" - ${from}, ${stepMs}) * ${stepMs} + ${from}`
    const counts = await this.#log(context).counts(
      key,
      joined(
        [
          sqlText`"name" = 'conversion' AND "goal" = ${goal} AND "at" >= ${from} AND "at" < ${to}`,
          hoursBetween(from, to),
          ...(siteId ? [sqlText`"siteId" = ${uuid(siteId)}`] : []),
          ...(pageId ? [sqlText`"pageId" = ${uuid(pageId)}`] : []),
        ],
        ' AND ',
      ),
    )
    return new Map([...counts].map(([value, count]) => [stepMs === null ? value : Number(value), count]))
  }

  async countSince(_system: SystemContext, since: Date): Promise<number> {
    const [row] = await this.#house.read<[string]>(
      sqlText`SELECT count() FROM ${tablesOf(this.#house).all}
        WHERE "hour" >= ${hourOf(since)} AND "id" >= ${uuid(firstIdAt(since))}`,
    )
    return Number(row?.[0] ?? 0)
  }

  rows(context: SqlContext): WorkspaceLog {
    return this.#log(context)
  }

  async prepare(system: SystemContext): Promise<number> {
    await makeTables(this.#house)
    return prepareKeys(system)
  }

  async dropBefore(_system: SystemContext, before: Date): Promise<number> {
    const { own } = tablesOf(this.#house)
    const weeks = await this.#house.readEverywhere<[string, string]>(sqlText`
      SELECT DISTINCT "partition", toString(toDate("partition")) FROM system.parts
      WHERE "database" = ${this.#house.database} AND "table" = 'tracking_event' AND "active"`)
    const over = new Set(
      weeks
        .filter(([, monday]) => Date.parse(`${monday}T00:00:00Z`) + weekMs <= before.getTime())
        .map(([, monday]) => monday),
    )
    for (const monday of over) await this.#house.everywhere(sqlText`ALTER TABLE ${own} DROP PARTITION ${day(monday)}`)
    return over.size
  }

  async settle(system: SystemContext): Promise<number> {
    await dropKeys(system)
    return settle(this.#house, system)
  }

  async forgetWorkspace({ workspaceId }: SqlContext): Promise<void> {
    await this.#house.everywhere(
      sqlText`ALTER TABLE ${tablesOf(this.#house).own} DELETE WHERE "workspaceId" = ${uuid(workspaceId)}`,
    )
  }

  #log(context: SqlContext): WorkspaceLog {
    return new WorkspaceLog(this.#house, this.#believed, context)
  }

  /** What some visitors did between the earliest and the latest of their spans: as much as the key can tell apart. */
  async #ofVisitorsIn(
    context: SqlContext,
    spans: readonly { visitorId: string; from: Date; to: Date }[],
  ): Promise<LogRow[]> {
    const found: LogRow[] = []
    for (let first = 0; first < spans.length; first += visitorsAtOnce) {
      const some = spans.slice(first, first + visitorsAtOnce)
      const from = new Date(Math.min(...some.map(({ from }) => from.getTime())))
      const to = new Date(Math.max(...some.map(({ to }) => to.getTime())))
      const visitors = joined(
        [...new Set(some.map(({ visitorId }) => visitorId))].map((id) => uuid(id)),
        ', ',
      )
      found.push(
        ...(await this.#log(context).find(sqlText`"visitorId" IN (${visitors}) AND ${hoursBetween(from, to)}`)),
      )
    }
    return found
  }
}

/** ClickHouse's numbers for a table and a database that it does not know. */
const tableMissing: ReadonlySet<number> = new Set([60, 81])

const weekMs = 7 * 24 * 3600_000

/** A question holds 256 KiB at most. */
const visitorsAtOnce = 1_000

/** Hours of ids whose events can have happened in a span: an id may run ahead of its event's instant, never behind. */
function hoursBetween(from: Date, to: Date): Sql {
  return sqlText`"hour" >= ${hourOf(from)} AND "hour" <= ${hourOf(new Date(to.getTime() + maxLeadMs))}`
}

/** A week's partition, as ClickHouse names it. */
function day(monday: string): Sql {
  return sqlText`toDate(${bigNumber(String(Date.parse(`${monday}T00:00:00Z`) / 86_400_000))})`
}

function toldEvent<Event>({ amountMinor, currency, ...event }: LogRow): Event {
  return { ...event, value: amountMinor === null || currency === null ? null : { amountMinor, currency } } as Event
}
