import { visitorHash } from '../../packages/plugins/tracking/src/visitorCounts.ts'
import type { Installation } from './installation.ts'

type Queried = Pick<Installation, 'query'>

/** What the counts, each made in its own way, have more or less than the log of events: "pageviews by the hour: 12 counted, 11 logged". */
export async function miscounts(installation: Queried): Promise<string[]> {
  const [sums, visitors] = [await sumsBesideTheLog(installation), await visitorsBesideTheLog(installation)]
  return [...sums, ...visitors]
}

/** As a row without a page, and an experiment's totals of exposures, are called. */
const none = '00000000-0000-0000-0000-000000000000'

/**
 * Sums of what is counted by the minute, by the hour, by session and by subject. Days and six hours are put together from the hours when
 * they are over, and experiments count the earliest exposure of each visitor and what came after it; here it is the demo's, whose goal has no filter and no window that a run would outlast.
 */
async function sumsBesideTheLog(installation: Queried): Promise<string[]> {
  const rows = await installation.query<{ what: string; counted: number; logged: number }>(
    `with "log" as materialized (select * from "TrackingEvent"),
       "times" as (select "name", count(*) as "times" from "log" group by 1),
       "hours" as (select d."dimension", sum("pageviews") as "pageviews", sum("conversions") as "conversions", sum("sessions") as "sessions",
           sum("engagedMs") as "engagedMs" from unnest(array['', 'path']) as d ("dimension")
         left join "TrackingHour" h on h."dimension" = d."dimension" and h."pageId" = $1 group by 1),
       "minutes" as (select "name", sum("count") as "times" from "TrackingMinute" where "experimentId" = $1 group by 1),
       "sessions" as (select count(*) as "sessions", sum("pageviews") as "pageviews", sum("conversions") as "conversions",
           sum("engagedMs") as "engagedMs", sum("events") as "events" from "TrackingSession"),
       "met" as (select met."key"::uuid as "experimentId", "visitorId", min("at") as "at" from "log", jsonb_each("experiments") met group by 1, 2),
       "logged" as (select "experimentId", count(*) as "subjects" from "met" group by 1),
       "exposures" as (select "experimentId", count(*) as "subjects" from "ExperimentExposure" group by 1),
       "slices" as (select unnest(array['', 'device', 'country', 'channel']) as "dimension"),
       "totals" as (select "experimentId", "metricId", "dimension", sum("subjects") as "subjects" from "ExperimentTotal" group by 1, 2, 3),
       "values" as (select "experimentId", "metricId", count(*) filter (where "value" <> 0) as "subjects" from "ExperimentSubjectValue" group by 1, 2),
       "metrics" as (select g."experimentId", m."id" as "metricId", m."key", m."kind", m."event" from "ExperimentGoal" g join "ExperimentMetric" m on m."id" = g."metricId")
     select "what", coalesce("counted", 0)::float as "counted", coalesce("logged", 0)::float as "logged" from (
       select 'by the minute: ' || "name" as "what", m."times" as "counted", t."times" as "logged" from "times" t full join "minutes" m using ("name")
       union all select 'pageviews by the hour and ' || "dimension", "pageviews", (select count(*) from "log" where "name" = 'pageview') from "hours"
       union all select 'conversions by the hour and ' || "dimension", "conversions", (select count(*) from "log" where "name" = 'conversion') from "hours"
       union all select 'sessions by the hour', "sessions", (select "sessions" from "sessions") from "hours" where "dimension" = ''
       union all select 'engagement by the hour', "engagedMs", (
           select sum(("metrics"->>'engagedMs')::int) from "log") from "hours" where "dimension" = ''
       union all select 'pageviews by session', "pageviews", (select count(*) from "log" where "name" = 'pageview') from "sessions"
       union all select 'conversions by session', "conversions", (select count(*) from "log" where "name" = 'conversion') from "sessions"
       union all select 'engagement by session', "engagedMs", (select sum(("metrics"->>'engagedMs')::int) from "log") from "sessions"
       union all select 'events by session', "events", (select count(*) from "log") from "sessions"
       union all select 'revenue by the hour', (select sum("amountMinor") from "TrackingRevenue" where "pageId" = $1 and "dimension" = ''), (
           select sum("amountMinor") from "log")
       union all select 'exposures of ' || "experimentId", e."subjects", l."subjects" from "logged" l full join "exposures" e using ("experimentId")
       union all select 'exposures of ' || "experimentId" || ' by ' || "dimension", t."subjects", l."subjects"
         from "logged" l cross join "slices" left join (select * from "totals" where "metricId" = $1) t using ("experimentId", "dimension")
       union all select 'subjects of ' || m."experimentId" || ' with ' || m."key", v."subjects", (
           select count(distinct "visitorId") from "log" join "met" using ("visitorId")
           where "met"."experimentId" = m."experimentId" and "name" = 'conversion' and "goal" = m."event" and "log"."at" >= "met"."at")
         from "metrics" m left join "values" v using ("experimentId", "metricId") where m."kind" = 'conversion'
       union all select 'subjects of ' || "experimentId" || ' with ' || m."key" || ' by ' || "dimension", t."subjects", v."subjects"
         from "metrics" m cross join "slices" left join "totals" t using ("experimentId", "metricId", "dimension")
           left join "values" v using ("experimentId", "metricId")
     ) compared order by 1`,
    [none],
  )
  return rows
    .filter(({ counted, logged }) => counted !== logged)
    .map(({ what, counted, logged }) => `${what}: ${counted} counted, ${logged} logged`)
}

/**
 * Of each hour, one by one: the visitors that a row holds are those of the hour's pageviews in the log, and nobody else. Hours are those of UTC, as of any time
 * zone that is whole hours away from it.
 */
async function visitorsBesideTheLog(installation: Queried): Promise<string[]> {
  const logged = await installation.query<{ at: string; visitors: string[] }>(
    `select "siteId" || ' ' || date_trunc('hour', "at", 'UTC')::text as "at", array_agg(distinct "visitorId") as "visitors"
     from "TrackingEvent" where "name" = 'pageview' group by 1`,
  )
  const counted = await installation.query<{ at: string; few: string[]; cells: string | null }>(
    `select "siteId" || ' ' || "hour"::text as "at", "few"::text[] as "few", "cells"::text as "cells"
     from "TrackingVisitors" where "pageId" = $1 and "dimension" = ''`,
    [none],
  )
  const visitorsAt = new Map(logged.map(({ at, visitors }) => [at, visitors]))
  const rowAt = new Map(counted.map((row) => [row.at, row]))
  return [...new Set([...visitorsAt.keys(), ...rowAt.keys()])].flatMap((at) => {
    const row = rowAt.get(at)
    const hashes = (visitorsAt.get(at) ?? []).map(visitorHash)
    const [expected, found] = row?.cells
      ? [hashes.map((hash) => `${hash & 65_535n}`), [...row.cells.matchAll(/1/g)].map(({ index }) => `${index}`)]
      : [hashes.map(String), row?.few ?? []]
    const lacking = new Set(expected).difference(new Set(found))
    const beyond = new Set(found).difference(new Set(expected))
    return lacking.size + beyond.size === 0
      ? []
      : [`visitors of ${at}: ${hashes.length} logged, ${lacking.size} not counted, ${beyond.size} that are none`]
  })
}
