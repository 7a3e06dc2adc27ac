import { defineJob, defineSystemJob, type SqlContext, type SystemContext } from '@espalier/core'
import { z } from 'zod'

/** Every minute: what people want to be told at once, and has been collected for two minutes, is mailed. */
export const mailNotifications = defineSystemJob({
  name: 'operations.mail-notifications',
  input: z.object({}),
  schedule: { cron: '* * * * *' },
  singletonKey: () => 'all',
  run: async (
    _input,
    system,
    { mailed }: { readonly mailed: { sendDue(system: SystemContext): Promise<number> } },
  ) => ({
    mails: await mailed.sendDue(system),
  }),
})

/** At night: notifications that are older than the workspace keeps them. */
export const forgetNotifications = defineJob({
  name: 'operations.forget-notifications',
  input: z.object({}),
  schedule: { cron: '25 2 * * *' },
  singletonKey: () => 'all',
  run: async (
    _input,
    context,
    operations: {
      readonly keepDays: (context: SqlContext) => Promise<number>
      readonly notifications: { forget(context: SqlContext, days: number): Promise<number> }
    },
  ) => ({ forgotten: await operations.notifications.forget(context, await operations.keepDays(context)) }),
})
