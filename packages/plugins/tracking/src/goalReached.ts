import { defineEvent } from '@espalier/core'
import { z } from 'zod'

/** A visitor reached a goal: published in the transaction that logged the conversion, once for each event. */
export const goalReached = defineEvent({
  name: 'tracking.goal-reached',
  payload: z.object({
    eventId: z.uuid(),
    siteId: z.uuid(),
    pageId: z.uuid().nullable(),
    /** Of any version: the collector takes what browsers have stored. */
    visitorId: z.guid(),
    /** Null where the conversion names no goal. */
    goal: z.string().nullable(),
    /** Experiment id → variant id of the page on which it happened. */
    experiments: z.record(z.string(), z.string()),
    at: z.iso.datetime(),
  }),
  key: ({ visitorId }) => visitorId,
})
