import { said } from '@espalier/core'
import { z } from 'zod'
import { loopSettings } from './loop/rules.ts'

/** What a workspace may set. */
export const settings = z.object({
  submissionRetentionDays: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(3_650, said({ en: 'is more than 3,650, which is ten years', fr: 'dépasse 3 650, soit dix ans' }))
    .nullable()
    .default(null)
    .describe('Erase what visitors sent with forms after this many days. Empty: keep it until somebody erases it.'),
  ...loopSettings,
})
