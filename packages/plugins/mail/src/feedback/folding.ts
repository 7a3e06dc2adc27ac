import { type SqlContext, sql } from '@espalier/core'

export type MailState =
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'bounced'
  | 'complained'
  | 'suppressed'
  | 'failed'

/** Of all that was heard about a message, by kind, when it was first. Null: never. */
export interface Heard {
  readonly delivery: Date | null
  /** By somebody who is not known to be a machine. */
  readonly open: Date | null
  readonly click: Date | null
  readonly hardBounce: Date | null
  readonly otherBounce: Date | null
  readonly complaint: Date | null
  readonly refusal: Date | null
  /** Anything of the provider's: it has taken the message. */
  readonly any: Date | null
}

/** What the sender knows by itself. */
export interface Known {
  readonly sentAt: Date | null
  readonly failedAt: Date | null
  readonly suppressedAt: Date | null
}

export interface Folded {
  readonly state: MailState
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly openedAt: Date | null
  readonly clickedAt: Date | null
  readonly bouncedAt: Date | null
  readonly complainedAt: Date | null
  readonly failedAt: Date | null
}

/**
 * What a message has come to. It is made of the set of what was heard, not of one thing after the other: events come twice and in any
 * order, and the row is the same. What says more stands above: complained, bounced, clicked, opened, delivered, failed, sent.
 */
export function fold(heard: Heard, known: Known): Folded {
  const sentAt = earlier(known.sentAt, heard.any)
  const failedAt = known.failedAt ?? heard.refusal
  // "Out of office" and "still trying" are bounces as well: of a message that has arrived they change nothing.
  const arrived = heard.delivery ?? heard.open ?? heard.click
  const bouncedAt = heard.hardBounce ?? (arrived ? null : heard.otherBounce)
  const times = {
    sentAt,
    deliveredAt: heard.delivery,
    openedAt: heard.open,
    clickedAt: heard.click,
    bouncedAt,
    complainedAt: heard.complaint,
    failedAt,
  }
  return { ...times, state: stateOf(times, known) }
}

function stateOf(times: Omit<Folded, 'state'>, { suppressedAt }: Known): MailState {
  if (times.complainedAt) return 'complained'
  if (times.bouncedAt) return 'bounced'
  if (times.clickedAt) return 'clicked'
  if (times.openedAt) return 'opened'
  if (times.deliveredAt) return 'delivered'
  if (times.failedAt) return 'failed'
  if (times.sentAt) return 'sent'
  return suppressedAt ? 'suppressed' : 'queued'
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other
  return one < other ? one : other
}

export interface Evidence {
  readonly providerId: string
  readonly at: Date
  /** Of one message with this provider, in millionths of a US dollar. */
  readonly priceMicros: number
}

/**
 * The provider speaks of a message, so it has taken it: whatever became of its answer, the message is not sent again. A second number
 * of the provider's is a second mail that the receiver got.
 */
export async function settle(
  tx: SqlContext,
  messageId: string,
  { providerId, at, priceMicros }: Evidence,
): Promise<void> {
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'accepted', "providerId" = coalesce("providerId", ${providerId}),
      "sentAt" = least("sentAt", ${at}::timestamptz), "failedAt" = null, "errorCode" = null, "errorMessage" = null,
      "leaseToken" = null, "leaseUntil" = null,
      -- A worker that still waits for the answer will count its price.
      "costMicros" = "costMicros" + case when "dispatch" = 'attempted' then 0 else ${priceMicros}::bigint end
    where "id" = ${messageId} and "dispatch" <> 'accepted'`)
  await tx.db.query(sql`
    update "MailMessage" m set "duplicates" = greatest(m."duplicates", n."numbers" - 1)
    from (
      select count(distinct "number")::int as "numbers" from (
        select "detail"->>'providerId' as "number" from "MailEvent" where "messageId" = ${messageId}
        union select "providerId" from "MailMessage" where "id" = ${messageId} and "transport" = 'ses'
        union select ${providerId}) as all_of_them
    ) n
    where m."id" = ${messageId} and n."numbers" > 1`)
}

/**
 * Makes messages' rows of what was heard about them. Their rows must be locked, so that nothing is heard meanwhile.
 *
 * @returns what became of each
 */
export async function refold(tx: SqlContext, messageIds: readonly string[]): Promise<ReadonlyMap<string, Folded>> {
  const rows = await tx.db.query<Heard & Known & { id: string }>(sql`
    select m."id", m."sentAt", m."failedAt", m."suppressedAt", h.*
    from "MailMessage" m cross join lateral (
      select min("at") filter (where "kind" = 'delivery') as "delivery",
        min("at") filter (where "kind" = 'open' and "actor" is distinct from 'machine') as "open",
        min("at") filter (where "kind" = 'click' and "actor" is distinct from 'machine') as "click",
        min("at") filter (where ("kind" = 'bounce' and "detail"->>'permanent' = 'true')
          or "detail"->>'consequence' = 'listed') as "hardBounce",
        min("at") filter (where "kind" = 'bounce' and "detail"->>'permanent' = 'false') as "otherBounce",
        min("at") filter (where "kind" = 'complaint' and "detail"->>'consequence' = 'complained') as "complaint",
        min("at") filter (where "kind" in ('reject', 'renderingFailure')) as "refusal",
        min("at") filter (where "source" = 'ses') as "any"
      from "MailEvent" e where e."messageId" = m."id"
    ) h
    where m."id" = any(${messageIds}::uuid[])`)
  const folded = new Map(rows.map((row) => [row.id, fold(row, row)]))
  const all = [...folded].map(([id, one]) => ({ id, ...one }))
  await tx.db.query(sql`
    update "MailMessage" m set "state" = f."state"::"MailState", "sentAt" = f."sentAt", "deliveredAt" = f."deliveredAt",
      "openedAt" = f."openedAt", "clickedAt" = f."clickedAt", "bouncedAt" = f."bouncedAt",
      "complainedAt" = f."complainedAt", "failedAt" = f."failedAt"
    from jsonb_to_recordset(${JSON.stringify(all)}::jsonb) as f ("id" uuid, "state" text, "sentAt" timestamptz,
      "deliveredAt" timestamptz, "openedAt" timestamptz, "clickedAt" timestamptz, "bouncedAt" timestamptz,
      "complainedAt" timestamptz, "failedAt" timestamptz)
    where m."id" = f."id"`)
  return folded
}

/** Holds what is known of messages still until the transaction ends, always in the same order. @returns those that there are */
export async function lockMessages(tx: SqlContext, ids: readonly string[]): Promise<LockedMessage[]> {
  return tx.db.query<LockedMessage>(sql`
    select "id", "class"::text as "class", "topic", "template", "toAddress", "sentAt", "deliveredAt" from "MailMessage"
    where "id" = any(${ids}::uuid[]) order by "id" for no key update`)
}

export interface LockedMessage {
  readonly id: string
  readonly class: 'transactional' | 'marketing'
  readonly topic: string | null
  readonly template: string
  readonly toAddress: string
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
}
