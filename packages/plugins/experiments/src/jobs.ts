import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import type { Bandits } from './decisions/bandits.ts'
import type { Verdicts } from './decisions/verdicts.ts'
import { followSchedules, type Scheduling } from './life/schedule.ts'

/** Once a minute: experiments whose time has come start or stop. So they do at most a minute late. */
export const followExperimentSchedules = defineSystemJob({
  name: 'experiments.follow-schedules',
  input: z.object({}),
  schedule: { cron: '* * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (_input, system, scheduling: Scheduling) => followSchedules(system, scheduling),
})

/** Every ten minutes: experiments that run without a verdict are looked at. */
export const determineVerdicts = defineSystemJob({
  name: 'experiments.determine-verdicts',
  input: z.object({}),
  schedule: { cron: '*/10 * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (_input, system, { verdicts }: { readonly verdicts: Verdicts }) => verdicts.determineAll(system),
})

/** Every hour: the weights of bandits whose cadence has passed follow their results. */
export const updateBandits = defineSystemJob({
  name: 'experiments.update-bandits',
  input: z.object({}),
  schedule: { cron: '3 * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (_input, system, { bandits }: { readonly bandits: Bandits }) => bandits.updateDue(system),
})
