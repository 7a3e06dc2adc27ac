import { defineEvent } from '@espalier/core'
import { z } from 'zod'

export const pagePublished = defineEvent({
  name: 'landing-pages.published',
  payload: z.object({ pageId: z.uuid() }),
  key: ({ pageId }) => pageId,
})
