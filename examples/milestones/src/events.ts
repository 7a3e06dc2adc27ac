import { defineEvent } from '@espalier/core'
import { z } from 'zod'

/** A page has reached a milestone: published in the transaction that counted the goal. */
export const milestoneReached = defineEvent({
  name: 'milestones.reached',
  payload: z.object({ milestoneId: z.uuid(), pageId: z.uuid(), goals: z.number().int() }),
  key: ({ pageId }) => pageId,
})
