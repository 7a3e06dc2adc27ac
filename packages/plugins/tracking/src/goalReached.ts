import { defineEvent } from '@espalier/core'
import { z } from 'zod'

/** A visitor reached a goal: published in the transaction that logged the conversion, once for each event. */
export const goalReached = defineEvent({
  name: 'tracking.goal-reached',
  payload: z.object({
    eventId: z.uuid().describe('The conversion: the same is told once, however often it is posted.'),
    siteId: z.uuid().describe('The site.'),
    pageId: z.uuid().nullable().describe('The landing page; null on other pages.'),
    /** Of any version: the collector takes what browsers have stored. */
    visitorId: z.guid(),
    goal: z.string().nullable().describe('Null where the conversion names no goal.'),
    /** Experiment id → variant id of the page on which it happened. */
    experiments: z.record(z.string(), z.string()),
    at: z.iso.datetime().describe('When it happened.'),
  }),
  key: ({ visitorId }) => visitorId,
  public: {
    description: { en: 'A visitor reached a goal.', fr: 'Un visiteur a atteint un objectif.' },
    ids: { siteId: 'TrackingSite', pageId: 'Page' },
    internal: ['visitorId', 'experiments'],
    frequent: true,
    example: {
      eventId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      siteId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
      pageId: null,
      visitorId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7fa',
      goal: 'signup',
      experiments: {},
      at: '2026-11-22T09:30:00.000Z',
    },
  },
})
