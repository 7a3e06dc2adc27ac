import { type SqlContext, sql } from '@espalier/core'

/** How a variant has done outside of tests. Means over executions that have the figure; null where none has. */
export interface VariantPerformance {
  readonly executions: number
  /** Of those, how many have a quality. */
  readonly scored: number
  /** From 0 to 1. */
  readonly quality: number | null
  readonly accuracy: number | null
  readonly consistency: number | null
  readonly completeness: number | null
  /** 1 to 5. */
  readonly rating: number | null
  readonly errorRate: number | null
  readonly responseTimeMs: number | null
  /** Millionths of a US dollar. */
  readonly costMicros: number | null
}

/** The latest executions that figures are made of: the same for variants with a thousand and with a million. */
const latest = 1_000

/** As of now. The quality is that of all scored executions, which may be few among the latest. */
export async function performanceNow(context: SqlContext, variantId: string): Promise<VariantPerformance> {
  const figures = await performanceBefore(context, variantId, context.clock.now())
  const [row] = await context.db.query<{ scored: number; quality: number | null }>(sql`
    select "qualityCount" as "scored", "qualitySum" / nullif("qualityCount", 0) as "quality"
    from "PromptVariant" where "id" = ${variantId}`)
  return { ...figures, scored: row?.scored ?? 0, quality: row?.quality ?? null }
}

/** As it was, of the latest executions before that instant: what came to be known of them later counts, too. */
export async function performanceBefore(
  context: SqlContext,
  variantId: string,
  until: Date,
): Promise<VariantPerformance> {
  const [row] = await context.db.query<VariantPerformance>(sql`
    select count(*)::int as "executions", count("quality")::int as "scored", avg("quality") as "quality",
      avg("accuracy") as "accuracy", avg("consistency") as "consistency", avg("completeness") as "completeness",
      avg("rating") as "rating", avg(("errorCode" is not null)::int)::float8 as "errorRate",
      avg("responseTimeMs")::float8 as "responseTimeMs", avg("costMicros")::float8 as "costMicros"
    from (
      select * from "PromptExecution"
      where "variantId" = ${variantId} and "environment" <> 'test' and "finishedAt" is not null and "executedAt" < ${until}
      order by "executedAt" desc limit ${latest}) as "latest"`)
  return row as VariantPerformance
}
