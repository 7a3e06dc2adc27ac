import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

/** What every event of the loop says: where it happened, and a sentence for people in both languages. */
const happening = {
  pageId: z.uuid().describe('The page.'),
  pageTitle: z.string().describe('Its title.'),
  runId: z.uuid().describe('The turn of the loop in which it happened.'),
  summaryEn: z.string().describe('What happened, in English.'),
  summaryFr: z.string().describe('What happened, in French.'),
}
const ids = { pageId: 'Page', runId: 'PageLoopRun' }
const example = {
  pageId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
  pageTitle: 'Spring offer',
  runId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
  summaryEn: 'What happened, in a sentence.',
  summaryFr: 'Ce qui s’est passé, en une phrase.',
}
const stepId = '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7fa'

/** Visitors see a new variant, at first a small share of them. */
export const variantIntroduced = defineEvent({
  name: 'landing-pages.variant-introduced',
  payload: z.object({ ...happening, stepId: z.uuid(), variantId: z.uuid(), variantKey: z.string() }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'Visitors see a new variant of a page, at first a small share of them.',
      fr: 'Des visiteurs voient une nouvelle variante d’une page, d’abord une petite part d’entre eux.',
    },
    ids: { ...ids, stepId: 'PageLoopStep', variantId: 'PageVariant' },
    example: { ...example, stepId, variantId: stepId, variantKey: 'v7' },
  },
})

/** A variant was switched off and archived, because it does worse, or because somebody took it back. */
export const variantRetired = defineEvent({
  name: 'landing-pages.variant-retired',
  payload: z.object({ ...happening, stepId: z.uuid(), variantId: z.uuid(), variantKey: z.string() }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A variant of a page was switched off, because it does worse, or because somebody took it back.',
      fr: 'Une variante d’une page a été arrêtée, parce qu’elle fait moins bien ou parce que quelqu’un l’a retirée.',
    },
    ids: { ...ids, stepId: 'PageLoopStep', variantId: 'PageVariant' },
    example: { ...example, stepId, variantId: stepId, variantKey: 'v7' },
  },
})

/** A variant converts better than any of the page has before, with confidence. */
export const conversionRecord = defineEvent({
  name: 'landing-pages.record',
  payload: z.object({
    ...happening,
    variantKey: z.string(),
    conversionRate: z.number().describe('In [0, 1].'),
    lower: z.number().describe('Lower end of its 95 % interval.'),
    upper: z.number().describe('Upper end of its 95 % interval.'),
  }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A variant converts better than any of the page has before, with confidence.',
      fr: 'Une variante convertit mieux que toutes celles de la page avant elle, avec certitude.',
    },
    ids: { ...ids },
    example: { ...example, variantKey: 'v7', conversionRate: 0.081, lower: 0.07, upper: 0.093 },
  },
})

/** The loop could not go on, or changes nothing because its figures cannot be believed. */
export const loopProblem = defineEvent({
  name: 'landing-pages.loop-problem',
  payload: z.object({
    ...happening,
    code: z
      .string()
      .describe(
        'SAMPLE_RATIO, BOTS, INGESTION_LAG, EXPERIMENT_STOPPED, PAGE_NOT_PUBLIC, RUN_FAILED; more may be added.',
      ),
  }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A page is not improved for now: its figures cannot be believed, or something is in the way.',
      fr: 'Une page n’est pas améliorée pour l’instant : ses chiffres ne sont pas fiables, ou quelque chose gêne.',
    },
    ids: { ...ids },
    example: { ...example, code: 'SAMPLE_RATIO' },
  },
})

/** A step waits for a person's yes or no. */
export const approvalNeeded = defineEvent({
  name: 'landing-pages.approval-needed',
  payload: z.object({
    ...happening,
    stepId: z.uuid(),
    kind: z.string().describe('introduction, promotion or retirement.'),
    variantKey: z.string().nullable(),
  }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A step of a page waits for a person’s yes or no.',
      fr: 'Une étape d’une page attend le oui ou le non d’une personne.',
    },
    ids: { ...ids, stepId: 'PageLoopStep' },
    example: { ...example, stepId, kind: 'introduction', variantKey: 'v7' },
  },
})

/** A version that was proposed broke a rule, and is kept with the reasons. */
export const candidateRefused = defineEvent({
  name: 'landing-pages.candidate-refused',
  payload: z.object({ ...happening, candidateId: z.uuid(), codes: z.array(z.string()) }),
  key: ({ pageId }) => pageId,
  public: {
    description: {
      en: 'A version that was proposed for a page broke a rule, and is kept with the reasons.',
      fr: 'Une version proposée pour une page enfreint une règle ; elle est gardée avec les raisons.',
    },
    ids: { ...ids, candidateId: 'PageCandidate' },
    example: { ...example, candidateId: stepId, codes: ['FORBIDDEN_CLAIM'] },
  },
})

/** Something about a page's loop has changed. Under the id of the page. */
export const pageLoopChanged = defineTopic<null>({
  name: 'landing-pages.loop',
  coalesce: () => null,
  afterGap: () => null,
})

/** What of it others may hear. */
export const loopEvents = [
  variantIntroduced,
  variantRetired,
  conversionRecord,
  loopProblem,
  approvalNeeded,
  candidateRefused,
]
