import { type SqlContext, sql } from '@espalier/core'
import type { Problem } from '../errors.ts'
import { tellMessagesChanged } from '../events.ts'
import type { Transport } from '../transports/transport.ts'

/** How far ahead messages are given their place; milliseconds. More would keep a worker waiting that could do other things. */
const aheadMs = 2_000

/** Of the rate, that is left after the provider said "too fast", and what comes back each minute. */
const slowdown = 0.7
const recoveryPerMinute = 0.05
const leastShare = 0.05

export interface Slot {
  /** Messages that may leave at `at`; 0: ask again then. */
  readonly granted: number
  readonly at: Date
  /** Of the account, as much of its rate as is used now; 0 where it is not known. */
  readonly perSecond: number
}

/**
 * How fast an account sends, over all workers: the generic cell rate algorithm, in one row. Each claim reserves the time that its
 * messages take at the account's rate; the next begins where it ends.
 */
export class Rates {
  /** Asks the provider what it takes, where that is older than it lasts. @returns whether anything may be sent */
  async refresh(context: SqlContext, transport: Transport, signal: AbortSignal): Promise<boolean> {
    const now = context.clock.now()
    const [known] = await context.db.query<{ heldUntil: Date | null; refreshedAt: Date | null }>(sql`
      select "heldUntil", "refreshedAt" from "MailRate" where "account" = ${transport.account}`)
    if (known?.heldUntil && known.heldUntil > now) return false
    const freshSince = new Date(now.getTime() - transport.rateLastsSeconds * 1_000)
    if (known?.refreshedAt && known.refreshedAt > freshSince) return true
    const answer = await transport.rate(signal)
    if ('problem' in answer) {
      // What it took five minutes ago it may take still, unless it says that it takes nothing.
      if (known?.refreshedAt && !answer.held) return true
      await this.hold(context, transport.account, answer.problem, answer.seconds)
      return false
    }
    const { perSecond, perDay, sentLast24h } = answer
    await context.db.query(sql`
      insert into "MailRate" ("account", "perSecond", "perDay", "sentLast24h", "theoreticalAt", "refreshedAt")
      values (${transport.account}, ${perSecond}, ${perDay}, ${sentLast24h}, ${now}, ${now})
      on conflict ("workspaceId", "account") do update set "perSecond" = excluded."perSecond", "perDay" = excluded."perDay",
        "sentLast24h" = excluded."sentLast24h", "refreshedAt" = excluded."refreshedAt", "heldUntil" = null, "problem" = null`)
    return true
  }

  /** @param wanted messages, at least 1 */
  async reserve(context: SqlContext, account: string, wanted: number): Promise<Slot> {
    return context.sqlTransaction(async (tx) => {
      const now = tx.clock.now()
      const [row] = await tx.db.query<RateRow>(sql`
        select "perSecond" * "share" as "perSecond", "perDay", "sentLast24h", "theoreticalAt", "heldUntil"
        from "MailRate" where "account" = ${account} for update`)
      if (!row) return { granted: 0, at: now, perSecond: 0 }
      const { perSecond } = row
      if (row.heldUntil && row.heldUntil > now) return { granted: 0, at: row.heldUntil, perSecond }
      const at = new Date(Math.max(row.theoreticalAt.getTime(), now.getTime()))
      if (at.getTime() - now.getTime() > aheadMs) return { granted: 0, at, perSecond }
      const today = row.perDay === null ? wanted : Math.floor(row.perDay - row.sentLast24h)
      // The window of 24 hours rolls: what it holds is known anew with the next refresh.
      if (today < 1) return { granted: 0, at: new Date(now.getTime() + 300_000), perSecond }
      const granted = Math.min(wanted, today, share(perSecond))
      const until = new Date(at.getTime() + Math.ceil((granted / perSecond) * 1_000))
      await tx.db.query(sql`
        update "MailRate" set "theoreticalAt" = ${until}, "sentLast24h" = "sentLast24h" + ${granted}
        where "account" = ${account}`)
      return { granted, at, perSecond }
    })
  }

  /** After "too fast": a smaller share of the rate, which comes back by itself. */
  async slowDown(context: SqlContext, account: string, { message }: Problem): Promise<void> {
    const next = new Date(context.clock.now().getTime() + 1_000)
    await context.db.query(sql`
      update "MailRate" set "share" = greatest("share" * ${slowdown}::float8, ${leastShare}::float8), "problem" = ${message},
        "theoreticalAt" = greatest("theoreticalAt", ${next}::timestamptz)
      where "account" = ${account}`)
  }

  /** Once a minute. */
  async recover(context: SqlContext): Promise<void> {
    await context.db.query(sql`
      update "MailRate" set "share" = least(1, "share" + ${recoveryPerMinute}::float8) where "share" < 1`)
  }

  /** Nothing from this account for so long. */
  async hold(context: SqlContext, account: string, { message }: Problem, seconds: number): Promise<void> {
    const now = context.clock.now()
    const until = new Date(now.getTime() + seconds * 1_000)
    await context.sqlTransaction(async (tx) => {
      await tx.db.query(sql`
        insert into "MailRate" ("account", "perSecond", "theoreticalAt", "heldUntil", "problem")
        values (${account}, 1, ${now}, ${until}, ${message})
        on conflict ("workspaceId", "account") do update set "heldUntil" = excluded."heldUntil", "problem" = excluded."problem",
          "refreshedAt" = null`)
      tellMessagesChanged(tx)
    })
  }
}

/** Messages of one place: a fifth of a second's, so that workers take turns; of a slow account up to fifty, in a second at most. */
function share(perSecond: number): number {
  return Math.max(1, Math.min(Math.floor(perSecond), Math.max(50, Math.floor(perSecond / 5))))
}

interface RateRow {
  readonly perSecond: number
  readonly perDay: number | null
  readonly sentLast24h: number
  readonly theoreticalAt: Date
  readonly heldUntil: Date | null
}
