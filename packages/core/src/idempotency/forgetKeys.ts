import { z } from 'zod'
import { sql } from '../data/sql.ts'
import { defineSystemJob } from '../jobs/defineJob.ts'
import { rememberedForMs } from './idempotencyClaim.ts'

/** Deletes idempotency keys, and the answers kept with them, a day after their mutations. */
export const forgetIdempotencyKeys = defineSystemJob({
  name: 'core.forget-idempotency-keys',
  input: z.object({}),
  schedule: { cron: '41 * * * *' },
  run: async (_input, { system, clock }) => {
    const before = new Date(clock.now().getTime() - rememberedForMs)
    // The system door: keys of all workspaces go at the same age.
    const forgotten = await system.query(sql`delete from "IdempotencyKey" where "at" < ${before} returning 1 as "one"`)
    return { forgotten: forgotten.length }
  },
})
