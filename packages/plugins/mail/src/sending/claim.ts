import { prepared, type SqlContext, sql } from '@espalier/core'
import { problem } from '../errors.ts'
import type { MailClass } from '../mailer.ts'
import type { Suppressions } from '../suppressions.ts'
import type { Letter } from '../transports/transport.ts'

/** A message that is due, locked until the transaction ends that found it; without what it says, which is most of the row. */
export interface Due {
  readonly id: string
  /** Before this one. */
  readonly attempts: number
  readonly class: MailClass
  readonly topic: string | null
  readonly template: string
  readonly language: string
  readonly toAddress: string
  readonly toName: string | null
  readonly fromAddress: string
  readonly fromName: string | null
  readonly replyTo: string | null
  readonly subject: string
  readonly attachments: Letter['attachments']
}

/** Messages that are due, up to so many. */
export async function countDue(context: SqlContext, most: number): Promise<number> {
  const now = context.clock.now()
  const [row] = await context.db.query<{ count: number }>(sql`
    select count(*)::int as "count" from (
      (select 1 from "MailMessage"
        where "dispatch" = 'planned' and "class" = 'transactional' and "notBefore" <= ${now} limit ${most}::int)
      union all
      (select 1 from "MailMessage"
        where "dispatch" = 'planned' and "class" = 'marketing' and "notBefore" <= ${now} limit ${most}::int)
    ) due`)
  return Math.min(row?.count ?? 0, most)
}

/**
 * Locks what is due, transactional mail first, and leaves to others what others have locked. Who must not be written to is
 * asked here, in the same transaction: what came in a moment before counts.
 *
 * @param marketing whether marketing mail may leave now
 * @returns what is to be sent; `taken` counts what was skipped as well
 */
export async function lockDue(
  tx: SqlContext,
  suppressions: Suppressions,
  most: number,
  marketing: boolean,
): Promise<{ due: Due[]; taken: number }> {
  const rows = await tx.db.query<Due>(selectDue(tx.clock.now(), most, marketing))
  if (rows.length === 0) return { due: [], taken: 0 }
  const suppressed = await suppressions.among(
    tx,
    rows.map(({ id, toAddress: address, topic, class: kind }) => ({ id, address, topic, class: kind })),
  )
  if (suppressed.size > 0) await skip(tx, [...suppressed.keys()])
  return { due: rows.filter(({ id }) => !suppressed.has(id)), taken: rows.length }
}

const columns = `"id", "attempts", "class"::text as "class", "topic", "template", "language", "toAddress", "toName",
  "fromAddress", "fromName", "replyTo", "subject", "attachments"`

/** With the classes as they stand in the predicates of the indexes: a parameter would not be seen to match them. */
const selectDue = prepared(
  'mail_select_due',
  `
  with transactional as (
    select ${columns} from "MailMessage"
    where "dispatch" = 'planned' and "class" = 'transactional' and "notBefore" <= $1
    order by "notBefore", "id" limit $2::int for update skip locked
  ), marketing as (
    select ${columns} from "MailMessage"
    where "dispatch" = 'planned' and "class" = 'marketing' and "notBefore" <= $1 and $3::boolean
    order by "notBefore", "id" limit $2::int - (select count(*) from transactional) for update skip locked
  )
  select * from transactional union all select * from marketing`,
)

async function skip(tx: SqlContext, ids: readonly string[]): Promise<void> {
  const { code } = problem('RECIPIENT_SUPPRESSED', '')
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'skipped', "state" = 'suppressed', "suppressedAt" = ${tx.clock.now()},
      "leaseToken" = null, "leaseUntil" = null, "errorCode" = ${code}, "errorMessage" = ${suppressedMessage}
    where "id" = any(${ids}::uuid[])`)
}

// Without the address: it stands in the message, and goes with it.
const suppressedMessage = problem('RECIPIENT_SUPPRESSED', 'this address').message
