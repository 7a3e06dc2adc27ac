import { createHash } from 'node:crypto'
import { type SqlContext, sql } from '@espalier/core'
import { messagesChanged } from '../events.ts'
import type { ReadOutgoing } from '../outgoing.ts'
import type { WakeUp } from './wakeUp.ts'

/** A message as it will leave, but for its headers. */
export interface WrittenMail {
  readonly id: string
  readonly outgoing: ReadOutgoing
  readonly class: 'transactional' | 'marketing'
  readonly topic: string | null
  readonly from: { readonly address: string; readonly name?: string | undefined }
  readonly replyTo: string | null
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Of the message with this key; undefined where there is none. */
export async function writtenBefore(context: SqlContext, idempotencyKey: string): Promise<string | undefined> {
  const [known] = await context.db.query<{ id: string }>(
    sql`select "id" from "MailMessage" where "idempotencyKey" = ${idempotencyKey}`,
  )
  return known?.id
}

/** Writes a message down, to be sent once that commits. @returns its id, or that of the message with the same key */
export async function writeDown(tx: SqlContext, mail: WrittenMail, wakeUp: WakeUp): Promise<string> {
  const { id, outgoing, from, subject, html, text } = mail
  const attachments = outgoing.attachments.map(({ content, ...rest }) => ({
    ...rest,
    content: Buffer.from(content).toString('base64'),
  }))
  const [written] = await tx.db.query<{ id: string }>(sql`
    insert into "MailMessage" ("id", "idempotencyKey", "class", "topic", "template", "language", "toAddress", "toName",
      "fromAddress", "fromName", "replyTo", "data", "subject", "html", "text", "contentHash", "attachments",
      "subjectType", "subjectId", "notBefore", "queuedAt")
    values (${id}, ${outgoing.idempotencyKey}, ${mail.class}::"MailClass", ${mail.topic}, ${outgoing.template},
      ${outgoing.language}, ${outgoing.to.address}, ${outgoing.to.name || null}, ${from.address}, ${from.name || null},
      ${mail.replyTo}, ${JSON.stringify(outgoing.data)}::jsonb, ${subject}, ${html}, ${text},
      ${contentHash(subject, html, text)}, ${JSON.stringify(attachments)}::jsonb, ${outgoing.about?.type ?? null},
      ${outgoing.about?.id ?? null}, ${outgoing.notBefore ?? tx.clock.now()}, ${tx.clock.now()})
    on conflict ("workspaceId", "idempotencyKey") do nothing returning "id"`)
  if (!written) return (await writtenBefore(tx, outgoing.idempotencyKey)) as string
  wakeUp.dispatch(tx, outgoing.notBefore)
  tx.announce(messagesChanged, 'all', null)
  return id
}

function contentHash(...parts: string[]): Buffer {
  const hash = createHash('sha256')
  // Each with its length: a part that ends otherwise is another content.
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest()
}
