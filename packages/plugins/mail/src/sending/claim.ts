import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { problem } from '../errors.ts'
import type { MailClass } from '../mailer.ts'
import type { Suppressions } from '../suppressions.ts'
import type { Letter } from '../transports/transport.ts'

/** A message in the hands of one worker, until its lease ends. */
export interface Claimed {
  readonly id: string
  readonly leaseToken: string
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
  readonly html: string
  readonly text: string
  readonly attachments: Letter['attachments']
}

/** Longer than any provider is waited for, so that a lease that ended belonged to a worker that is gone. */
export const leaseSeconds = 60

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
 * Takes what is due, transactional mail first, and leaves to others what others have in hand. Who must not be written to is
 * asked here, in the same transaction: what came in a moment before counts.
 *
 * @param marketing whether marketing mail may leave now
 * @returns what is to be sent; `taken` counts what was skipped as well
 */
export async function claimDue(
  tx: SqlContext,
  suppressions: Suppressions,
  most: number,
  marketing: boolean,
): Promise<{ claimed: Claimed[]; taken: number }> {
  const rows = await claimClass(tx, 'transactional', most)
  if (marketing && rows.length < most) rows.push(...(await claimClass(tx, 'marketing', most - rows.length)))
  if (rows.length === 0) return { claimed: [], taken: 0 }
  const suppressed = await suppressions.among(
    tx,
    rows.map(({ id, toAddress: address, topic, class: kind }) => ({ id, address, topic, class: kind })),
  )
  if (suppressed.size > 0) await skip(tx, [...suppressed.keys()])
  return { claimed: rows.filter(({ id }) => !suppressed.has(id)), taken: rows.length }
}

async function claimClass(tx: SqlContext, kind: MailClass, most: number): Promise<Claimed[]> {
  const now = tx.clock.now()
  const leaseUntil = new Date(now.getTime() + leaseSeconds * 1_000)
  return tx.db.query<Claimed>({ text: claimText[kind], values: [now, most, uuidv7(), leaseUntil] })
}

/** With the class as it stands in the index's predicate: a parameter would not be seen to match it. */
const claimText: Readonly<Record<MailClass, string>> = {
  transactional: claimStatement('transactional'),
  marketing: claimStatement('marketing'),
}

function claimStatement(kind: MailClass): string {
  return `
    with due as (
      select "id" from "MailMessage"
      where "dispatch" = 'planned' and "class" = '${kind}' and "notBefore" <= $1
      order by "notBefore", "id" limit $2::int for update skip locked
    )
    update "MailMessage" m set "dispatch" = 'claimed', "leaseToken" = $3, "leaseUntil" = $4
    from due where m."id" = due."id"
    returning m."id", m."leaseToken", m."attempts", m."class"::text as "class", m."topic", m."template", m."language",
      m."toAddress", m."toName", m."fromAddress", m."fromName", m."replyTo", m."subject", m."html", m."text", m."attachments"`
}

async function skip(tx: SqlContext, ids: readonly string[]): Promise<void> {
  const { code } = problem('RECIPIENT_SUPPRESSED', '')
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'skipped', "state" = 'suppressed', "suppressedAt" = ${tx.clock.now()},
      "leaseToken" = null, "leaseUntil" = null, "errorCode" = ${code}, "errorMessage" = ${suppressedMessage}
    where "id" = any(${ids}::uuid[])`)
}

// Without the address: it stands in the message, and goes with it.
const suppressedMessage = problem('RECIPIENT_SUPPRESSED', 'this address').message
