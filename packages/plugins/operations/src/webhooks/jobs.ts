import { defineJob, defineSystemJob, type SqlContext, type SystemContext } from '@espalier/core'
import { z } from 'zod'

/** Posts what is due at one endpoint. Times of repetitions are the schedule's of webhooks, not the queue's. */
export const deliverWebhooks = defineJob({
  name: 'operations.deliver-webhooks',
  input: z.object({
    endpointId: z.uuid(),
    /** For what is due later: jobs of one second are one. */
    at: z.iso.datetime().optional(),
    /** Looks whether those who post there have died. */
    takesOver: z.literal(true).optional(),
  }),
  waitingKey: ({ endpointId, at = '', takesOver }) => `${endpointId} ${takesOver ? 'takes over' : at}`,
  // Endpoints that are posted to at the same time. They wait for others most of the time, so they may be many.
  concurrency: 12,
  timeoutSeconds: 60,
  retry: { limit: 1 },
  run: async (
    { endpointId },
    context,
    {
      webhooks,
    }: {
      readonly webhooks: { deliver(context: SqlContext, endpointId: string, signal: AbortSignal): Promise<unknown> }
    },
    { signal },
  ) => webhooks.deliver(context, endpointId, signal),
})

/** The rest of a redelivery that was too large for one transaction, a batch at a time. */
export const redeliverWebhooks = defineJob({
  name: 'operations.redeliver-webhooks',
  input: z.object({ endpointId: z.uuid(), redeliveryId: z.uuid(), since: z.iso.datetime() }),
  run: async (
    { endpointId, redeliveryId, since },
    context,
    {
      webhooks,
    }: {
      readonly webhooks: {
        goOnRedelivering(context: SqlContext, endpointId: string, redeliveryId: string, since: Date): Promise<number>
      }
    },
  ) => ({ redelivered: await webhooks.goOnRedelivering(context, endpointId, redeliveryId, new Date(since)) }),
})

/** Every minute: what is due and has nobody who posts it, since a process died, is taken up again. */
export const resumeWebhooks = defineSystemJob({
  name: 'operations.resume-webhooks',
  input: z.object({}),
  schedule: { cron: '* * * * *' },
  singletonKey: () => 'all',
  run: async (
    _input,
    system,
    { webhooks }: { readonly webhooks: { resume(system: SystemContext): Promise<number> } },
  ) => ({ resumed: await webhooks.resume(system) }),
})

/** At night: messages and the log of their deliveries that are older than the workspace keeps them. */
export const forgetWebhooks = defineJob({
  name: 'operations.forget-webhooks',
  input: z.object({}),
  schedule: { cron: '35 2 * * *' },
  singletonKey: () => 'all',
  run: async (
    _input,
    context,
    { webhooks }: { readonly webhooks: { forget(context: SqlContext): Promise<number> } },
  ) => ({ forgotten: await webhooks.forget(context) }),
})
