import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'
import { assign } from './assignment.ts'
import type { Assignments } from './assignments.ts'
import { resultsChanged } from './events.ts'

/**
 * Counts what new tracking events mean for running experiments, in the transaction that logs the events: each
 * subject's first exposure, and its first conversion after it. A browser cannot claim another variant: the
 * claim is compared with what the subject is assigned.
 */
export async function countExposures(
  tx: SqlContext,
  events: readonly TrackedEvent[],
  assignments: Assignments,
): Promise<void> {
  const shown = new Set(events.flatMap(({ experiments }) => Object.keys(experiments ?? {})))
  const running = await assignments.running(tx, shown)
  if (running.size === 0) return
  const exposures = firstExposures(events, (experimentId, variantId, subject) => {
    const experiment = running.get(experimentId)
    return experiment !== undefined && assign(experiment.plan, subject) === variantId
  })
  const conversions = events.flatMap((event) =>
    [...running.values()]
      .filter(({ goal }) => reaches(event, goal))
      .map(({ id }) => ({ experimentId: id, subject: event.visitorId, at: event.at })),
  )
  const changed = new Set<string>()
  if (exposures.length > 0) {
    const rows = await tx.db.query<{ experimentId: string }>(
      addExposures(
        exposures.map(({ experimentId }) => experimentId),
        exposures.map(({ subject }) => subject),
        exposures.map(({ variantId }) => variantId),
        exposures.map(({ at }) => at),
      ),
    )
    for (const { experimentId } of rows) changed.add(experimentId)
  }
  if (conversions.length > 0) {
    const rows = await tx.db.query<{ experimentId: string }>(
      addConversions(
        conversions.map(({ experimentId }) => experimentId),
        conversions.map(({ subject }) => subject),
        conversions.map(({ at }) => at),
      ),
    )
    for (const { experimentId } of rows) changed.add(experimentId)
  }
  for (const experimentId of changed) tx.announce(resultsChanged, experimentId, { experimentId })
}

interface Exposure {
  readonly experimentId: string
  readonly subject: string
  readonly variantId: string
  readonly at: Date
}

function firstExposures(
  events: readonly TrackedEvent[],
  isAssigned: (experimentId: string, variantId: string, subject: string) => boolean,
): Exposure[] {
  const first = new Map<string, Exposure>()
  for (const { experiments, visitorId, at } of events) {
    for (const [experimentId, variantId] of Object.entries(experiments ?? {})) {
      if (!isAssigned(experimentId, variantId, visitorId)) continue
      const key = `${experimentId} ${visitorId}`
      const known = first.get(key)
      if (!known || at < known.at) first.set(key, { experimentId, subject: visitorId, variantId, at })
    }
  }
  return [...first.values()]
}

/** A goal is the name of an event, or the goal that a `conversion` names. */
function reaches({ name, goal }: TrackedEvent, wanted: string): boolean {
  return name === wanted || (name === 'conversion' && goal === wanted)
}

// Rows are taken in the order of their keys, so that two batches never wait for each other in a circle.

const addExposures = prepared(
  'experiments_add_exposures',
  `with added as (
     insert into "ExperimentExposure" ("experimentId", "subject", "variantId", "exposedAt")
     select t.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as t ("experimentId", "subject", "variantId", "at")
     join "Experiment" x on x."id" = t."experimentId" and x."status" = 'running'
     order by 1, 2
     on conflict do nothing
     returning "workspaceId", "experimentId", "variantId"
   ), counts as (
     select "workspaceId", "variantId", count(*)::int as "count" from added group by 1, 2
   ), locked as (
     select v."workspaceId", v."id" from "ExperimentVariant" v join counts c on c."workspaceId" = v."workspaceId" and c."variantId" = v."id"
     order by v."id" for no key update of v
   )
   update "ExperimentVariant" v set "exposureCount" = v."exposureCount" + c."count"
   from counts c join locked l on l."id" = c."variantId"
   where v."workspaceId" = c."workspaceId" and v."id" = c."variantId"
   returning v."experimentId"`,
)

const addConversions = prepared(
  'experiments_add_conversions',
  `with reached as (
     select "experimentId", "subject", min("at") as "at"
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as t ("experimentId", "subject", "at")
     join "Experiment" x on x."id" = t."experimentId" and x."status" = 'running'
     group by 1, 2
   ), open as (
     select e."workspaceId", e."experimentId", e."subject", r."at"
     from reached r join "ExperimentExposure" e on e."experimentId" = r."experimentId" and e."subject" = r."subject"
     where e."workspaceId" = current_workspace() and e."convertedAt" is null and e."exposedAt" <= r."at"
     order by 2, 3 for no key update of e
   ), converted as (
     update "ExperimentExposure" e set "convertedAt" = o."at" from open o
     where e."workspaceId" = o."workspaceId" and e."experimentId" = o."experimentId" and e."subject" = o."subject" and e."convertedAt" is null
     returning e."workspaceId", e."variantId"
   ), counts as (
     select "workspaceId", "variantId", count(*)::int as "count" from converted group by 1, 2
   ), locked as (
     select v."workspaceId", v."id" from "ExperimentVariant" v join counts c on c."workspaceId" = v."workspaceId" and c."variantId" = v."id"
     order by v."id" for no key update of v
   )
   update "ExperimentVariant" v set "conversionCount" = v."conversionCount" + c."count"
   from counts c join locked l on l."id" = c."variantId"
   where v."workspaceId" = c."workspaceId" and v."id" = c."variantId"
   returning v."experimentId"`,
)
