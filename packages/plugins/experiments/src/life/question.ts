import { type SqlContext, sql } from '@espalier/core'

/** Sets the verdict and the evidence of earlier looks aside: they answer another question than the one asked now. */
export async function forgetQuestion(tx: SqlContext, experimentId: string): Promise<void> {
  await tx.db.query(sql`update "Experiment" set "verdict" = null where "id" = ${experimentId}`)
  await tx.db.query(sql`delete from "ExperimentLook" where "experimentId" = ${experimentId}`)
}
