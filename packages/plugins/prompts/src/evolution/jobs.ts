import { defineJob, jobFailed, type SqlContext, when } from '@espalier/core'
import { z } from 'zod'
import { isLasting } from '../executions/lasting.ts'
import type { Derivations } from './derivations.ts'
import type { Evolutions } from './evolutions.ts'

interface Evolving {
  readonly evolutions: Evolutions
  readonly derivations: Derivations
}

/** Walks an evolution to its end. A run that dies is taken up where it was. */
export const evolvePrompt = defineJob({
  name: 'prompts.evolve',
  input: z.object({ evolutionId: z.uuid() }),
  singletonKey: ({ evolutionId }) => evolutionId,
  // Hundreds of calls of seconds each.
  timeoutSeconds: 6 * 3600,
  run: async ({ evolutionId }, context, { evolutions }: Evolving, { signal }) =>
    evolutions.walk(context, evolutionId, signal),
})

/** Makes one child of one variant or of two. Its result names the draft, or says why there is none. */
export const derivePrompt = defineJob({
  name: 'prompts.derive',
  input: z.object({
    derivationId: z.uuid(),
    variantIds: z.array(z.uuid()),
    goals: z.array(z.string()),
    feedbackIds: z.array(z.uuid()),
  }),
  singletonKey: ({ derivationId }) => derivationId,
  run: async (input, context, { derivations }: Evolving, { signal }) => {
    try {
      return await derivations.derive(context, input, signal)
    } catch (error) {
      if (!isLasting(error)) throw error
      return { variantId: null, refusal: (error as Error).message }
    }
  },
})

/** An evolution whose job has failed for good has failed. */
export const failEvolution = when(jobFailed, async ({ payload }, context: SqlContext, { evolutions }: Evolving) => {
  if (payload.job === evolvePrompt.name) await evolutions.fail(context, payload.jobId, payload.message)
})
