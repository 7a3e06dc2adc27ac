import { z } from 'zod'
import { sql } from '../data/sql.ts'
import { defineSystemJob } from '../jobs/defineJob.ts'

/** Deletes sessions a day after they have ended; nobody can use them, but they say who signed in from where. */
export const deleteExpiredSessions = defineSystemJob({
  name: 'core.delete-expired-sessions',
  input: z.object({}),
  schedule: { cron: '23 3 * * *' },
  run: async (_input, { system, clock }) => {
    const before = new Date(clock.now().getTime() - 24 * 3600_000)
    // Sessions belong to people and not to a workspace.
    const deleted = await system.query(sql`delete from "Session" where "expiresAt" < ${before} returning "id"`)
    return { deleted: deleted.length }
  },
})
