import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { tellMessagesChanged } from '../events.ts'
import type { MailSettings } from '../settings.ts'
import type { Suppressions } from '../suppressions.ts'
import { type Hits, type NewHit, settleLater } from '../tracking/hits.ts'
import { networkOf } from '../tracking/scannerNetworks.ts'
import { judgeMessages } from '../tracking/verdicts.ts'
import type { Certificates } from './certificates.ts'
import { mailBounced, mailComplained } from './events.ts'
import { type LockedMessage, lockMessages, refold, settle } from './folding.ts'
import { checkHolds, handleWebhook } from './jobs.ts'
import { readSesEvent, type SesEvent } from './sesEvent.ts'
import { readSnsMessage, type SnsMessage } from './snsMessage.ts'
import { countSoftBounce } from './softBounces.ts'
import { snsHost } from './topicArn.ts'

export interface WebhooksOptions {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly certificates: Pick<Certificates, 'get'>
  readonly suppressions: Suppressions
  /** Opens and clicks that are counted and no more. */
  readonly hits: Pick<Hits, 'add'>
  /** Default: Node's. */
  readonly fetch?: typeof fetch
}

type Stored = Pick<SnsMessage, 'Type' | 'TopicArn' | 'Message'> & { Token?: string }

const confirmTimeoutMs = 5_000

/** What SNS posts: believed, kept as it came, answered, and handled by a job. */
export class Webhooks {
  readonly #options: WebhooksOptions

  constructor(options: WebhooksOptions) {
    this.#options = options
  }

  /**
   * Takes a message, once however often it is sent.
   *
   * @throws Refusal for what SNS has not signed for a topic of this workspace
   */
  async take(context: SqlContext, body: string): Promise<void> {
    const { snsTopics: topics, snsAllowV1: allowV1 } = await this.#options.settings(context)
    const now = context.clock.now()
    const message = await readSnsMessage(body, { topics, allowV1, certificates: this.#options.certificates, now })
    const { Type, TopicArn, Message, MessageId } = message
    const stored: Stored = { Type, TopicArn, Message, ...('Token' in message && { Token: message.Token }) }
    await context.sqlTransaction(async (tx) => {
      const [taken] = await tx.db.query(sql`
        insert into "MailWebhook" ("id", "topicArn", "type", "body", "receivedAt")
        values (${MessageId}, ${TopicArn}, ${Type}, ${JSON.stringify(stored)}::jsonb, ${now})
        on conflict ("workspaceId", "id") do nothing returning "id"`)
      if (taken) await tx.enqueue(handleWebhook, { id: MessageId })
    })
  }

  /**
   * Acts on a message that was taken. Twice is once.
   *
   * @param attempt 0 on the first
   * @throws where it may be handled later: a message that is not there yet, a confirmation that was not answered
   */
  async handle(context: SqlContext, id: string, attempt: number): Promise<string> {
    const [taken] = await context.db.query<{ body: Stored; handledAt: Date | null }>(
      sql`select "body", "handledAt" from "MailWebhook" where "id" = ${id}`,
    )
    if (!taken || taken.handledAt) return 'HANDLED_BEFORE'
    const { Type, TopicArn, Token = '' } = taken.body
    // Asking twice confirms once: it is the one thing here that leaves the house.
    if (Type === 'SubscriptionConfirmation') await this.#confirm(TopicArn, Token)
    return context.sqlTransaction(async (tx) => {
      const [open] = await tx.db.query(sql`
        select 1 from "MailWebhook" where "id" = ${id} and "handledAt" is null for update`)
      if (!open) return 'HANDLED_BEFORE'
      const problem = await this.#act(tx, taken.body, attempt)
      await tx.db.query(
        sql`update "MailWebhook" set "handledAt" = ${tx.clock.now()}, "failure" = ${problem} where "id" = ${id}`,
      )
      return problem ?? 'HANDLED'
    })
  }

  async #act(tx: SqlContext, { Type, Message, TopicArn }: Stored, attempt: number): Promise<string | null> {
    if (Type === 'SubscriptionConfirmation') return null
    if (Type === 'UnsubscribeConfirmation') {
      // Its address would subscribe us again: whoever ended the subscription may have meant it.
      tx.log.error({ topic: TopicArn }, 'A subscription of SNS has ended: nothing more is heard of mail that was sent')
      return 'SUBSCRIPTION_ENDED'
    }
    const event = readSesEvent(Message)
    return event ? this.#receive(tx, event, attempt) : 'NOT_AN_EVENT'
  }

  async #receive(tx: SqlContext, event: SesEvent, attempt: number): Promise<string | null> {
    const message = await findMessage(tx, event)
    if (!message) {
      // Of another workspace that uses the same topic, or erased: it is none of ours.
      if (event.messageId !== null) return 'MESSAGE_UNKNOWN'
      // By SES's number: it may have told us before we have written down its answer.
      if (attempt === 0) throw new Error('The message that the event is about is not there, or not yet.')
      // Of mail that something else sent over the same account: what it says about addresses is true all the same.
      for (const address of event.recipients) await this.#hold(tx, event, address)
      return 'MESSAGE_UNKNOWN'
    }
    const { sesPriceMicros: priceMicros, tracking } = await this.#options.settings(tx)
    // What SES tracks by itself is kept as what we track: of nobody where the workspace asks for nobody.
    if (event.visit && tracking !== 'individual') this.#countOnly(tx, event, message)
    else await this.#note(tx, event, message)
    await settle(tx, message.id, { providerId: event.providerId, at: event.at, priceMicros })
    await refold(tx, [message.id])
    // When it arrived tells who was too early for a person: with the row as it is now.
    await judgeMessages(tx, await lockMessages(tx, [message.id]))
    await refold(tx, [message.id])
    tellMessagesChanged(tx)
    return null
  }

  /** What is told for the first time has consequences; what was told before has had them. */
  async #note(tx: SqlContext, event: SesEvent, message: LockedMessage): Promise<void> {
    const { kind, at, fingerprint, visit, consequence } = event
    const hit = visit && {
      index: -1,
      link: visit.link,
      method: 'GET',
      userAgent: visit.userAgent.slice(0, 500),
      network: networkOf(visit.address),
      prefetch: false,
    }
    const now = tx.clock.now()
    const [isNew] = await tx.db.query(sql`
      insert into "MailEvent" ("id", "messageId", "kind", "fingerprint", "source", "detail", "at", "receivedAt")
      values (${uuidv7({ msecs: now.getTime() })}, ${message.id}, ${kind}, ${fingerprint}, 'ses',
        ${JSON.stringify({ ...event.detail, ...hit })}::jsonb, ${at}, ${now})
      on conflict ("workspaceId", "messageId", "fingerprint") do nothing returning "id"`)
    if (!isNew) return
    if (hit) await settleLater(tx, now)
    // One message has one receiver. What the report names may be where that forwards to.
    await this.#hold(tx, event, message.toAddress, message.id)
    if (kind === 'bounce') await tx.publish(mailBounced, { messageId: message.id, permanent: consequence === 'gone' })
    if (consequence === 'complained') await tx.publish(mailComplained, { messageId: message.id })
    if (message.class === 'marketing' && (kind === 'bounce' || kind === 'complaint')) await tx.enqueue(checkHolds, {})
  }

  /** Of nobody, and not at all where the workspace tracks nothing. */
  #countOnly(tx: SqlContext, { kind, at, visit }: SesEvent, { template }: LockedMessage): void {
    const { userAgent = '', address = '' } = visit ?? {}
    const hit: NewHit = {
      workspaceId: tx.workspaceId,
      kind: kind === 'open' ? 'open' : 'click',
      messageId: null,
      template,
      index: -1,
      target: '',
      at,
      method: 'GET',
      userAgent: userAgent.slice(0, 500),
      network: networkOf(address),
      prefetch: false,
    }
    tx.afterCommit(() => this.#options.hits.add(hit))
  }

  async #hold(tx: SqlContext, event: SesEvent, address: string, messageId?: string): Promise<void> {
    const { consequence, at } = event
    const about = messageId === undefined ? {} : { messageId }
    const { diagnostic, feedbackType } = event.detail
    const detail = { diagnostic, feedbackType }
    const { suppressions } = this.#options
    if (consequence === 'gone') await suppressions.add(tx, { address, reason: 'hardBounce', ...about, detail })
    else if (consequence === 'complained')
      await suppressions.add(tx, { address, reason: 'complaint', ...about, detail })
    else if (consequence === 'listed') await suppressions.add(tx, { address, reason: 'providerList', ...about, detail })
    else if (consequence === 'full' && messageId !== undefined)
      await countSoftBounce(tx, suppressions, { address, messageId, at })
  }

  /** On SNS's own host, whatever address the message carried. */
  async #confirm(topicArn: string, token: string): Promise<void> {
    const { fetch: fetchWith = fetch } = this.#options
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token })
    const response = await fetchWith(`https://${snsHost(topicArn)}/?${query}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(confirmTimeoutMs),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`SNS answered ${response.status} when its subscription was confirmed.`)
  }
}

/** By the tag that it left with; by the provider's number where there is none, as in feedback of identities. */
async function findMessage(tx: SqlContext, { messageId, providerId }: SesEvent): Promise<LockedMessage | undefined> {
  if (messageId !== null) return (await lockMessages(tx, [messageId]))[0]
  const [row] = await tx.db.query<{ id: string }>(
    sql`select "id" from "MailMessage" where "providerId" = ${providerId} limit 1`,
  )
  return row && (await lockMessages(tx, [row.id]))[0]
}
