import { defineEvent } from '@espalier/core'
import { z } from 'zod'

/** An A/B test of a prompt is over, by itself or by somebody. */
export const testEnded = defineEvent({
  name: 'prompts.test-ended',
  payload: z.object({
    testId: z.uuid(),
    promptId: z.uuid(),
    name: z.string(),
    language: z.string(),
    /** significant, inconclusive, tooFewScores, unhealthy, decided (in the experiment) or canceled. */
    reason: z.string(),
    pValue: z.number().nullable(),
    /** Null: nobody won, and the control stays. */
    winnerVariantId: z.uuid().nullable(),
  }),
  key: ({ testId }) => testId,
})
