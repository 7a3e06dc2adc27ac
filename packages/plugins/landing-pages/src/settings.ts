import { z } from 'zod'
import { loopSettings } from './loop/rules.ts'

/** What a workspace may set. */
export const settings = z.object({
  submissionRetentionDays: z
    .int('is not a whole number')
    .gte(1, 'is less than 1')
    .lte(3_650, 'is more than 3,650, which is ten years')
    .nullable()
    .default(null)
    .describe('Erase what visitors sent with forms after this many days. Empty: keep it until somebody erases it.'),
  ...loopSettings,
})
