import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

/** What every event of the loop says: where it happened, and a sentence for people in both languages. */
const happening = {
  pageId: z.uuid(),
  pageTitle: z.string(),
  /** The turn of the loop in which it happened. */
  runId: z.uuid(),
  summaryEn: z.string(),
  summaryFr: z.string(),
}

/** Visitors see a new variant, at first a small share of them. */
export const variantIntroduced = defineEvent({
  name: 'landing-pages.variant-introduced',
  payload: z.object({ ...happening, stepId: z.uuid(), variantId: z.uuid(), variantKey: z.string() }),
  key: ({ pageId }) => pageId,
})

/** A variant was switched off and archived, because it does worse, or because somebody took it back. */
export const variantRetired = defineEvent({
  name: 'landing-pages.variant-retired',
  payload: z.object({ ...happening, stepId: z.uuid(), variantId: z.uuid(), variantKey: z.string() }),
  key: ({ pageId }) => pageId,
})

/** A variant converts better than any of the page has before, with confidence. */
export const conversionRecord = defineEvent({
  name: 'landing-pages.record',
  payload: z.object({
    ...happening,
    variantKey: z.string(),
    /** In [0, 1], with its 95 % interval. */
    conversionRate: z.number(),
    lower: z.number(),
    upper: z.number(),
  }),
  key: ({ pageId }) => pageId,
})

/** The loop could not go on, or changes nothing because its figures cannot be believed. */
export const loopProblem = defineEvent({
  name: 'landing-pages.loop-problem',
  payload: z.object({
    ...happening,
    /** Stable: SAMPLE_RATIO, BOTS, INGESTION_LAG, EXPERIMENT_STOPPED, PAGE_NOT_PUBLIC, RUN_FAILED. */
    code: z.string(),
  }),
  key: ({ pageId }) => pageId,
})

/** A step waits for a person's yes or no. */
export const approvalNeeded = defineEvent({
  name: 'landing-pages.approval-needed',
  payload: z.object({
    ...happening,
    stepId: z.uuid(),
    /** introduction, promotion or retirement. */
    kind: z.string(),
    variantKey: z.string().nullable(),
  }),
  key: ({ pageId }) => pageId,
})

/** A version that was proposed broke a rule, and is kept with the reasons. */
export const candidateRefused = defineEvent({
  name: 'landing-pages.candidate-refused',
  payload: z.object({ ...happening, candidateId: z.uuid(), codes: z.array(z.string()) }),
  key: ({ pageId }) => pageId,
})

/** Something about a page's loop has changed. Under the id of the page. */
export const pageLoopChanged = defineTopic<null>({
  name: 'landing-pages.loop',
  coalesce: () => null,
  afterGap: () => null,
})
