import { type SqlContext, sql } from '@espalier/core'

/** Held to the end of the transaction: versions, states and tests of a prompt change one after another. */
export async function lockPrompt(tx: SqlContext, name: string): Promise<void> {
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`prompt ${tx.workspaceId} ${name}`}, 0))`)
}
