import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  respectDoNotTrack: z
    .boolean()
    .default(true)
    .describe('Count nobody whose browser sends Do Not Track or Global Privacy Control.'),
})
