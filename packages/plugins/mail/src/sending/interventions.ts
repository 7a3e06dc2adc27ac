import { ConflictError, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { readAddress } from '../address.ts'
import { tellMessagesChanged } from '../events.ts'
import type { MailSettings } from '../settings.ts'
import { outboxSender } from './sender.ts'
import type { WakeUp } from './wakeUp.ts'

interface Row {
  readonly dispatch: string
  readonly state: string
  readonly fromAddress: string
}

/** What people do with messages by hand. */
export class Interventions {
  readonly #settings: (context: SqlContext) => Promise<MailSettings>
  readonly #wakeUp: WakeUp

  constructor(settings: (context: SqlContext) => Promise<MailSettings>, wakeUp: WakeUp) {
    this.#settings = settings
    this.#wakeUp = wakeUp
  }

  /**
   * Sends a message again that was refused, lost, held back or canceled. A lost one may come twice: whoever asks knows.
   *
   * @throws NotFoundError; ConflictError for one that has left or is under way
   */
  async resend(context: SqlContext, id: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const row = await lock(tx, id)
      if (!['refused', 'lost', 'skipped', 'canceled'].includes(row.dispatch)) {
        throw new ConflictError({
          en: `The message is ${row.state} (${row.dispatch}): only one that was refused, lost, skipped or canceled is sent again.`,
          fr: `Seul un message refusé, perdu, écarté ou annulé peut être renvoyé ; celui-ci est « ${row.state} » (${row.dispatch}).`,
        })
      }
      const { fromAddress, fromName } = await this.#settings(tx)
      const sender = readAddress(fromAddress)
      const renew = row.fromAddress === outboxSender && sender !== undefined
      await tx.db.query(sql`
        update "MailMessage" set "dispatch" = 'planned', "state" = 'queued', "unknowns" = 0, "notBefore" = ${tx.clock.now()},
          "failedAt" = null, "suppressedAt" = null, "errorCode" = null, "errorMessage" = null,
          "fromAddress" = case when ${renew}::boolean then ${sender ?? ''} else "fromAddress" end,
          "fromName" = case when ${renew}::boolean then ${fromName || null} else "fromName" end
        where "id" = ${id}`)
      this.#wakeUp.dispatch(tx)
      tellMessagesChanged(tx)
      tx.audit({
        resourceType: 'MailMessage',
        resourceId: id,
        before: row,
        after: { dispatch: 'planned', state: 'queued' },
      })
    })
  }

  /** Keeps a message from leaving. @throws NotFoundError; ConflictError for one that has left, or may have */
  async cancel(context: SqlContext, id: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const row = await lock(tx, id)
      // Claimed by a worker of a version before this one: it will not note an attempt any more.
      if (row.dispatch !== 'planned' && row.dispatch !== 'claimed') {
        throw new ConflictError({
          en: `The message is ${row.state} (${row.dispatch}): only one that waits can be canceled.`,
          fr: `Seul un message en attente peut être annulé ; celui-ci est « ${row.state} » (${row.dispatch}).`,
        })
      }
      await tx.db.query(sql`
        update "MailMessage" set "dispatch" = 'canceled', "state" = 'failed', "failedAt" = ${tx.clock.now()},
          "errorCode" = 'CANCELED', "errorMessage" = 'Somebody canceled it before it left.', "leaseToken" = null, "leaseUntil" = null
        where "id" = ${id}`)
      tellMessagesChanged(tx)
      tx.audit({ resourceType: 'MailMessage', resourceId: id, before: row, after: { dispatch: 'canceled' } })
    })
  }
}

async function lock(tx: SqlContext, id: string): Promise<Row> {
  const [row] = await tx.db.query<Row>(sql`
    select "dispatch"::text as "dispatch", "state"::text as "state", "fromAddress" from "MailMessage" where "id" = ${id} for update`)
  if (!row) throw new NotFoundError('MailMessage', id)
  return row
}
