import { type SqlContext, sql } from '@espalier/core'
import type { StepKind } from '../run.ts'
import type { Writing } from '../turn.ts'

/** Whether a step of this kind waits for a person's yes or no already. */
export async function waitsFor(tx: SqlContext, pageId: string, kind: StepKind, variantKey: string): Promise<boolean> {
  const found = await tx.db.query(sql`
    select 1 from "PageLoopStep"
    where "pageId" = ${pageId} and "status" = 'waiting' and "kind" = ${kind} and "variantKey" = ${variantKey} limit 1`)
  return found.length > 0
}

/** Takes back what waits for a person and is no longer asked for: the figures say something else by now. */
export async function withdrawWaiting(
  context: Pick<SqlContext, 'clock'>,
  { tx }: Writing,
  pageId: string,
  kind: StepKind,
  stillWanted: readonly string[],
): Promise<void> {
  const gone = await tx.db.query<{ runId: string }>(sql`
    update "PageLoopStep" set "status" = 'withdrawn'
    where "pageId" = ${pageId} and "status" = 'waiting' and "kind" = ${kind} and not ("variantKey" = any(${[...stillWanted]}))
    returning "runId"`)
  for (const { runId } of gone) await endApproval(tx, runId, context.clock.now())
}

/** Ends a turn that waited for nothing but what was decided now. */
export async function endApproval(tx: SqlContext, runId: string, at: Date): Promise<void> {
  await tx.db.query(sql`
    update "PageLoopRun" set "status" = 'done', "finishedAt" = ${at}
    where "id" = ${runId} and "status" = 'approval'
      and not exists (select 1 from "PageLoopStep" where "runId" = ${runId} and "status" = 'waiting')`)
}
