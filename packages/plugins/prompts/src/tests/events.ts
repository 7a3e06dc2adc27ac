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
    reason: z
      .string()
      .describe('significant, inconclusive, tooFewScores, unhealthy, decided (in the experiment) or canceled.'),
    pValue: z.number().nullable(),
    winnerVariantId: z.uuid().nullable().describe('Null: nobody won, and the control stays.'),
  }),
  key: ({ testId }) => testId,
  public: {
    description: {
      en: 'An A/B test of a prompt is over, by itself or by somebody.',
      fr: 'Un test A/B d’un prompt est terminé, de lui-même ou par quelqu’un.',
    },
    ids: { testId: 'PromptTest', promptId: 'Prompt', winnerVariantId: 'PromptVariant' },
    example: {
      testId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
      promptId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      name: 'support.reply',
      language: 'en',
      reason: 'significant',
      pValue: 0.013,
      winnerVariantId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7fa',
    },
  },
})
