import { defineJob, type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'

/** Rows in one statement, which may not take longer than 10 s. */
const batch = 2_000

/** How long a workspace keeps what models were asked and answered: one setting, the ai plugin's. Days. */
export type KeepDays = (context: SqlContext) => Promise<number>

/** Once a night: what executions were given and answered longer ago than the workspace keeps it is erased; the figures stay. */
export const eraseOldExecutions = defineJob({
  name: 'prompts.erase-old-content',
  input: z.object({}),
  schedule: { cron: '35 3 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context, { keepDays }: { readonly keepDays: KeepDays }) => {
    const before = new Date(context.clock.now().getTime() - (await keepDays(context)) * 24 * 3_600_000)
    let erased = 0
    let from = new Date(0)
    for (;;) {
      const { count, last } = await eraseSome(context, from, before)
      erased += count
      if (count < batch || !last) return { erased }
      from = last
    }
  },
})

/** @param from where the last batch ended: what it has erased is not read again */
async function eraseSome(context: SqlContext, from: Date, before: Date): Promise<{ count: number; last: Date | null }> {
  const [row] = await context.db.query<{ count: number; last: Date | null }>(sql`
    with old as (
      select "id", "executedAt" from "PromptExecution"
      where "executedAt" >= ${from} and "executedAt" < ${before} and "erasedAt" is null order by "executedAt" limit ${batch}
    ), said as (
      update "PromptScore" set "note" = '' where "executionId" in (select "id" from old) and "note" <> ''
    ), erased as (
      update "PromptExecution" set "variables" = '{}', "text" = null, "output" = null, "errorMessage" = null,
        "subject" = null, "erasedAt" = ${context.clock.now()}
      where "id" in (select "id" from old)
    )
    select count(*)::int as "count", max("executedAt") as "last" from old`)
  return row ?? { count: 0, last: null }
}
