import { type SqlContext, sql } from '@espalier/core'
import { monthOf } from './budgets.ts'
import { micros } from './prices.ts'
import type { Settings } from './settings.ts'

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

/** What calls of one model cost on one day (UTC). */
export interface ModelSpending {
  /** "2026-11-21" */
  readonly day: string
  readonly model: string
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Millionths of a US dollar; what is set aside for calls that are under way included. */
  readonly costMicros: number
}

/** Where a budget stands in a month. Millionths of a US dollar. */
export interface BudgetState {
  /** "" is all purposes together. */
  readonly purpose: string
  readonly limitMicros: number | null
  readonly spentMicros: number
  /** Set aside for calls that are under way. */
  readonly reservedMicros: number
  /** That were sent: what memory answered is not among them. */
  readonly calls: number
  readonly warnedAt: Date | null
  readonly stoppedAt: Date | null
}

/** What models cost: read by charts and reports. */
export class Spending {
  readonly #settings: (context: SqlContext) => Promise<Settings>

  constructor(settings: (context: SqlContext) => Promise<Settings>) {
    this.#settings = settings
  }

  /** What was spent by the hour, as hours are counted from `from` on; those without anything are left out. For whoever watches it. */
  byHour(context: SqlContext, from: Date, until: Date): Promise<{ at: Date; costMicros: number }[]> {
    return context.db.query(sql`
      select date_bin('1 hour', "createdAt", ${from}::timestamptz) as "at", coalesce(sum("costMicros"), 0)::float8 as "costMicros"
      from "AiCall" where "createdAt" >= ${from} and "createdAt" < ${until} group by 1 order by 1`)
  }

  /** Days from `from` on, before `until`, that had calls; by day, then by purpose. */
  byDay(context: SqlContext, from: Date, until: Date): Promise<DaySpending[]> {
    return context.db.query<DaySpending>(sql`
      select to_char("createdAt" at time zone 'UTC', 'YYYY-MM-DD') as "day", "purpose",
        count(*)::int as "calls", count("cachedFromId")::int as "cacheHits",
        coalesce(sum("inputTokens"), 0)::float8 as "inputTokens", coalesce(sum("outputTokens"), 0)::float8 as "outputTokens",
        coalesce(sum("costMicros"), 0)::float8 as "costMicros"
      from "AiCall" where "createdAt" >= ${from} and "createdAt" < ${until} group by 1, 2 order by 1, 2`)
  }

  /** The same days by model. */
  byModel(context: SqlContext, from: Date, until: Date): Promise<ModelSpending[]> {
    return context.db.query<ModelSpending>(sql`
      select to_char("createdAt" at time zone 'UTC', 'YYYY-MM-DD') as "day", "model", count(*)::int as "calls",
        coalesce(sum("inputTokens"), 0)::float8 as "inputTokens", coalesce(sum("outputTokens"), 0)::float8 as "outputTokens",
        coalesce(sum("costMicros"), 0)::float8 as "costMicros"
      from "AiCall" where "createdAt" >= ${from} and "createdAt" < ${until} group by 1, 2 order by 1, 2`)
  }

  /** The budgets of an instant's month: all purposes together first, then those with a budget or with calls, by name. */
  async ofMonth(context: SqlContext, instant: Date): Promise<BudgetState[]> {
    const { monthlyBudget, purposeBudgets } = await this.#settings(context)
    const rows = await context.db.query<Omit<BudgetState, 'limitMicros'>>(sql`
      select "purpose", "spentMicros"::float8 as "spentMicros", "reservedMicros"::float8 as "reservedMicros", "calls", "warnedAt", "stoppedAt"
      from "AiSpending" where "month" = ${monthOf(instant)}::date`)
    const known = new Map(rows.map((row) => [row.purpose, row]))
    const limits = new Map(Object.entries(purposeBudgets))
    const purposes = new Set([...known.keys(), ...limits.keys()])
    purposes.delete('')
    return ['', ...[...purposes].sort()].map((purpose) => {
      const limit = purpose === '' ? monthlyBudget : (limits.get(purpose) ?? null)
      return { ...(known.get(purpose) ?? nothing), purpose, limitMicros: limit === null ? null : micros(limit) }
    })
  }
}

const nothing = { spentMicros: 0, reservedMicros: 0, calls: 0, warnedAt: null, stoppedAt: null }
