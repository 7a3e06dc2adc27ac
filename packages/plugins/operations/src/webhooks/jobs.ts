import { defineJob, defineSystemJob, type SqlContext, type SystemContext } from '@espalier/core'
import { z } from 'zod'

/** Makes one attempt. Those that follow are jobs of their own: their times are the standard's, not the queue's. */
export const deliverWebhook = defineJob({
  name: 'operations.deliver-webhook',
  input: z.object({ deliveryId: z.uuid(), attempt: z.int() }),
  concurrency: 5,
  timeoutSeconds: 60,
  run: async (
    attempt,
    context,
    {
      webhooks,
    }: { readonly webhooks: { deliver(context: SqlContext, attempt: Attempt, signal: AbortSignal): Promise<unknown> } },
    { signal },
  ) => webhooks.deliver(context, attempt, signal),
})

/** Which delivery, and how many attempts were made before this one. */
export interface Attempt {
  readonly deliveryId: string
  readonly attempt: number
}

/** Every hour: deliveries whose job was lost are taken up again. */
export const resumeWebhooks = defineSystemJob({
  name: 'operations.resume-webhooks',
  input: z.object({}),
  schedule: { cron: '41 * * * *' },
  singletonKey: () => 'all',
  run: async (
    _input,
    system,
    { webhooks }: { readonly webhooks: { resume(system: SystemContext): Promise<number> } },
  ) => ({ resumed: await webhooks.resume(system) }),
})
