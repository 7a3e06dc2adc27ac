import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'

/**
 * Writes down that a variant was made of another by hand, or by a release of its plugin. How both did is measured later
 * (evolution/lineage.ts).
 *
 * @param strategy what was done, in words
 */
export async function writeManualEdit(tx: SqlContext, parentId: string, childId: string, strategy = ''): Promise<void> {
  await tx.db.query(sql`
    insert into "PromptLineage" ("id", "parentId", "childId", "kind", "strategy", "goals", "createdAt")
    values (${uuidv7()}, ${parentId}, ${childId}, 'manualEdit', ${strategy}, '{}', ${tx.clock.now()})`)
}
