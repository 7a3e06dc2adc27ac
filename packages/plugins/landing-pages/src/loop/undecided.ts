import { type SqlContext, sql } from '@espalier/core'

/** A step of a page's loop that waits for somebody's yes or no. */
export interface UndecidedStep {
  readonly pageId: string
  readonly pageTitle: string
  readonly summaryEn: string
  readonly summaryFr: string
}

/** Steps of all pages that wait, those that have waited longest first; 50 at most. */
export function undecidedSteps(context: SqlContext): Promise<UndecidedStep[]> {
  return context.db.query<UndecidedStep>(sql`
    select step."pageId", page."title" as "pageTitle", step."summaryEn", step."summaryFr"
    from "PageLoopStep" step join "Page" page on page."workspaceId" = step."workspaceId" and page."id" = step."pageId"
    where step."status" = 'waiting' order by step."at", step."id" limit 50`)
}
