import { defineJob, type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'

/** Rows in one transaction: it holds locks, and its statement may not take longer than 10 s. */
const batch = 5_000

/** Once a night: feedback that is a year old is erased. */
export const eraseOldFeedback = defineJob({
  name: 'prompts.erase-old-feedback',
  input: z.object({}),
  schedule: { cron: '50 2 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context) => {
    const now = context.clock.now()
    let erased = 0
    for (;;) {
      const count = await context.sqlTransaction((tx) => eraseSome(tx, now))
      erased += count
      if (count < batch) return { erased }
    }
  },
})

async function eraseSome(tx: SqlContext, now: Date): Promise<number> {
  const [{ count } = { count: 0 }] = await tx.db.query<{ count: number }>(sql`
    with gone as (
      delete from "Feedback" where "id" in (
        select "id" from "Feedback" where "expiresAt" <= ${now} order by "expiresAt" limit ${batch})
      returning 1
    )
    select count(*)::int as "count" from gone`)
  // One line for all of them, and nothing of what they held: the trail outlives them.
  if (count > 0)
    tx.audit({
      resourceType: 'Workspace',
      resourceId: tx.workspaceId,
      after: { feedbackErased: count, expiredBefore: now },
    })
  return count
}
