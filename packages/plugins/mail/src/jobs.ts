import { defineJob, defineSystemJob } from '@espalier/core'
import { z } from 'zod'
import type { MailService } from './mailService.ts'

/** Sends what is due. A run may happen twice: each message is claimed by one. `due`: of messages that wait for a time. */
export const dispatchMail = defineJob({
  name: 'mail.dispatch',
  input: z.object({ due: z.iso.datetime().optional() }),
  timeoutSeconds: 120,
  // One that waits finds all that is there when it starts; one that runs may have looked a moment too early.
  waitingKey: ({ due = 'now' }) => due,
  run: async (_input, context, mail: MailService, { signal }) => mail.dispatcher.run(context, signal),
})

/** Goes on where a run had to wait for the provider's rate; one of them is enough. */
export const resumeDispatch = defineJob({
  name: 'mail.resume',
  input: z.object({}),
  timeoutSeconds: 120,
  // Not a singleton: a run that goes on later is active while it says so.
  waitingKey: () => 'all',
  run: async (_input, context, mail: MailService, { signal }) => mail.dispatcher.run(context, signal),
})

/** Once a minute: what a dead worker had in hand, what was never answered, and what has come due. */
export const sweepMail = defineSystemJob({
  name: 'mail.sweep',
  input: z.object({}),
  schedule: { cron: '* * * * *' },
  singletonKey: () => 'all',
  run: async (_input, system, mail: MailService) => mail.sweep.run(system),
})
