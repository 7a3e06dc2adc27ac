import { said } from '@espalier/core'
import { z } from 'zod'

/** What a prediction was about. Seed of the trade: leads, mail, what people do, how the system itself does. */
export const actionTypes = ['lead_conversion', 'email_response', 'user_action', 'system_performance'] as const
export type ActionType = (typeof actionTypes)[number]

export const outcomes = ['positive', 'negative', 'neutral'] as const
export type FeedbackOutcome = (typeof outcomes)[number]

const json = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => JSON.stringify(value).length <= 16_384,
    said({ en: 'At most 16 KiB as JSON.', fr: 'Au plus 16 Kio en JSON.' }),
  )
const share = z.number().refine((value) => value >= 0 && value <= 1, said({ en: 'From 0 to 1.', fr: 'De 0 à 1.' }))
const impact = z
  .int()
  .refine(
    (value) => value >= -100 && value <= 100,
    said({ en: 'A whole number from -100 to 100.', fr: 'Un nombre entier de -100 à 100.' }),
  )
const notes = z
  .string()
  .refine((text) => text.length <= 5000, said({ en: 'At most 5,000 characters.', fr: 'Au plus 5 000 caractères.' }))
const predictedJson = json.refine(
  ({ outcome }) => outcome === undefined || outcomes.includes(outcome as FeedbackOutcome),
  said({ en: `"outcome" is one of ${outcomes.join(', ')}.`, fr: `« outcome » est l’un de : ${outcomes.join(', ')}.` }),
)

/** What is predicted, or, with an outcome, what came of something. */
export const feedbackInput = z
  .object({
    actionType: z.enum(actionTypes),
    /** The execution of a prompt that it is about. */
    executionId: z.uuid().optional(),
    /** What it is about, as "Lead" and its id. Both, or none. */
    subjectType: z
      .string()
      .trim()
      .refine(
        (text) => text.length >= 1 && text.length <= 100,
        said({ en: '1 to 100 characters.', fr: 'De 1 à 100 caractères.' }),
      )
      .optional(),
    subjectId: z.uuid().optional(),
    /** `outcome` is what the confidence is about; what else there is, is kept as it is. */
    predicted: predictedJson.optional(),
    /** How sure the prediction is, as a probability. */
    confidence: share.optional(),
    actual: json.optional(),
    outcome: z.enum(outcomes).optional(),
    impact: impact.optional(),
    context: json.optional(),
    notesEn: notes.optional(),
    notesFr: notes.optional(),
  })
  .refine(({ subjectType, subjectId }) => (subjectType === undefined) === (subjectId === undefined), {
    path: ['subjectId'],
    message: said({
      en: 'Name both subjectType and subjectId, or neither.',
      fr: 'Donnez subjectType et subjectId, ou aucun des deux.',
    }),
  })
  .refine(({ predicted, outcome }) => predicted !== undefined || outcome !== undefined, {
    path: ['predicted'],
    message: said({
      en: 'Feedback holds what was predicted, or the outcome, or both: give at least one.',
      fr: 'Un retour contient la prédiction, le résultat, ou les deux : donnez au moins l’un.',
    }),
  })
  .refine(({ confidence, predicted }) => confidence === undefined || predicted !== undefined, {
    path: ['confidence'],
    message: said({
      en: 'A confidence belongs to a prediction: give `predicted` too.',
      fr: 'Une confiance va avec une prédiction : donnez aussi `predicted`.',
    }),
  })

/** What came of a prediction. */
export const settlement = z.object({
  outcome: z.enum(outcomes),
  actual: json.optional(),
  impact: impact.optional(),
  notesEn: notes.optional(),
  notesFr: notes.optional(),
})

export type FeedbackInput = z.input<typeof feedbackInput>
export type Settlement = z.input<typeof settlement>
