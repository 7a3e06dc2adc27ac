import { defineJob, type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'
import { mailClicked } from '../feedback/events.ts'
import { lockMessages, refold } from '../feedback/folding.ts'
import { rulesVersion } from './actor.ts'
import { judgeMessages } from './verdicts.ts'

/** Messages in one transaction: it holds locks, and may not take longer than 10 s. */
const batch = 200

/** Judges the opens and clicks of a minute for good, once what is around them is known, and tells of people's clicks. */
export const settleHits = defineJob({
  name: 'mail.settle-hits',
  input: z.object({ minute: z.iso.datetime() }),
  singletonKey: ({ minute }) => minute,
  run: async ({ minute }, context) => {
    const from = new Date(minute)
    const until = new Date(from.getTime() + 60_000)
    let settled = 0
    for (;;) {
      const done = await context.sqlTransaction(async (tx) => {
        const rows = await tx.db.query<{ messageId: string }>(sql`
          select distinct "messageId" from "MailEvent"
          where "receivedAt" >= ${from} and "receivedAt" < ${until} and "kind" in ('open', 'click') and "rules" is null
          limit ${batch}`)
        return judgeAnew(tx, rows, until)
      })
      settled += done
      if (done < batch) return { messages: settled }
    }
  },
})

/** Once a night: what older rules have judged is judged by today's. */
export const rejudgeHits = defineJob({
  name: 'mail.rejudge-hits',
  input: z.object({}),
  schedule: { cron: '20 3 * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 3_600,
  run: async (_input, context, _service: unknown, { signal }) => {
    let judged = 0
    while (!signal.aborted) {
      const done = await context.sqlTransaction(async (tx) => {
        const rows = await tx.db.query<{ messageId: string }>(sql`
          select distinct "messageId" from "MailEvent" where "rules" < ${rulesVersion} limit ${batch}`)
        return judgeAnew(tx, rows)
      })
      judged += done
      if (done < batch) break
    }
    return { messages: judged }
  },
})

async function judgeAnew(tx: SqlContext, rows: readonly { messageId: string }[], settle?: Date): Promise<number> {
  if (rows.length === 0) return 0
  const messages = await lockMessages(
    tx,
    rows.map(({ messageId }) => messageId),
  )
  const clicks = await judgeMessages(tx, messages, settle)
  await refold(
    tx,
    messages.map(({ id }) => id),
  )
  for (const click of clicks) await tx.publish(mailClicked, click)
  return rows.length
}
