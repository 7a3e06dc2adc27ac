import { prepared, type SqlContext, sql } from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'
import { type Vital, type VitalFigures, vitalColumns, vitalFigures } from '../../rollout/vitals.ts'

/** Adds what browsers measured to the arms that the pages showed, in the transaction that logs the events. */
export async function countArmVitals(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
  const columns = vitalColumns(events)
  if (columns) await tx.db.query(addVitals(...columns))
}

/** What was measured on an arm so far, in the order of the standard. */
export async function readArmVitals(
  context: SqlContext,
  experimentId: string,
  variantId: string,
): Promise<VitalFigures[]> {
  return vitalFigures(
    await context.db.query<{ metric: Vital; bucket: number; count: number }>(sql`
      select "metric", "bucket", "count" from "PageLoopVital"
      where "experimentId" = ${experimentId} and "variantId" = ${variantId} order by "metric", "bucket"`),
  )
}

// Of experiments that a loop feeds alone. In the order of the key, so that two batches never wait for each other in a circle.
const addVitals = prepared(
  'landing_pages_add_arm_vitals',
  `insert into "PageLoopVital" as total ("experimentId", "variantId", "metric", "bucket", "count")
   select t."experimentId", t."variantId", t."metric", t."bucket", sum(t."count")::int
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[])
     as t ("experimentId", "variantId", "metric", "bucket", "count")
   join "PageLoop" l on l."experimentId" = t."experimentId"
   where l."workspaceId" = current_workspace()
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
   on conflict ("workspaceId", "experimentId", "variantId", "metric", "bucket")
   do update set "count" = total."count" + excluded."count"`,
)
