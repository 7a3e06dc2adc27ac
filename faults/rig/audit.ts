import type { Installation } from './installation.ts'
import type { Load } from './load.ts'

/** What the load was told, beside what the installation holds. */
export interface Audit {
  /** Events whose keeping was acknowledged. */
  readonly acknowledged: number
  /** Acknowledged, and not in the log. */
  readonly lost: number
  /** What the counts, each made in its own way, have more or less than the log: "pageviews by the hour: 12 of 11". */
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
    miscounted: await miscounted(installation),
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

/** Each count is made by other code than the log: by the minute, by the hour, by session. */
async function miscounted(installation: Pick<Installation, 'query'>): Promise<string[]> {
  const nowhere = '00000000-0000-0000-0000-000000000000'
  const rows = await installation.query<{ what: string; counted: number; logged: number }>(
    `with "log" as (select "name", count(*)::int as "times" from "TrackingEvent" group by 1)
     select 'by the minute: ' || l."name" as "what", l."times" as "logged", (
         select coalesce(sum("count"), 0)::int from "TrackingMinute" m
         where m."name" = l."name" and m."experimentId" = $1) as "counted" from "log" l
     union all select 'by the hour: pageview', (select coalesce(sum("times"), 0)::int from "log" where "name" = 'pageview'), (
         select coalesce(sum("pageviews"), 0)::int from "TrackingHour" where "pageId" = $1 and "dimension" = '')
     union all select 'by the hour: conversion', (select coalesce(sum("times"), 0)::int from "log" where "name" = 'conversion'), (
         select coalesce(sum("conversions"), 0)::int from "TrackingHour" where "pageId" = $1 and "dimension" = '')
     union all select 'by the hour and path: pageview', (select coalesce(sum("times"), 0)::int from "log" where "name" = 'pageview'), (
         select coalesce(sum("pageviews"), 0)::int from "TrackingHour" where "pageId" = $1 and "dimension" = 'path')
     union all select 'by session: pageview', (select coalesce(sum("times"), 0)::int from "log" where "name" = 'pageview'), (
         select coalesce(sum("pageviews"), 0)::int from "TrackingSession")
     union all select 'by session: conversion', (select coalesce(sum("times"), 0)::int from "log" where "name" = 'conversion'), (
         select coalesce(sum("conversions"), 0)::int from "TrackingSession")`,
    [nowhere],
  )
  return rows
    .filter(({ counted, logged }) => counted !== logged)
    .map(({ what, counted, logged }) => `${what}: ${counted} counted, ${logged} logged`)
}
