import { defineJob, type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import { z } from 'zod'

/** What retention leans on. */
export interface SubmissionKeeper {
  /** Days for which the workspace keeps what visitors send; null for ever. */
  readonly submissionRetentionDays: (context: SqlContext) => Promise<number | null>
}

/** Rows in one transaction: it holds locks, and its statement may not take longer than 10 s. */
const batch = 5_000

/** Once a night: what visitors sent longer ago than the workspace keeps it is erased. */
export const eraseOldSubmissions = defineJob({
  name: 'landing-pages.erase-old-submissions',
  input: z.object({}),
  schedule: { cron: '40 2 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context, keeper: SubmissionKeeper) => {
    const days = await keeper.submissionRetentionDays(context)
    return { erased: days === null ? 0 : await eraseOlder(context, days) }
  },
})

/** @returns how many there were */
async function eraseOlder(context: WorkspaceContext, days: number): Promise<number> {
  const before = new Date(context.clock.now().getTime() - days * 24 * 3600_000)
  let erased = 0
  for (;;) {
    const count = await context.sqlTransaction((tx) => eraseSome(tx, before, days))
    erased += count
    if (count < batch) return erased
  }
}

async function eraseSome(tx: SqlContext, before: Date, days: number): Promise<number> {
  const [{ count } = { count: 0 }] = await tx.db.query<{ count: number }>(sql`
    with gone as (
      delete from "FormSubmission" where "id" in (
        select "id" from "FormSubmission" where "createdAt" < ${before} order by "createdAt" limit ${batch})
      returning 1
    )
    select count(*)::int as "count" from gone`)
  // One line for all of them, and nothing of what they held: the trail outlives them.
  if (count > 0)
    tx.audit({
      resourceType: 'Workspace',
      resourceId: tx.workspaceId,
      after: { submissionsErased: count, sentBefore: before, retentionDays: days },
    })
  return count
}
