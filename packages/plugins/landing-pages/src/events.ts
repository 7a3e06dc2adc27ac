import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

export const pagePublished = defineEvent({
  name: 'landing-pages.published',
  payload: z.object({ pageId: z.uuid().describe('The page.') }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A page was published, or published anew.',
      fr: 'Une page a été publiée, ou publiée à nouveau.',
    },
    ids: { pageId: 'Page' },
    example: { pageId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8' },
  },
})

/** Somebody sent a form. What they sent is personal: read it by the id, where it is still there. */
export const formSubmitted = defineEvent({
  name: 'landing-pages.form-submitted',
  payload: z.object({
    submissionId: z.uuid().describe('What was sent: read it by this id, where it is still there.'),
    pageId: z.uuid().describe('The page.'),
    form: z.string().describe('Name of the form on the page.'),
    /** As tracking knows the visitor; null where nobody is to be tracked. */
    visitorId: z.uuid().nullable(),
  }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'Somebody sent a form. What they wrote is personal, and read from the API.',
      fr: 'Quelqu’un a envoyé un formulaire. Ce qui y est écrit est personnel, et se lit dans l’API.',
    },
    ids: { submissionId: 'FormSubmission', pageId: 'Page' },
    internal: ['visitorId'],
    example: {
      submissionId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
      pageId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      form: 'contact',
      visitorId: null,
    },
  },
})

/** A page, one of its variants or what visitors get of it has changed: for editors and lists. Under the id of the page. */
export const pageChanged = defineTopic<null>({
  name: 'landing-pages.page',
  coalesce: () => null,
  afterGap: () => null,
})

/** What visitors get at a slug has changed. Null: anything may have. Under the key "all". */
export const servedChanged = defineTopic<{ slug: string | null }>({
  name: 'landing-pages.served',
  afterGap: () => ({ slug: null }),
})

/** What of it others may hear. */
export const pageEvents = [pagePublished, formSubmitted]
