import { prepared, type SqlContext } from '@espalier/core'
import type { TrackedEvent } from '@espalier/tracking'

/**
 * Counts what new tracking events mean for rollouts, in the transaction that logs them: each visitor's first sight of a
 * page, and its first conversion after that. Which variant a visitor saw comes from the page's signed context, where rollouts
 * stand beside experiments.
 */
export async function countRolloutVisitors(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
  const seen = events.flatMap(({ experiments, visitorId, at }) =>
    Object.entries(experiments ?? {}).map(([rolloutId, variantId]) => ({ rolloutId, variantId, visitorId, at })),
  )
  if (seen.length === 0) return
  await tx.db.query(
    addVisitors(
      seen.map(({ rolloutId }) => rolloutId),
      seen.map(({ visitorId }) => visitorId),
      seen.map(({ variantId }) => variantId),
      seen.map(({ at }) => at),
    ),
  )
  const reached = events
    .filter(({ name }) => name === 'conversion')
    .flatMap(({ experiments, visitorId, at }) =>
      Object.keys(experiments ?? {}).map((rolloutId) => ({ rolloutId, visitorId, at })),
    )
  if (reached.length === 0) return
  await tx.db.query(
    addConversions(
      reached.map(({ rolloutId }) => rolloutId),
      reached.map(({ visitorId }) => visitorId),
      reached.map(({ at }) => at),
    ),
  )
}

// The side that a visitor met first stays: who came back as the share grew is in neither comparison twice. Rows are
// taken in the order of their keys, so that two batches never wait for each other in a circle.

const addVisitors = prepared(
  'landing_pages_add_rollout_visitors',
  `insert into "PageRolloutVisitor" ("rolloutId", "subject", "candidate", "seenAt")
   select distinct on (1, 2) t."rolloutId", t."subject", v."key" = r."variantKey", t."at"
   from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as t ("rolloutId", "subject", "variantId", "at")
   join "PageRollout" r on r."id" = t."rolloutId" and r."status" = 'running'
   join "PageVariant" v on v."pageId" = r."pageId" and v."id" = t."variantId"
   where r."workspaceId" = current_workspace() and v."workspaceId" = current_workspace()
   order by 1, 2, 4
   on conflict do nothing`,
)

const addConversions = prepared(
  'landing_pages_add_rollout_conversions',
  `with reached as (
     select "rolloutId", "subject", min("at") as "at"
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as t ("rolloutId", "subject", "at") group by 1, 2
   ), open as (
     select v."workspaceId", v."rolloutId", v."subject", r."at"
     from reached r join "PageRolloutVisitor" v on v."rolloutId" = r."rolloutId" and v."subject" = r."subject"
     where v."workspaceId" = current_workspace() and v."convertedAt" is null and v."seenAt" <= r."at"
     order by 2, 3 for no key update of v
   )
   update "PageRolloutVisitor" v set "convertedAt" = o."at" from open o
   where v."workspaceId" = o."workspaceId" and v."rolloutId" = o."rolloutId" and v."subject" = o."subject"`,
)
