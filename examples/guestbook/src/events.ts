import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

/** An entry is there for all to see: it passed the screening, or somebody approved it. */
export const entryShown = defineEvent({
  name: 'guestbook.entry-shown',
  payload: z.object({ entryId: z.uuid() }),
  key: ({ entryId }) => entryId,
})

/** How many entries are shown has changed: count again. Key: "all". */
export const shownChanged = defineTopic<null>({
  name: 'guestbook.shown',
  coalesce: () => null,
  afterGap: () => null,
})
