import { prepared, type SqlContext } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import { resultsChanged } from '../events.ts'

/**
 * Works out what the percentiles that metrics are capped at come to now, over all subjects that have any, and counts the
 * totals of those metrics again where that moved: all in one transaction, so that results never mix two caps. What
 * arrives between two runs is counted with the cap of the last one.
 *
 * Winsorizing at a percentile of the data: GrowthBook's "percentile capping", over all variants together, so that a
 * variant cannot move its own cap apart from the others'.
 *
 * @returns how many metrics of experiments got another cap
 */
export async function capAtPercentiles(context: SqlContext, tracking: Pick<Tracking, 'takeTurn'>): Promise<number> {
  const capped = await context.db.query(selectCapped())
  if (capped.length === 0) return 0
  return context.sqlTransaction(async (tx) => {
    await tracking.takeTurn(tx)
    const moved = await tx.db.query<{ experimentId: string; metricId: string }>(updateCaps())
    if (moved.length === 0) return 0
    const ids = [moved.map(({ experimentId }) => experimentId), moved.map(({ metricId }) => metricId)]
    await tx.db.query(deleteTotals(...ids))
    await tx.db.query(countAgain(...ids))
    for (const experimentId of new Set(ids[0])) tx.announce(resultsChanged, experimentId, { experimentId })
    return moved.length
  })
}

const isCapped = `g."workspaceId" = current_workspace() and exists (select from "Experiment" e
     where e."workspaceId" = g."workspaceId" and e."id" = g."experimentId" and e."status" = 'running')
   and m."workspaceId" = g."workspaceId" and m."id" = g."metricId" and m."capPercentile" is not null`

const selectCapped = prepared(
  'experiments_select_capped',
  `select from "ExperimentGoal" g, "ExperimentMetric" m where ${isCapped} limit 1`,
)

const updateCaps = prepared(
  'experiments_update_caps',
  `with caps as (
     select g."experimentId", g."metricId", percentile_cont(m."capPercentile") within group (order by v."value") as "cap"
     from "ExperimentGoal" g, "ExperimentMetric" m, "ExperimentSubjectValue" v
     where ${isCapped} and v."workspaceId" = g."workspaceId" and v."experimentId" = g."experimentId" and v."metricId" = g."metricId"
       and v."value" > 0
     group by g."experimentId", g."metricId", m."capPercentile"
   )
   update "ExperimentGoal" g set "cap" = caps."cap" from caps
   where g."workspaceId" = current_workspace() and g."experimentId" = caps."experimentId" and g."metricId" = caps."metricId"
     and g."cap" is distinct from caps."cap"
   returning g."experimentId", g."metricId"`,
)

const these = 'unnest($1::uuid[], $2::uuid[]) as these ("experimentId", "metricId")'

const deleteTotals = prepared(
  'experiments_delete_totals_of',
  `delete from "ExperimentTotal" t using ${these}
   where t."workspaceId" = current_workspace() and t."experimentId" = these."experimentId" and t."metricId" = these."metricId"`,
)

// As subjectValue.ts counts one subject: a day adds the difference of what the subject had, capped, at its end and before it.
const countAgain = prepared(
  'experiments_count_again',
  `with subjects as (
     select v."experimentId", v."metricId", v."subject", v."byDay", coalesce(least(v."before", g."cap"), 0) as "before", g."cap",
       x."phase", x."variantId", x."day" as "exposureDay", slice."dimension", coalesce(slice."value", '') as "slice"
     from ${these}
       join "ExperimentGoal" g on g."workspaceId" = current_workspace() and g."experimentId" = these."experimentId" and g."metricId" = these."metricId"
       join "ExperimentSubjectValue" v on v."workspaceId" = g."workspaceId" and v."experimentId" = g."experimentId" and v."metricId" = g."metricId"
       join "ExperimentExposure" x on x."workspaceId" = v."workspaceId" and x."experimentId" = v."experimentId" and x."subject" = v."subject"
       cross join lateral (values ('', ''), ('device', x."device"), ('country', x."country"), ('channel', x."channel")) as slice ("dimension", "value")
   ), running as (
     select subjects.*, ("added"."entry" ->> 0)::date as "day", "added"."place",
       sum(("added"."entry" ->> 1)::float8) over (partition by "experimentId", "metricId", "subject", "dimension" order by "added"."place") as "until"
     from subjects cross join lateral jsonb_array_elements("byDay") with ordinality as "added" ("entry", "place")
   ), capped as (
     select *, least("until", "cap") as "x",
       coalesce(lag(least("until", "cap")) over (partition by "experimentId", "metricId", "subject", "dimension" order by "place"), 0) as "earlier"
     from running
   ), changes as (
     select "experimentId", "metricId", "phase", "variantId", "dimension", "slice", "day",
       case when "place" = 1 then 1 else 0 end as "subjects", "x" - "earlier" as "sum", "x" * "x" - "earlier" * "earlier" as "sumOfSquares",
       0::float8 as "otherSum", 0::float8 as "otherSumOfSquares", ("x" - "earlier") * "before" as "sumOfProducts"
     from capped
     union all
     select "experimentId", "metricId", "phase", "variantId", "dimension", "slice", "exposureDay",
       0, 0, 0, "before", "before" * "before", 0
     from subjects where "before" <> 0
   )
   insert into "ExperimentTotal" ("experimentId", "metricId", "phase", "variantId", "dimension", "value", "day",
     "subjects", "sum", "sumOfSquares", "otherSum", "otherSumOfSquares", "sumOfProducts")
   select "experimentId", "metricId", "phase", "variantId", "dimension", "slice", "day",
     sum("subjects"), sum("sum"), sum("sumOfSquares"), sum("otherSum"), sum("otherSumOfSquares"), sum("sumOfProducts")
   from changes group by 1, 2, 3, 4, 5, 6, 7`,
)
