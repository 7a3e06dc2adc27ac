import { defineSystemJob, type SystemContext } from '@espalier/core'
import { z } from 'zod'

/** Every five minutes: rules are judged by the latest span that is over. */
export const checkAlerts = defineSystemJob({
  name: 'operations.check-alerts',
  input: z.object({}),
  schedule: { cron: '*/5 * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (
    _input,
    system,
    { alerts }: { readonly alerts: { checkAll(system: SystemContext): Promise<number> } },
  ) => ({
    judged: await alerts.checkAll(system),
  }),
})
