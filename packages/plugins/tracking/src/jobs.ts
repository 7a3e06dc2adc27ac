import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import { keepPeriods } from './keptPeriods.ts'
import { dropOld } from './retention.ts'
import type { Tracking } from './tracking.ts'

/** Keeps the event log's partitions ahead of time, and drops those that are older than the installation keeps. */
export const prepareLog = defineSystemJob({
  name: 'tracking.prepare-log',
  input: z.object({}),
  schedule: { cron: '17 3 * * *' },
  run: async (_input, system, tracking: Tracking) => ({
    partitionsMade: await tracking.store.prepare(system),
    dropped: await dropOld(system, tracking.store, tracking.retentionDays),
  }),
})

/** Puts together the days and six hours that are over. */
export const keepOverPeriods = defineSystemJob({
  name: 'tracking.keep-days',
  input: z.object({}),
  schedule: { cron: '4 * * * *' },
  // The first time there may be years.
  timeoutSeconds: 3_600,
  run: async (_input, system, _tracking: Tracking, { signal }) => ({ periods: await keepPeriods(system, signal) }),
})

/** Sees to what crashes have left in a log that is not PostgreSQL's own; see {@link EventStore.settle}. */
export const settleLog = defineSystemJob({
  name: 'tracking.settle-log',
  input: z.object({}),
  schedule: { cron: '47 * * * *' },
  run: async (_input, system, tracking: Tracking) => ({ batches: (await tracking.store.settle?.(system)) ?? 0 }),
})
