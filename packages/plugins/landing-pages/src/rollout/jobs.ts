import { defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import type { Rollouts } from './rollouts.ts'

/** Once a minute: rollouts whose step has lasted go on, or back where their guardrails say so. */
export const advanceRollouts = defineSystemJob({
  name: 'landing-pages.advance-rollouts',
  input: z.object({}),
  schedule: { cron: '* * * * *' },
  singletonKey: () => 'all',
  run: async (_input, system, { rollouts }: { readonly rollouts: Rollouts }) => rollouts.advanceDue(system),
})
