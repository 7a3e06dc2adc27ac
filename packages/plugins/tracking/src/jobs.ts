import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import { makePartitions } from './partitions.ts'

/** Keeps the event log's partitions ahead of time. */
export const prepareLog = defineSystemJob({
  name: 'tracking.prepare-log',
  input: z.object({}),
  schedule: { cron: '17 3 * * *' },
  run: async (_input, system) => ({ partitionsMade: await makePartitions(system) }),
})
