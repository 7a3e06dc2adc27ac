import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { tellMessagesChanged } from '../events.ts'
import { mailUnsubscribed } from '../feedback/events.ts'
import type { Suppressions } from '../suppressions.ts'
import type { UnsubscribeTokens, Unsubscription } from './unsubscribeTokens.ts'

/** What of a message its receiver is shown; nothing where it is gone. */
export interface ShownMessage {
  readonly language: string
  readonly sender: string
}

/** What one can do on the page of an unsubscribe link. */
export type Choice = 'topic' | 'everything' | 'resubscribe'

/** What people decide by the links in their mails. Twice is once. */
export class Unsubscribing {
  readonly #tokens: UnsubscribeTokens
  readonly #suppressions: Suppressions

  constructor(tokens: UnsubscribeTokens, suppressions: Suppressions) {
    this.#tokens = tokens
    this.#suppressions = suppressions
  }

  read(token: string): Unsubscription | undefined {
    return this.#tokens.read(token)
  }

  async message(context: SqlContext, { messageId }: Unsubscription): Promise<ShownMessage | undefined> {
    const [row] = await context.db.query<ShownMessage>(sql`
      select "language", coalesce(nullif("fromName", ''), "fromAddress") as "sender" from "MailMessage" where "id" = ${messageId}`)
    return row
  }

  /** Also of a message that is gone: whoever unsubscribes from an old mail is heard. */
  async choose(context: SqlContext, unsubscription: Unsubscription, choice: Choice): Promise<void> {
    const { addressHash, messageId } = unsubscription
    await context.sqlTransaction(async (tx) => {
      if (choice === 'resubscribe') {
        await this.#suppressions.resubscribe(tx, addressHash, unsubscription.topic)
        return
      }
      const topic = choice === 'everything' ? '' : unsubscription.topic
      const [message] = await tx.db.query<{ toAddress: string }>(
        sql`select "toAddress" from "MailMessage" where "id" = ${messageId}`,
      )
      const isNew = await this.#suppressions.unsubscribe(tx, addressHash, message?.toAddress ?? null, topic, messageId)
      if (!isNew || !message) return
      const now = tx.clock.now()
      // Again after a change of mind is another event: what counts is that it was one.
      await tx.db.query(sql`
        insert into "MailEvent" ("id", "messageId", "kind", "fingerprint", "source", "detail", "at", "receivedAt")
        values (${uuidv7({ msecs: now.getTime() })}, ${messageId}, 'unsubscribe', ${`unsubscribe:${topic}:${now.getTime()}`},
          'unsubscribe', ${JSON.stringify({ topic })}::jsonb, ${now}, ${now})
        on conflict ("workspaceId", "messageId", "fingerprint") do nothing`)
      await tx.publish(mailUnsubscribed, { messageId, topic })
      tellMessagesChanged(tx)
    })
  }
}
