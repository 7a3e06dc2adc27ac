import { type SqlContext, type SystemContext, sql } from '@espalier/core'
import { problem } from '../errors.ts'
import { tellMessagesChanged } from '../events.ts'
import type { MailSettings } from '../settings.ts'
import { countDue } from './claim.ts'
import type { Rates } from './rates.ts'
import type { WakeUp } from './wakeUp.ts'

/** Looks after messages that nobody has in hand any more. */
export class Sweep {
  readonly #settings: (context: SqlContext) => Promise<MailSettings>
  readonly #rates: Rates
  readonly #wakeUp: WakeUp

  constructor(settings: (context: SqlContext) => Promise<MailSettings>, rates: Rates, wakeUp: WakeUp) {
    this.#settings = settings
    this.#rates = rates
    this.#wakeUp = wakeUp
  }

  async run(system: SystemContext): Promise<{ workspaces: number }> {
    // Through the second door: in which workspaces messages are under way is what it asks.
    const underWay = await system.system.query<{ workspaceId: string }>(sql`
      select distinct "workspaceId" from "MailMessage" where "dispatch" in ('planned', 'claimed', 'attempted', 'unknown')
      union select "workspaceId" from "MailRate" where "share" < 1`)
    for (const { workspaceId } of underWay) {
      await this.one(system.workspace(workspaceId)).catch((error: unknown) => {
        system.log.error({ err: error, workspaceId }, 'The mail of a workspace could not be looked after')
      })
    }
    return { workspaces: underWay.length }
  }

  /** One workspace. */
  async one(context: SqlContext): Promise<void> {
    const settings = await this.#settings(context)
    await this.#rates.recover(context)
    await context.sqlTransaction(async (tx) => {
      const moved = (await freeLeases(tx)) + (await settleUnheardOf(tx, settings))
      if (moved > 0) tellMessagesChanged(tx)
      if ((await countDue(tx, 1)) > 0) this.#wakeUp.dispatch(tx)
    })
  }
}

/** A worker died: what it had not tried goes back, what it had tried may have left. */
async function freeLeases(tx: SqlContext): Promise<number> {
  const { code, message } = problem(
    'OUTCOME_UNKNOWN',
    'The provider',
    'the process that asked ended before the answer came.',
  )
  const freed = await tx.db.query(sql`
    update "MailMessage" set
      "dispatch" = case when "dispatch" = 'claimed' then 'planned' else 'unknown' end::"MailDispatch",
      "unknowns" = "unknowns" + case when "dispatch" = 'claimed' then 0 else 1 end,
      "errorCode" = case when "dispatch" = 'claimed' then "errorCode" else ${code} end,
      "errorMessage" = case when "dispatch" = 'claimed' then "errorMessage" else ${message} end,
      "leaseToken" = null, "leaseUntil" = null
    where "dispatch" in ('claimed', 'attempted') and "leaseUntil" < ${tx.clock.now()} returning "id"`)
  return freed.length
}

/**
 * How often the answer may be lost before a message is given up. Each time may have arrived, so there is an end to it; and a process
 * that dies a few times in a row is no reason to forget what somebody waits for.
 */
const mostUnknowns = 6

/**
 * What the provider was asked and nothing was heard of since: marketing mail is given up, for nobody wants it twice; transactional
 * mail is sent again, up to five times, for somebody waits for it, unless the workspace says otherwise.
 */
async function settleUnheardOf(tx: SqlContext, settings: MailSettings): Promise<number> {
  const now = tx.clock.now()
  const before = new Date(now.getTime() - settings.unknownAfterMinutes * 60_000)
  const { code, message } = problem('LOST', settings.unknownAfterMinutes)
  const resend = settings.transactionalWhenUnknown === 'resend'
  const settled = await tx.db.query(sql`
    with unheard as (
      select "id", "class" = 'transactional' and ${resend}::boolean and "unknowns" < ${mostUnknowns}::int as "again"
      from "MailMessage" where "dispatch" = 'unknown' and "attemptedAt" < ${before} for update
    )
    update "MailMessage" m set
      "dispatch" = case when "again" then 'planned' else 'lost' end::"MailDispatch",
      "state" = case when "again" then "state" else 'failed' end::"MailState",
      "failedAt" = case when "again" then null else ${now}::timestamptz end,
      "errorCode" = case when "again" then "errorCode" else ${code} end,
      "errorMessage" = case when "again" then "errorMessage" else ${message} end
    from unheard where m."id" = unheard."id" returning m."id"`)
  return settled.length
}
