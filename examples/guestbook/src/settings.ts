import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  maxLinks: z.number().int().min(0).max(20).default(1).describe('Links in an entry that is shown without approval.'),
})

export type Settings = z.output<typeof settings>
