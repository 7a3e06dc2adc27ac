import { z } from 'zod'
import { sql } from '../data/sql.ts'
import { defineJob } from '../jobs/defineJob.ts'

/** How long what API keys did is kept. */
export interface OperationRetention {
  /** Days of single operations. */
  readonly operationDays: number
}

/** Days of the numbers by day and of deprecated uses: a year, and a month to compare with. */
export const usageDays = 400

/** Deletes what API keys did longer ago than it is kept. */
export const forgetOperations = defineJob({
  name: 'core.forget-operations',
  input: z.object({}),
  schedule: { cron: '41 3 * * *' },
  run: async (_input, { db, clock }, { operationDays }: OperationRetention, { signal }) => {
    const before = (days: number) => new Date(clock.now().getTime() - days * 24 * 3600_000)
    const oldest = firstIdOf(before(operationDays))
    let deleted = 0
    for (let rows = batch; rows === batch; deleted += rows) {
      signal.throwIfAborted()
      const gone = await db.query(sql`
        delete from "ApiOperation" where ctid = any (array(
          select ctid from "ApiOperation" where "workspaceId" = ${db.workspaceId} and "id" < ${oldest}::uuid order by "id" limit ${batch}))
        returning 1`)
      rows = gone.length
    }
    await db.query(sql`delete from "ApiUsage" where "day" < ${before(usageDays)}`)
    await db.query(sql`delete from "DeprecatedUse" where "lastAt" < ${before(usageDays)}`)
    return { deleted }
  },
})

/** Rows of one statement. */
const batch = 5_000

/** The least UUIDv7 of an instant: its milliseconds come first. */
function firstIdOf(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
