import { ConflictError, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { readAddress } from '../address.ts'
import { messagesChanged } from '../events.ts'
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
        throw new ConflictError(
          `The message is ${row.state} (${row.dispatch}): only one that was refused, lost, skipped or canceled is sent again.`,
        )
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
      tx.announce(messagesChanged, 'all', null)
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
      // One that a worker has in hand is not yet attempted: the note of the attempt will not be written any more.
      if (row.dispatch !== 'planned' && row.dispatch !== 'claimed') {
        throw new ConflictError(`The message is ${row.state} (${row.dispatch}): only one that waits can be canceled.`)
      }
      await tx.db.query(sql`
        update "MailMessage" set "dispatch" = 'canceled', "state" = 'failed', "failedAt" = ${tx.clock.now()},
          "errorCode" = 'CANCELED', "errorMessage" = 'Somebody canceled it before it left.', "leaseToken" = null, "leaseUntil" = null
        where "id" = ${id}`)
      tx.announce(messagesChanged, 'all', null)
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
