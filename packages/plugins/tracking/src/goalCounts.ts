import { type SqlContext, sql } from '@espalier/core'
import { type EventSource, maxLeadMs } from './event.ts'
import { firstIdAt } from './eventId.ts'

/** The conversions of one goal, in a span. */
export interface GoalScope {
  readonly goal: string
  readonly siteId?: string | undefined
  readonly pageId?: string | undefined
  readonly from: Date
  /** Excluded. */
  readonly to: Date
}

/** By what conversions are counted: steps of time, as they are counted from `from` on, or where they came from. */
export type GoalKey = 'HOUR' | 'MINUTE' | keyof Pick<EventSource, 'channel' | 'country' | 'device' | 'path'>

/**
 * How often a goal was reached, as the log says, along its index of conversions: what the installation no longer keeps, and visitors
 * who were forgotten, are missing.
 *
 * @returns by the beginning of the step in milliseconds, or by the value; those without any are left out
 */
export async function readGoalCounts(
  context: SqlContext,
  { goal, siteId, pageId, from, to }: GoalScope,
  by: GoalKey,
): Promise<Map<number | string | null, number>> {
  const step = by === 'HOUR' ? '1 hour' : by === 'MINUTE' ? '1 minute' : null
  const rows = await context.db.query<{ at: Date | null; value: string | null; count: number }>(sql`
    select case when ${step}::text is not null then date_bin(${step}::interval, "at", ${from}::timestamptz) end as "at",
      case ${by}::text when 'channel' then "channel" when 'country' then "country" when 'device' then "device"
        when 'path' then "path" end as "value", count(*)::int as "count"
    from "TrackingEvent"
    where "name" = 'conversion' and "goal" = ${goal}
      -- An id may run ahead of the instant at which its event counts, never behind.
      and "id" >= ${firstIdAt(from)}::uuid and "id" < ${firstIdAt(new Date(to.getTime() + maxLeadMs + 1))}::uuid
      and "at" >= ${from} and "at" < ${to}
      and (${siteId ?? null}::uuid is null or "siteId" = ${siteId ?? null}::uuid)
      and (${pageId ?? null}::uuid is null or "pageId" = ${pageId ?? null}::uuid)
    group by 1, 2`)
  return new Map(rows.map(({ at, value, count }) => [at ? at.getTime() : value, count]))
}
