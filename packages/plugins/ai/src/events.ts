import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

const budget = z.object({
  month: z.string().describe('Such as "2026-11".'),
  purpose: z.string().describe('What it is for; "" is all purposes together.'),
  limitMicros: z.number().describe('What may be spent in the month. Millionths of a US dollar.'),
  spentMicros: z.number().describe('What is spent. Millionths of a US dollar.'),
})
const example = { month: '2026-11', purpose: '', limitMicros: 50_000_000, spentMicros: 40_120_000 }

/** 80 % of a budget are spent. Once a month and budget, and again after it was raised. */
export const budgetWarned = defineEvent({
  name: 'ai.budget-warned',
  payload: budget,
  key: ({ month, purpose }) => `${month} ${purpose}`,
  public: {
    description: {
      en: '80 % of a budget for models are spent: once a month, and again after it was raised.',
      fr: '80 % d’un budget pour les modèles sont dépensés : une fois par mois, et de nouveau après une augmentation.',
    },
    example,
  },
})

/** A budget is spent, or the first request was refused because what is left does not suffice for it. */
export const budgetReached = defineEvent({
  name: 'ai.budget-reached',
  payload: budget,
  key: ({ month, purpose }) => `${month} ${purpose}`,
  public: {
    description: {
      en: 'A budget for models is used up: no more calls this month.',
      fr: 'Un budget pour les modèles est épuisé : plus aucun appel ce mois-ci.',
    },
    example: { ...example, spentMicros: 50_000_000 },
  },
})

/** A call has changed: read again. Key: "all". */
export const callsChanged = defineTopic<{ callId: string | null }>({
  name: 'ai.calls',
  coalesce: (earlier, later) => (earlier.callId === later.callId ? later : { callId: null }),
  afterGap: () => ({ callId: null }),
})

/** What of it others may hear. */
export const publicEvents = [budgetWarned, budgetReached]
