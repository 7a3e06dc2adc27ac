import { type SqlContext, sql } from '@espalier/core'
import type { ExperimentResults } from '../results/experimentResults.ts'

/**
 * Keeps the best evidence that was seen of every comparison: the smallest always-valid p-value, and where its intervals
 * overlap. Looking again never takes evidence back, so a verdict does not depend on when somebody looked.
 *
 * An interval that does not overlap what was kept is left out: one of the two has missed, which happens as seldom as
 * their level says.
 */
export async function keepLook(tx: SqlContext, { experimentId, metrics }: ExperimentResults): Promise<void> {
  const looks = metrics.flatMap(({ metric, variants }) =>
    variants.flatMap(({ variant, comparison }) =>
      comparison && comparison.sequential.pValue !== null
        ? [{ metricId: metric.id, variantId: variant.id, ...comparison.sequential }]
        : [],
    ),
  )
  if (looks.length === 0) return
  await tx.db.query(sql`
    insert into "ExperimentLook" as known ("experimentId", "metricId", "variantId", "pValue", "lower", "upper", "at")
    select ${experimentId}::uuid, t.*, ${tx.clock.now()}::timestamptz
    from unnest(${looks.map(({ metricId }) => metricId)}::uuid[], ${looks.map(({ variantId }) => variantId)}::uuid[],
      ${looks.map(({ pValue }) => pValue)}::float8[], ${looks.map(({ interval }) => interval?.lower ?? null)}::float8[],
      ${looks.map(({ interval }) => interval?.upper ?? null)}::float8[]) as t
    order by 1, 2, 3
    on conflict ("workspaceId", "experimentId", "metricId", "variantId") do update set
      "pValue" = least(known."pValue", excluded."pValue"),
      "lower" = case when greatest(known."lower", excluded."lower") <= least(known."upper", excluded."upper")
        then greatest(known."lower", excluded."lower") else known."lower" end,
      "upper" = case when greatest(known."lower", excluded."lower") <= least(known."upper", excluded."upper")
        then least(known."upper", excluded."upper") else known."upper" end,
      "at" = excluded."at"`)
}
