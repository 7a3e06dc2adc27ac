import { createHash } from 'node:crypto'
import { prepared, type SqlContext, sql } from '@espalier/core'
import { tellMessagesChanged } from '../events.ts'
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

/** Ids of the messages with these keys, by key, of those that are there. */
export async function writtenBefore(context: SqlContext, keys: readonly string[]): Promise<Map<string, string>> {
  const known = await context.db.query<{ id: string; key: string }>(
    sql`select "id", "idempotencyKey" as "key" from "MailMessage" where "idempotencyKey" = any(${keys}::text[])`,
  )
  return new Map(known.map(({ key, id }) => [key, id]))
}

/**
 * Writes messages down, to be sent once that commits. Each has a key of its own.
 *
 * @returns ids by key, those of messages with the same keys among them
 */
export async function writeDown(
  tx: SqlContext,
  mails: readonly WrittenMail[],
  wakeUp: WakeUp,
): Promise<Map<string, string>> {
  const now = tx.clock.now()
  const rows = mails.map((mail) => rowOf(mail, now))
  const written = await tx.db.query<{ id: string; key: string }>(insertMessages(JSON.stringify(rows)))
  const ids = new Map(written.map(({ key, id }) => [key, id]))
  for (const { id, outgoing } of mails)
    if (ids.get(outgoing.idempotencyKey) === id) wakeUp.dispatch(tx, outgoing.notBefore)
  if (ids.size > 0) tellMessagesChanged(tx)
  if (ids.size === mails.length) return ids
  // Somebody else wrote some of them down in the meantime.
  return writtenBefore(
    tx,
    mails.map(({ outgoing }) => outgoing.idempotencyKey),
  )
}

const insertMessages = prepared(
  'mail_write_down',
  `insert into "MailMessage" ("id", "idempotencyKey", "class", "topic", "template", "language", "toAddress", "toName",
      "fromAddress", "fromName", "replyTo", "data", "subject", "html", "text", "contentHash", "attachments",
      "subjectType", "subjectId", "notBefore", "queuedAt")
    select "id", "idempotencyKey", "class", "topic", "template", "language", "toAddress", "toName",
      "fromAddress", "fromName", "replyTo", "data", "subject", "html", "text", "contentHash", "attachments",
      "subjectType", "subjectId", "notBefore", "queuedAt"
    from json_to_recordset($1::json) as mail ("id" uuid, "idempotencyKey" text, "class" "MailClass", "topic" text, "template" text,
      "language" text, "toAddress" text, "toName" text, "fromAddress" text, "fromName" text, "replyTo" text, "data" jsonb,
      "subject" text, "html" text, "text" text, "contentHash" bytea, "attachments" jsonb, "subjectType" text, "subjectId" uuid,
      "notBefore" timestamptz, "queuedAt" timestamptz)
    on conflict ("workspaceId", "idempotencyKey") do nothing returning "id", "idempotencyKey" as "key"`,
)

/** A row as JSON. */
function rowOf({ outgoing, from, ...mail }: WrittenMail, now: Date) {
  const { to, about } = outgoing
  return {
    id: mail.id,
    idempotencyKey: outgoing.idempotencyKey,
    class: mail.class,
    topic: mail.topic,
    template: outgoing.template,
    language: outgoing.language,
    toAddress: to.address,
    toName: to.name || null,
    fromAddress: from.address,
    fromName: from.name || null,
    replyTo: mail.replyTo,
    data: outgoing.data,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    contentHash: `\\x${contentHash(mail.subject, mail.html, mail.text).toString('hex')}`,
    attachments: outgoing.attachments.map(({ content, ...rest }) => ({
      ...rest,
      content: Buffer.from(content).toString('base64'),
    })),
    subjectType: about?.type ?? null,
    subjectId: about?.id ?? null,
    notBefore: outgoing.notBefore ?? now,
    queuedAt: now,
  }
}

function contentHash(...parts: string[]): Buffer {
  const hash = createHash('sha256')
  // Each with its length: a part that ends otherwise is another content.
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest()
}
