import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { Guestbook } from './guestbook.ts'

/** Decides whether a new entry is shown. A run may happen twice; the second finds nothing to do. */
export const screenEntry = defineJob({
  name: 'guestbook.screen-entry',
  input: z.object({ entryId: z.uuid() }),
  run: async ({ entryId }, ctx, guestbook: Guestbook) => ({ status: await guestbook.screen(ctx, entryId) }),
})
