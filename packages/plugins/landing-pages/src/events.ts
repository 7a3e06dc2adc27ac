import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

export const pagePublished = defineEvent({
  name: 'landing-pages.published',
  payload: z.object({ pageId: z.uuid() }),
  key: ({ pageId }) => pageId,
})

/** Somebody sent a form. What they sent is personal: read it by the id, where it is still there. */
export const formSubmitted = defineEvent({
  name: 'landing-pages.form-submitted',
  payload: z.object({
    submissionId: z.uuid(),
    pageId: z.uuid(),
    form: z.string(),
    /** As tracking knows the visitor; null where nobody is to be tracked. */
    visitorId: z.uuid().nullable(),
  }),
  key: ({ pageId }) => pageId,
})

/** What visitors get at a slug has changed. Null: anything may have. Under the key "all". */
export const servedChanged = defineTopic<{ slug: string | null }>({
  name: 'landing-pages.served',
  afterGap: () => ({ slug: null }),
})
