import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import { forgetSalts } from './dailyVisitors.ts'
import { makePartitions } from './partitions.ts'
import { dropOld } from './retention.ts'
import type { Tracking } from './tracking.ts'

/** Keeps the event log's partitions ahead of time, and drops those that are older than the installation keeps. */
export const prepareLog = defineSystemJob({
  name: 'tracking.prepare-log',
  input: z.object({}),
  schedule: { cron: '17 3 * * *' },
  run: async (_input, system, tracking: Tracking) => ({
    partitionsMade: await makePartitions(system),
    dropped: await dropOld(system, tracking.retentionDays),
  }),
})

/** Ends the day of visitors without storage where nobody came to begin the next: their salt goes. */
export const forgetVisitors = defineSystemJob({
  name: 'tracking.forget-visitors',
  input: z.object({}),
  schedule: { cron: '1 0 * * *' },
  run: async (_input, system) => ({ saltsDropped: await forgetSalts(system) }),
})
