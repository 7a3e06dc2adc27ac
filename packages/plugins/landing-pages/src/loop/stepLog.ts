import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { authorOf } from '../history/author.ts'
import { pageLoopChanged } from './events.ts'
import type { Run, StepNote } from './run.ts'

/** Writes what the loop did on a page, and on what evidence, also into the audit trail. In a transaction. @returns its id */
export async function writeStep(tx: SqlContext, run: Pick<Run, 'id' | 'pageId'>, note: StepNote): Promise<string> {
  const { kind, status = 'done', variantKey = null, summary, evidence, undo = null } = note
  const id = uuidv7()
  const { type, id: actorId, name } = authorOf(tx.principal)
  await tx.db.query(sql`
    insert into "PageLoopStep"
      ("id", "runId", "pageId", "number", "kind", "status", "variantKey", "summaryEn", "summaryFr", "evidence", "undo", "actorType", "actorId", "actorName", "at")
    select ${id}, ${run.id}, ${run.pageId}, coalesce(max("number"), 0) + 1, ${kind}, ${status}, ${variantKey}, ${summary.en}, ${summary.fr},
      ${JSON.stringify(evidence)}::jsonb, ${undo === null ? null : JSON.stringify(undo)}::jsonb, ${type}, ${actorId}::uuid, ${name}, ${tx.clock.now()}
    from "PageLoopStep" where "runId" = ${run.id}`)
  tx.audit({
    resourceType: 'PageLoopStep',
    resourceId: id,
    after: { pageId: run.pageId, runId: run.id, kind, status, variantKey, summary: summary.en, evidence },
  })
  tx.announce(pageLoopChanged, run.pageId, null)
  return id
}
