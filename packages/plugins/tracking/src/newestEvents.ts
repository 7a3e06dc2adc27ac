import type { RowsElsewhere } from '@espalier/core'
import { maxLeadMs } from './event.ts'
import { firstIdAt } from './eventId.ts'

type Query = Parameters<RowsElsewhere['findMany']>[0]

/** Days in which a first page of newest events is looked for, before it is looked for in the whole log. */
const daysBack = [1, 14]

/**
 * Rows of the log's table as lists read them: the newest are looked for in the last days first. Of the whole log PostgreSQL plans
 * every week that is kept anew for each list, though a page of a busy site lies in one.
 *
 * @param rows of all the log
 */
export function newestEvents(rows: RowsElsewhere, now: Date): RowsElsewhere {
  const end = firstIdAt(new Date(now.getTime() + maxLeadMs + 1))
  return {
    findMany: async (query) => {
      for (const days of asksForNewest(query) ? daysBack : []) {
        const id = { gte: firstIdAt(new Date(now.getTime() - days * 24 * 3600_000)), lt: end }
        const found = await rows.findMany({ ...query, where: { AND: [query.where ?? {}, { id }] } })
        if (found.length === query.take) return found
      }
      return rows.findMany(query)
    },
    findUnique: (query) => rows.findUnique(query),
    count: (query) => rows.count(query),
  }
}

/** Newest first, and nothing that leads to rows by itself: a span, a page after another, a visitor. */
function asksForNewest({ where = {}, orderBy: [first] = [], take }: Query): boolean {
  if (!take || (first as { id?: string } | undefined)?.id !== 'desc') return false
  return !/"(id|visitorId)":/.test(JSON.stringify(where))
}
