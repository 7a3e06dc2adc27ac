import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
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
