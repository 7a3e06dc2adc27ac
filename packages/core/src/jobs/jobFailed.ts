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
    /** Its type, such as "landing-pages.improve". */
    job: z.string(),
    code: z.string(),
    message: z.string(),
    attempts: z.int(),
  }),
  key: ({ job }) => job,
})
