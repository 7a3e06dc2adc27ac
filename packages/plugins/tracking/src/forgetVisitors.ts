import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import { forgetSalts } from './dailyVisitors.ts'

/** Ends the day of visitors without storage where nobody came to begin the next: their salt goes. */
export const forgetVisitors = defineSystemJob({
  name: 'tracking.forget-visitors',
  input: z.object({}),
  schedule: { cron: '1 0 * * *' },
  run: async (_input, system) => ({ saltsDropped: await forgetSalts(system) }),
})
