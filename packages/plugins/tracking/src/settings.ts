import { z } from 'zod'
import { isTimeZone } from './timeZone.ts'

/** What a workspace may set. */
export const settings = z.object({
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone, such as Europe/Paris')
    .default('UTC')
    .describe('Where hours and days begin in metrics: an IANA time zone, such as Europe/Paris.'),
  respectDoNotTrack: z
    .boolean()
    .default(true)
    .describe('Count nobody whose browser sends Do Not Track or Global Privacy Control.'),
})
