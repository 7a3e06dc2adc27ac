import { defineEvent, defineTopic } from '@espalier/core'
import { z } from 'zod'

const budget = z.object({
  /** "2026-11" */
  month: z.string(),
  /** "" is all purposes together. */
  purpose: z.string(),
  /** Millionths of a US dollar. */
  limitMicros: z.number(),
  spentMicros: z.number(),
})

/** 80 % of a budget are spent. Once a month and budget, and again after it was raised. */
export const budgetWarned = defineEvent({
  name: 'ai.budget-warned',
  payload: budget,
  key: ({ month, purpose }) => `${month} ${purpose}`,
})

/** A budget is spent, or the first request was refused because what is left does not suffice for it. */
export const budgetReached = defineEvent({
  name: 'ai.budget-reached',
  payload: budget,
  key: ({ month, purpose }) => `${month} ${purpose}`,
})

/** A call has changed: read again. Key: "all". */
export const callsChanged = defineTopic<{ callId: string | null }>({
  name: 'ai.calls',
  coalesce: (earlier, later) => (earlier.callId === later.callId ? later : { callId: null }),
  afterGap: () => ({ callId: null }),
})
