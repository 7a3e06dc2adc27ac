import type { SqlContext } from './context.ts'
import { sql } from './data/sql.ts'
import { SavedMeanwhileError } from './errors.ts'

/** Something that two people may edit at a time, as the transaction holds it: locked, so that its version stands. */
export interface Edited {
  /** As sentences name it: `page "Spring offer"`. */
  readonly what: string
  /** As `context.audit` names it. */
  readonly resourceType: string
  readonly resourceId: string
  /** How often it was saved, from 1. Whoever changes it counts on. */
  readonly version: number
}

/**
 * Refuses a change of something that somebody has saved since it was read: of two people who edit it neither loses what the other
 * wrote. Call it once the row is locked, before anything is written.
 *
 * @param expected the version that was read; nothing where the caller does not ask
 * @throws SavedMeanwhileError, which says who saved last and when, as the audit trail has it
 */
export async function refuseSavedMeanwhile(
  context: SqlContext,
  edited: Edited,
  expected: number | null | undefined,
): Promise<void> {
  if (expected == null || expected === edited.version) return
  const [last] = await context.db.query<{ actorName: string | null; at: Date }>(sql`
    select "actorName", "at" from "AuditEntry"
    where "resourceType" = ${edited.resourceType} and "resourceId" = ${edited.resourceId} order by "at" desc, "id" desc limit 1`)
  throw new SavedMeanwhileError(edited, expected, { by: last?.actorName ?? null, at: last?.at ?? null })
}
