import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

/** An evolution has ended by itself: everything was tried, or the money spent. One that failed is told as its job is. */
export const evolutionEnded = defineEvent({
  name: 'prompts.evolution-ended',
  payload: z.object({
    evolutionId: z.uuid(),
    promptId: z.uuid(),
    promptName: z.string(),
    /** done or stopped */
    status: z.string(),
    /** better, unclear or none */
    verdict: z.string(),
    /** Drafts that came of it, the best first. */
    variantIds: z.array(z.uuid()),
    summaryEn: z.string(),
    summaryFr: z.string(),
  }),
  key: ({ promptId }) => promptId,
})

/** An evolution has gone on or ended. Under its id. */
export const evolutionChanged = defineTopic<null>({
  name: 'prompts.evolution',
  coalesce: () => null,
  afterGap: () => null,
})
