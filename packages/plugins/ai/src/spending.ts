import { type SqlContext, sql } from '@espalier/core'

/** What calls of one purpose cost on one day (UTC). */
export interface DaySpending {
  /** "2026-11-21" */
  readonly day: string
  readonly purpose: string
  readonly calls: number
  readonly cacheHits: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Millionths of a US dollar; what is set aside for calls that are under way included. */
  readonly costMicros: number
}

/** What models cost: read by charts and reports. */
export class Spending {
  /** Days from `from` on, before `until`, that had calls; by day, then by purpose. */
  byDay(context: SqlContext, from: Date, until: Date): Promise<DaySpending[]> {
    return context.db.query<DaySpending>(sql`
      select to_char("createdAt" at time zone 'UTC', 'YYYY-MM-DD') as "day", "purpose",
        count(*)::int as "calls", count("cachedFromId")::int as "cacheHits",
        coalesce(sum("inputTokens"), 0)::float8 as "inputTokens", coalesce(sum("outputTokens"), 0)::float8 as "outputTokens",
        coalesce(sum("costMicros"), 0)::float8 as "costMicros"
      from "AiCall" where "createdAt" >= ${from} and "createdAt" < ${until} group by 1, 2 order by 1, 2`)
  }
}
