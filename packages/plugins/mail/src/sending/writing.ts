import { hash } from 'node:crypto'
import { type AnyColumn, columnArray, prepared, type SqlContext, sql } from '@espalier/core'
import { tellMessagesChanged } from '../events.ts'
import type { ReadOutgoing } from '../outgoing.ts'
import type { FreshBodies } from './freshBodies.ts'
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

/** Who sends it next. */
export interface WrittenFor {
  readonly wakeUp: WakeUp
  readonly bodies: FreshBodies
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
  { wakeUp, bodies }: WrittenFor,
): Promise<Map<string, string>> {
  const now = tx.clock.now()
  const rows = mails.map((mail) => ({ mail, now }))
  const written = await tx.db.query<{ id: string; key: string }>(
    insertMessages(...columns.map((column) => columnArray(column, rows))),
  )
  const ids = new Map(written.map(({ key, id }) => [key, id]))
  for (const { id, outgoing, html, text } of mails) {
    if (ids.get(outgoing.idempotencyKey) !== id) continue
    if (!outgoing.notBefore) bodies.keep(tx.workspaceId, { id, toAddress: outgoing.to.address, html, text })
    wakeUp.dispatch(tx, outgoing.notBefore)
  }
  if (ids.size > 0) tellMessagesChanged(tx)
  if (ids.size === mails.length) return ids
  // Somebody else wrote some of them down in the meantime.
  return writtenBefore(
    tx,
    mails.map(({ outgoing }) => outgoing.idempotencyKey),
  )
}

/** What a message has when it is written down, in the order of the table. */
const columns: readonly AnyColumn<WrittenRow>[] = [
  { name: 'id', type: 'uuid', of: ({ mail }) => mail.id },
  { name: 'idempotencyKey', type: 'text', of: ({ mail }) => mail.outgoing.idempotencyKey },
  { name: 'class', type: 'text', of: ({ mail }) => mail.class },
  { name: 'topic', type: 'text', of: ({ mail }) => mail.topic },
  { name: 'template', type: 'text', of: ({ mail }) => mail.outgoing.template },
  { name: 'language', type: 'text', of: ({ mail }) => mail.outgoing.language },
  { name: 'toAddress', type: 'text', of: ({ mail }) => mail.outgoing.to.address },
  { name: 'toName', type: 'text', of: ({ mail }) => mail.outgoing.to.name || null },
  { name: 'fromAddress', type: 'text', of: ({ mail }) => mail.from.address },
  { name: 'fromName', type: 'text', of: ({ mail }) => mail.from.name || null },
  { name: 'replyTo', type: 'text', of: ({ mail }) => mail.replyTo },
  { name: 'data', type: 'jsonb', of: ({ mail }) => JSON.stringify(mail.outgoing.data) },
  { name: 'subject', type: 'text', of: ({ mail }) => mail.subject },
  { name: 'html', type: 'text', of: ({ mail }) => mail.html },
  { name: 'text', type: 'text', of: ({ mail }) => mail.text },
  { name: 'contentHash', type: 'text', of: ({ mail }) => contentHash(mail.subject, mail.html, mail.text) },
  { name: 'attachments', type: 'jsonb', of: ({ mail }) => JSON.stringify(mail.outgoing.attachments.map(attachmentOf)) },
  { name: 'subjectType', type: 'text', of: ({ mail }) => mail.outgoing.about?.type ?? null },
  { name: 'subjectId', type: 'uuid', of: ({ mail }) => mail.outgoing.about?.id ?? null },
  { name: 'notBefore', type: 'timestamptz', of: ({ mail, now }) => mail.outgoing.notBefore ?? now },
  { name: 'queuedAt', type: 'timestamptz', of: ({ now }) => now },
]

interface WrittenRow {
  readonly mail: WrittenMail
  readonly now: Date
}

const names = columns.map(({ name }) => `"${name}"`)

/** What arrays hold as text is another type in the table. */
const casts: Readonly<Record<string, string>> = {
  '"class"': '"class"::"MailClass"',
  '"contentHash"': `decode("contentHash", 'hex')`,
}

/** From arrays in their binary form: to escape HTML as JSON and to read it again takes longer than all the rest of the statement. */
const insertMessages = prepared(
  'mail_write_down',
  `insert into "MailMessage" (${names.join(', ')})
    select ${names.map((name) => casts[name] ?? name).join(', ')}
    from unnest(${columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')}) as mail (${names.join(', ')})
    on conflict ("workspaceId", "idempotencyKey") do nothing returning "id", "idempotencyKey" as "key"`,
)

function attachmentOf({ content, ...rest }: ReadOutgoing['attachments'][number]) {
  return { ...rest, content: Buffer.from(content).toString('base64') }
}

/** In hexadecimal digits. */
function contentHash(...parts: string[]): string {
  // Each with its length: a part that ends otherwise is another content.
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''))
}
