import { z } from 'zod'
import { defineEvent } from '../events/defineEvent.ts'

/**
 * A job of the workspace has used up its attempts and lies with the dead letters. Published in the transaction that marks
 * it as failed; not for the handlers of this event themselves, and not for jobs that belong to no workspace.
 */
export const jobFailed = defineEvent({
  name: 'core.job-failed',
  payload: z.object({
    jobId: z.uuid(),
    job: z.string().describe('Its type, such as "landing-pages.improve".'),
    code: z.string().describe('Of the last error.'),
    message: z.string().describe('Of the last error.'),
    attempts: z.int().describe('How often it was tried.'),
  }),
  key: ({ job }) => job,
  public: {
    description: {
      en: 'A job has failed for good: it is not tried again by itself.',
      fr: 'Une tâche a échoué pour de bon : elle n’est plus retentée d’elle-même.',
    },
    ids: { jobId: 'Job' },
    // An error may quote what a visitor typed, or name an address of the house.
    internal: ['message'],
    example: {
      jobId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      job: 'landing-pages.improve',
      code: 'TIMEOUT',
      message: 'It took longer than 300 s.',
      attempts: 6,
    },
  },
})
