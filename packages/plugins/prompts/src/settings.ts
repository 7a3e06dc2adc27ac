import { said } from '@espalier/core'
import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  judgeShare: z
    .number()
    .gte(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
    .lte(1, said({ en: 'is above 1', fr: 'dépasse 1' }))
    .default(0)
    .describe('Share of the executions that a model scores, from 0 to 1. Each costs a call to the model.'),
  testWinners: z
    .enum(['activate', 'wait'])
    .default('activate')
    .describe('What becomes of the winner of an A/B test: it becomes active by itself, or waits for a person.'),
})

export type PromptSettings = z.output<typeof settings>
