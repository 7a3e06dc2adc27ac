import { ConflictError, NotFoundError, prepared, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { mailSendingHeld } from './events.ts'

/**
 * SES reviews an account at 5 % bounces or 0.1 % complaints, and stops it at 10 % and 0.5 %. We stop before that. Fewer than 500
 * messages say little; and of 500, one complaint is 0.2 % and may be a mistake, so it takes three.
 */
const rules = {
  bounces: { rate: 0.04, least: 10 },
  complaints: { rate: 0.0008, least: 3 },
  leastSent: 500,
  /** The last so many marketing messages are looked at. */
  mostSent: 10_000,
}

type HoldReason = 'bounces' | 'complaints'

/** Marketing mail stands still where too much of it comes back, until a person has looked. Transactional mail goes on. */
export class SendingHolds {
  /** Whether marketing mail may leave: in the transaction that claims it. */
  async marketingMayLeave(context: SqlContext): Promise<boolean> {
    const [held] = await context.db.query(selectHold())
    return held === undefined
  }

  /** Looks at what came back of the last marketing messages that were sent since the last hold, and holds where it is too much. */
  async check(context: SqlContext): Promise<HoldReason | null> {
    return context.sqlTransaction(async (tx) => {
      await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended('mail sending holds', 0))`)
      if (!(await this.marketingMayLeave(tx))) return null
      const [figures] = await tx.db.query<{ sent: number; bounces: number; complaints: number }>(sql`
        with sent as (
          select "id", "bouncedAt", "complainedAt" from "MailMessage"
          where "class" = 'marketing' and "sentAt" is not null
            and "sentAt" > coalesce((select max("releasedAt") from "MailHold"), '-infinity')
          order by "sentAt" desc limit ${rules.mostSent}
        )
        select count(*)::int as "sent",
          count(*) filter (where "bouncedAt" is not null and exists (
            select 1 from "MailEvent" e where e."messageId" = sent."id" and e."kind" = 'bounce'
              and e."detail"->>'permanent' = 'true' and e."detail"->>'consequence' <> 'listed'))::int as "bounces",
          count(*) filter (where "complainedAt" is not null)::int as "complaints"
        from sent`)
      const reason = figures && tooMuch(figures)
      if (!figures || !reason) return null
      const id = uuidv7({ msecs: tx.clock.now().getTime() })
      await tx.db.query(sql`
        insert into "MailHold" ("id", "reason", "sent", "failed", "heldAt")
        values (${id}, ${reason}, ${figures.sent}, ${figures[reason]}, ${tx.clock.now()})`)
      await tx.publish(mailSendingHeld, { holdId: id })
      tx.log.error({ reason, ...figures }, 'Marketing mail is held: too much of it came back')
      return reason
    })
  }

  /** Lets marketing mail leave again; what counts from then on is what is sent from then on. */
  async release(context: SqlContext, id: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [hold] = await tx.db.query<{ reason: string; releasedAt: Date | null }>(
        sql`select "reason", "releasedAt" from "MailHold" where "id" = ${id} for update`,
      )
      if (!hold) throw new NotFoundError('hold', id)
      if (hold.releasedAt)
        throw new ConflictError({
          en: `It was released at ${hold.releasedAt.toISOString()} already.`,
          fr: `L’envoi a déjà été libéré le ${hold.releasedAt.toISOString()}.`,
        })
      const releasedAt = tx.clock.now()
      await tx.db.query(sql`update "MailHold" set "releasedAt" = ${releasedAt} where "id" = ${id}`)
      tx.audit({ resourceType: 'MailHold', resourceId: id, before: { reason: hold.reason }, after: { releasedAt } })
    })
  }
}

const selectHold = prepared('mail_select_hold', 'select 1 from "MailHold" where "releasedAt" is null limit 1')

function tooMuch({ sent, ...failed }: { sent: number; bounces: number; complaints: number }): HoldReason | undefined {
  if (sent < rules.leastSent) return undefined
  return (['complaints', 'bounces'] as const).find((reason) => {
    const { rate, least } = rules[reason]
    return failed[reason] >= least && failed[reason] / sent >= rate
  })
}
