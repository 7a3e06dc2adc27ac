import { defineSystemJob, type SystemContext } from '@espalier/core'
import { z } from 'zod'

/** Every five minutes: reports and digests leave to those whose time has come. */
export const sendReports = defineSystemJob({
  name: 'operations.send-reports',
  input: z.object({}),
  schedule: { cron: '*/5 * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (
    _input,
    system,
    { reports }: { readonly reports: { sendDue(system: SystemContext): Promise<number> } },
  ) => ({
    mails: await reports.sendDue(system),
  }),
})
