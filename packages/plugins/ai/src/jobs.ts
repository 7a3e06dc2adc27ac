import { defineJob, defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import type { Settlements } from './settlements.ts'

interface Service {
  readonly settlements: Settlements
}

/** Every ten minutes: calls of processes that died, and that nobody has asked for again, get their end. */
export const endAbandonedCalls = defineSystemJob({
  name: 'ai.end-abandoned-calls',
  input: z.object({}),
  schedule: { cron: '*/10 * * * *', missed: 'skip' },
  singletonKey: () => 'all',
  run: async (_input, system, { settlements }: Service) => ({ ended: await settlements.endAbandoned(system) }),
})

/** Once a night: what was asked and answered longer ago than the workspace keeps it is erased; the figures stay. */
export const eraseOldContent = defineJob({
  name: 'ai.erase-old-content',
  input: z.object({}),
  schedule: { cron: '20 3 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context, { settlements }: Service) => ({ erased: await settlements.eraseOld(context) }),
})
