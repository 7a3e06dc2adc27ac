import { defineJob, sql } from '@espalier/core'
import { z } from 'zod'
import type { SendingHolds } from './sendingHolds.ts'
import type { Webhooks } from './webhooks.ts'

/** What the jobs lean on. */
export interface FeedbackService {
  readonly feedback: { readonly webhooks: Webhooks; readonly holds: SendingHolds }
}

/** Acts on what SNS has posted. A run may happen twice: what was handled is left alone. */
export const handleWebhook = defineJob({
  name: 'mail.handle-webhook',
  input: z.object({ id: z.string() }),
  concurrency: 4,
  run: async ({ id }, context, { feedback }: FeedbackService, { attempt }) => ({
    outcome: await feedback.webhooks.handle(context, id, attempt),
  }),
})

/** Looks at what came back of marketing mail; one look covers all that came before it. */
export const checkHolds = defineJob({
  name: 'mail.check-holds',
  input: z.object({}),
  singletonKey: () => 'all',
  run: async (_input, context, { feedback }: FeedbackService) => ({ held: await feedback.holds.check(context) }),
})

/** Longer than a message of SNS is taken after it was sent, so that none is taken twice. Days. */
const keptDays = 30

/** Once a night: forgets what SNS has posted; what it said stands with the messages. */
export const forgetWebhooks = defineJob({
  name: 'mail.forget-webhooks',
  input: z.object({}),
  schedule: { cron: '50 2 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context) => {
    const before = new Date(context.clock.now().getTime() - keptDays * 24 * 3600_000)
    let forgotten = 0
    for (;;) {
      const [row] = await context.db.query<{ count: number }>(sql`
        with gone as (
          delete from "MailWebhook" where "id" in (
            select "id" from "MailWebhook" where "receivedAt" < ${before} order by "receivedAt" limit 5000)
          returning 1
        )
        select count(*)::int as "count" from gone`)
      forgotten += row?.count ?? 0
      if ((row?.count ?? 0) < 5000) return { forgotten }
    }
  },
})
