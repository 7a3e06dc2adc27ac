import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'
import type { Assignments } from '../assignment/assignments.ts'
import { assign } from '../assignment/buckets.ts'
import { resultsChanged } from '../events.ts'

/**
 * Counts what new tracking events mean for running experiments, in the transaction that logs the events: each
 * subject's first exposure, and its first conversion after it. A browser cannot claim another variant: the
 * claim is compared with what the subject is assigned.
 *
 * @param attributionDays after the exposure in which a conversion counts
 */
export async function countExposures(
  tx: SqlContext,
  events: readonly TrackedEvent[],
  assignments: Assignments,
  attributionDays: number,
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
  const counts = new Map<string, VariantCount>()
  if (exposures.length > 0) {
    const added = addExposures(
      exposures.map(({ experimentId }) => experimentId),
      exposures.map(({ subject }) => subject),
      exposures.map(({ variantId }) => variantId),
      exposures.map(({ at }) => at),
    )
    for (const reached of await tx.db.query<Reached>(added)) countOf(counts, reached).exposures++
  }
  if (conversions.length > 0) {
    const added = addConversions(
      conversions.map(({ experimentId }) => experimentId),
      conversions.map(({ subject }) => subject),
      conversions.map(({ at }) => at),
      attributionDays,
    )
    for (const reached of await tx.db.query<Reached>(added)) countOf(counts, reached).conversions++
  }
  if (counts.size === 0) return
  const changed = [...counts.values()]
  await tx.db.query(
    addCounts(
      changed.map(({ variantId }) => variantId),
      changed.map(({ exposures }) => exposures),
      changed.map(({ conversions }) => conversions),
    ),
  )
  for (const experimentId of new Set(changed.map((count) => count.experimentId)))
    tx.announce(resultsChanged, experimentId, { experimentId })
}

/** A subject that was counted now, for the first time. */
interface Reached {
  readonly experimentId: string
  readonly variantId: string
}

interface VariantCount extends Reached {
  exposures: number
  conversions: number
}

function countOf(counts: Map<string, VariantCount>, { experimentId, variantId }: Reached): VariantCount {
  const known = counts.get(variantId)
  if (known) return known
  const made = { experimentId, variantId, exposures: 0, conversions: 0 }
  counts.set(variantId, made)
  return made
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

// Rows are taken in the order of their keys, and those of variants in one statement for both counts, so that two
// batches never wait for each other in a circle.

const addExposures = prepared(
  'experiments_add_exposures',
  `insert into "ExperimentExposure" ("experimentId", "subject", "variantId", "exposedAt")
   select t.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as t ("experimentId", "subject", "variantId", "at")
   join "Experiment" x on x."id" = t."experimentId" and x."status" = 'running'
   order by 1, 2
   on conflict do nothing
   returning "experimentId", "variantId"`,
)

const addConversions = prepared(
  'experiments_add_conversions',
  `with reached as (
     select t."experimentId", t."subject", min(t."at") as "at"
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as t ("experimentId", "subject", "at")
     join "Experiment" x on x."id" = t."experimentId" and x."status" = 'running'
     join "ExperimentExposure" e on e."workspaceId" = current_workspace() and e."experimentId" = t."experimentId" and e."subject" = t."subject"
     where e."exposedAt" <= t."at" and t."at" < e."exposedAt" + $4::int * interval '1 day'
     group by 1, 2
   ), open as (
     select e."workspaceId", e."experimentId", e."subject", r."at"
     from reached r join "ExperimentExposure" e on e."experimentId" = r."experimentId" and e."subject" = r."subject"
     where e."workspaceId" = current_workspace() and e."convertedAt" is null
     order by 2, 3 for no key update of e
   )
   update "ExperimentExposure" e set "convertedAt" = o."at" from open o
   where e."workspaceId" = o."workspaceId" and e."experimentId" = o."experimentId" and e."subject" = o."subject" and e."convertedAt" is null
   returning e."experimentId", e."variantId"`,
)

const addCounts = prepared(
  'experiments_add_counts',
  `with counts as (
     select * from unnest($1::uuid[], $2::int[], $3::int[]) as t ("variantId", "exposures", "conversions")
   ), locked as (
     select v."id" from "ExperimentVariant" v join counts c on c."variantId" = v."id"
     where v."workspaceId" = current_workspace() order by v."id" for no key update of v
   )
   update "ExperimentVariant" v
   set "exposureCount" = v."exposureCount" + c."exposures", "conversionCount" = v."conversionCount" + c."conversions"
   from counts c join locked l on l."id" = c."variantId"
   where v."workspaceId" = current_workspace() and v."id" = c."variantId"`,
)
