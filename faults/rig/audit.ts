import type { Installation } from './installation.ts'
import type { Load } from './load.ts'
import { miscounts } from './miscounts.ts'

/** What the load was told, beside what the installation holds. */
export interface Audit {
  /** Events whose keeping was acknowledged. */
  readonly acknowledged: number
  /** Acknowledged, and not in the log. */
  readonly lost: number
  /** What the counts, each made in its own way, have more or less than the log: "pageviews by the hour: 12 counted, 11 logged". */
  readonly miscounted: readonly string[]
  /** Changes that were answered, and how many of them are not there, or more than once. */
  readonly changes: number
  readonly changesWrong: number
  /** Goals in the log, those nobody was told of, those told as two different deliveries. */
  readonly goals: number
  readonly goalsUntold: number
  readonly goalsToldTwice: number
  /** Deliveries that came again under the same id: the documented window of an at-least-once delivery. */
  readonly deliveriesRepeated: number
}

/** Compares what was acknowledged with the log, the counts and the effects; after the last job: see {@link openJobs}. */
export async function audit(installation: Pick<Installation, 'query'>, load: Load): Promise<Audit> {
  const log = await installation.query<{ id: string; name: string }>(`select "id", "name" from "TrackingEvent"`)
  const kept = new Set(log.map(({ id }) => id))
  const acknowledged = load.sent.filter((event) => event.acknowledged)
  const conversions = log.filter(({ name }) => name === 'conversion').map(({ id }) => id)
  const told = Map.groupBy(load.effects.deliveries, ([, { eventId }]) => eventId)
  const keys = await installation.query<{ name: string; times: number }>(
    `select "name", count(*)::int as "times" from "ApiKey" where "name" like 'made under load %' group by 1`,
  )
  const times = new Map(keys.map((key) => [key.name, key.times]))
  const answered = [...load.made].filter(([, done]) => done).map(([name]) => name)
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(({ id }) => !kept.has(id)).length,
    miscounted: await miscounts(installation),
    changes: answered.length,
    changesWrong: answered.filter((name) => times.get(name) !== 1).length,
    goals: conversions.length,
    goalsUntold: conversions.filter((id) => !told.has(id)).length,
    goalsToldTwice: conversions.filter((id) => (told.get(id)?.length ?? 0) > 1).length,
    deliveriesRepeated: [...load.effects.deliveries.values()].filter((delivery) => delivery.times > 1).length,
  }
}

/**
 * How many jobs run, or could: nothing of the load is left once it is 0. The minute's tick of schedules is none of the load: one whose
 * end could not be written down counts as running for a quarter of an hour.
 */
export async function openJobs(installation: Installation): Promise<number> {
  const [row] = await installation.query<{ open: number }>(`
    select count(*)::int as "open" from pgboss.job
    where "name" <> '__pgboss__send-it' and (state = 'active' or (state in ('created', 'retry') and start_after < now()))`)
  return row?.open ?? 0
}
