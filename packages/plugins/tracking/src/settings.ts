import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  /** Count nobody whose browser sends Do Not Track or Global Privacy Control. */
  respectDoNotTrack: z.boolean().default(true),
})
