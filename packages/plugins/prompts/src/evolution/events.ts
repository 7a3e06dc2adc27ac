import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

/** An evolution has ended by itself: everything was tried, or the money spent. One that failed is told as its job is. */
export const evolutionEnded = defineEvent({
  name: 'prompts.evolution-ended',
  payload: z.object({
    evolutionId: z.uuid(),
    promptId: z.uuid(),
    promptName: z.string(),
    status: z.string().describe('done or stopped.'),
    verdict: z.string().describe('better, unclear or none.'),
    variantIds: z.array(z.uuid()).describe('Drafts that came of it, the best first.'),
    summaryEn: z.string().describe('What came of it, in English.'),
    summaryFr: z.string().describe('What came of it, in French.'),
  }),
  key: ({ promptId }) => promptId,
  public: {
    description: {
      en: 'An evolution of a prompt has ended by itself: everything was tried, or the money spent.',
      fr: 'L’évolution d’un prompt s’est terminée d’elle-même : tout a été essayé, ou l’argent est dépensé.',
    },
    ids: { evolutionId: 'PromptEvolution', promptId: 'Prompt', variantIds: 'PromptVariant' },
    example: {
      evolutionId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
      promptId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      promptName: 'support.reply',
      status: 'done',
      verdict: 'better',
      variantIds: ['0199b3c4-5d6e-7f80-8192-a3b4c5d6e7fa'],
      summaryEn: 'One draft is better.',
      summaryFr: 'Un brouillon est meilleur.',
    },
  },
})

/** An evolution has gone on or ended. Under its id. */
export const evolutionChanged = defineTopic<null>({
  name: 'prompts.evolution',
  coalesce: () => null,
  afterGap: () => null,
})
