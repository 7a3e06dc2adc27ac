import { type SqlContext, sql } from '@espalier/core'

/** How a variant does in a test: means over executions that have ended. */
export interface Performance {
  readonly executions: number
  readonly scored: number
  /** From 0 to 1, as the next three; null before any. */
  readonly quality: number | null
  readonly accuracy: number | null
  readonly consistency: number | null
  readonly completeness: number | null
  /** From 1 to 5. */
  readonly rating: number | null
  /** Share of the executions that ended with an error. */
  readonly errorRate: number | null
  readonly responseTimeMs: number | null
  readonly tokens: number | null
  /** Millionths of a US dollar. */
  readonly costMicros: number | null
}

/** Over the executions of one variant in an A/B test. */
export async function performanceInTest(context: SqlContext, testId: string, variantId: string): Promise<Performance> {
  const [row] = await context.db.query<Performance>(sql`
    select count(*)::int as "executions", count("quality")::int as "scored", avg("quality") as "quality",
      avg("accuracy") as "accuracy", avg("consistency") as "consistency", avg("completeness") as "completeness",
      avg("rating") as "rating", avg(("errorCode" is not null)::int)::float8 as "errorRate",
      avg("responseTimeMs")::float8 as "responseTimeMs", avg("inputTokens" + "outputTokens")::float8 as "tokens",
      avg("costMicros")::float8 as "costMicros"
    from "PromptExecution"
    where "testId" = ${testId} and "variantId" = ${variantId} and "finishedAt" is not null`)
  return row as Performance
}
