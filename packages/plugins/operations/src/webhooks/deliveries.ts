import { announceChange, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { deliverWebhooks } from './jobs.ts'
import type { Message } from './payload.ts'
import { retriedForMs } from './retries.ts'

/** A delivery that somebody posts at the moment, with all that it takes. */
export interface Claimed {
  readonly id: string
  readonly attempts: number
  readonly earlierAttempts: number
  readonly isTest: boolean
  readonly giveUpAt: Date | null
  readonly body: string
}

/** What an attempt came to, and when the next one is due. */
export interface Settled {
  readonly id: string
  /** Before this attempt. */
  readonly attempts: number
  readonly status: 'waiting' | 'delivered' | 'failed'
  readonly at: Date
  readonly durationMs: number
  readonly responseStatus: number | null
  readonly responseBody: string
  readonly error: string | null
  readonly nextAt: Date | null
}

/**
 * For so long a delivery is held, unless it is {@link holdOn held on to}: who has not done so has died. By PostgreSQL's clock, since
 * those of two machines may differ by as much. Longer than an event loop stands still, but for what is promised after a kill. Milliseconds.
 */
const heldForMs = 2_000
/** How often whoever posts has to hold on to a delivery. Milliseconds. */
export const heldOnEveryMs = 400
/** Of one endpoint: each occupies somebody who could post to others. */
const roundsAtOnce = 2

/** Deliveries that one statement changes: their number has no bound, its time has. */
export const batchSize = 5_000

/** Writes a message down, and that it goes to these endpoints. The caller's transaction is open. @returns ids of the deliveries */
export async function queue(tx: SqlContext, message: Message, endpointIds: readonly string[]): Promise<string[]> {
  const now = tx.clock.now()
  const { id, type, body, orderKey, notificationId, isTest } = message
  await tx.db.query(sql`
    insert into "WebhookMessage" ("id", "type", "body", "createdAt") values (${id}, ${type}, ${body}, ${now})`)
  const ids = endpointIds.map(() => uuidv7())
  await tx.db.query(sql`
    insert into "WebhookDelivery"
      ("id", "endpointId", "messageId", "eventType", "orderKey", "isTest", "notificationId", "createdAt", "nextAt", "giveUpAt")
    select *, ${id}::uuid, ${type}, ${orderKey}, ${isTest}::boolean, ${notificationId}::uuid, ${now}::timestamptz, ${now}::timestamptz,
      ${new Date(now.getTime() + retriedForMs)}::timestamptz
    from unnest(${ids}::uuid[], ${endpointIds}::uuid[])`)
  announceChange(tx, 'WebhookDelivery', null)
  return ids
}

/**
 * Takes what is due at an endpoint, so that nobody else posts it meanwhile, and has somebody come by who takes it over if we die. Of an endpoint that keeps the order: of every key the
 * first in line alone.
 *
 * @param most under way at the endpoint at the same time, whoever posts; in two rounds at most, so that a slow one leaves places
 *   for the others
 */
export async function claim(
  context: SqlContext,
  { id, ordered }: { readonly id: string; readonly ordered: boolean },
  most: number,
): Promise<Claimed[]> {
  const now = context.clock.now()
  return context.sqlTransaction(async (tx) => {
    // One after another: whoever comes next counts what this one has taken.
    await tx.db.query(sql`select 1 from "WebhookEndpoint" where "id" = ${id} for no key update`)
    const claimed = await tx.db.query<Claimed & { readonly until: Date }>(sql`
    -- Read once, or the limit would hold for each time that it is read.
    with due as materialized (
      select waiting."id" from "WebhookDelivery" waiting
      where waiting."endpointId" = ${id} and waiting."status" = 'waiting' and waiting."nextAt" <= ${now}
        and (waiting."claimedUntil" is null or waiting."claimedUntil" <= statement_timestamp())
        and (not ${ordered}::boolean or waiting."orderKey" is null or not exists (
          select 1 from "WebhookDelivery" before
          where before."endpointId" = ${id} and before."orderKey" = waiting."orderKey" and before."status" = 'waiting'
            and before."queuedAt" < waiting."queuedAt"))
      order by waiting."nextAt", waiting."queuedAt"
      -- Those of one round are held until the same time.
      limit (select case when count(distinct held."claimedUntil") >= ${roundsAtOnce}::int then 0
          else greatest(0, ${most}::int - count(*)::int) end
        from "WebhookDelivery" held
        where held."endpointId" = ${id} and held."status" = 'waiting' and held."claimedUntil" > statement_timestamp())
      for update skip locked)
    update "WebhookDelivery" delivery set "claimedUntil" = statement_timestamp() + ${heldForMs}::int * interval '1 millisecond'
    from due, "WebhookMessage" message
    where delivery."id" = due."id" and message."workspaceId" = delivery."workspaceId" and message."id" = delivery."messageId"
    returning delivery."id", delivery."attempts", delivery."earlierAttempts", delivery."isTest", delivery."giveUpAt", message."body",
      delivery."claimedUntil" as "until"`)
    const [first] = claimed
    if (first) await takeOver(tx, id, first.until)
    return claimed
  })
}

/** Has somebody come by an endpoint when those who post to it have to have held on, or to have died. @param at by PostgreSQL's clock */
export async function takeOver(context: SqlContext, endpointId: string, at: Date): Promise<void> {
  await context.enqueue(deliverWebhooks, { endpointId, takesOver: true }, { startAfter: at })
}

/** Deliveries to post once more: one, or a batch of what has failed in a time, tests apart. */
export type Again =
  | { readonly deliveryId: string }
  | { readonly redeliveryId: string; readonly since: Date; readonly until: Date; readonly most: number }

/**
 * Has deliveries that are settled posted once more. They get a day of attempts again, and stand in line where they stood; a
 * redelivery takes each once. The caller's transaction is open.
 *
 * @returns how many
 */
export async function queueAgain(tx: SqlContext, endpointId: string, again: Again): Promise<number> {
  const now = tx.clock.now()
  const none = { deliveryId: null, redeliveryId: null, since: new Date(0), until: null, most: 1 }
  const { deliveryId, redeliveryId, since, until, most } = { ...none, ...again }
  const queued = await tx.db.query(sql`
    with batch as materialized (
      select "id" from "WebhookDelivery"
      where "endpointId" = ${endpointId} and "status" <> 'waiting' and "createdAt" >= ${since}::timestamptz
        and (${until}::timestamptz is null or "createdAt" <= ${until}::timestamptz)
        and case when ${deliveryId}::uuid is null
          then "status" = 'failed' and not "isTest" and "redeliveryId" is distinct from ${redeliveryId}::uuid
          else "id" = ${deliveryId}::uuid end
      order by "createdAt", "id" limit ${most}::int for update)
    update "WebhookDelivery" set "status" = 'waiting', "nextAt" = ${now}, "earlierAttempts" = "attempts", "deliveredAt" = null,
      "giveUpAt" = ${new Date(now.getTime() + retriedForMs)}, "redeliveryId" = ${redeliveryId}::uuid
    where "id" in (select "id" from batch) returning 1`)
  await tx.db.query(sql`update "WebhookEndpoint" set "restUntil" = null where "id" = ${endpointId}`)
  announceChange(tx, 'WebhookDelivery', null)
  return queued.length
}

/** Says that whoever took these is alive, and goes on to post them. */
export async function holdOn(context: SqlContext, ids: readonly string[]): Promise<void> {
  await context.db.query(sql`
    update "WebhookDelivery" set "claimedUntil" = statement_timestamp() + ${heldForMs}::int * interval '1 millisecond'
    where "id" = any(${ids}::uuid[]) and "status" = 'waiting' and "claimedUntil" > statement_timestamp()`)
}

/** Gives back what was taken and not posted. */
export async function release(context: SqlContext, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await context.db.query(sql`update "WebhookDelivery" set "claimedUntil" = null where "id" = any(${ids}::uuid[])`)
}

/** Writes down what attempts came to, unless somebody else has. @returns the ids of those that were written */
export async function settle(tx: SqlContext, all: readonly Settled[]): Promise<ReadonlySet<string>> {
  const column = <Key extends keyof Settled>(key: Key) => all.map((one) => one[key])
  const written = await tx.db.query<{ id: string }>(sql`
    with "end" as (
      select * from unnest(${column('id')}::uuid[], ${column('attempts')}::int[], ${column('status')}::text[],
        ${column('at')}::timestamptz[], ${column('responseStatus')}::int[], ${column('error')}::text[],
        ${column('nextAt')}::timestamptz[], ${column('durationMs')}::int[], ${column('responseBody')}::text[],
        ${all.map(() => uuidv7())}::uuid[])
        as "end" ("id", "attempts", "status", "at", "responseStatus", "error", "nextAt", "durationMs", "responseBody", "attemptId")
    ), written as (
      update "WebhookDelivery" delivery set "status" = "end"."status", "attempts" = delivery."attempts" + 1, "claimedUntil" = null,
        "lastAttemptAt" = "end"."at", "responseStatus" = "end"."responseStatus", "error" = "end"."error", "nextAt" = "end"."nextAt",
        "deliveredAt" = case "end"."status" when 'delivered' then "end"."at" end
      from "end" where delivery."id" = "end"."id" and delivery."status" = 'waiting' and delivery."attempts" = "end"."attempts"
      returning delivery."id"
    ), logged as (
      insert into "WebhookAttempt" ("id", "deliveryId", "number", "at", "durationMs", "responseStatus", "responseBody", "error")
      select "attemptId", "id", "attempts" + 1, "at", "durationMs", "responseStatus", "responseBody", "error"
      from "end" where "id" in (select "id" from written)
    ) select "id" from written`)
  announceChange(tx, 'WebhookDelivery', null)
  return new Set(written.map(({ id }) => id))
}

/** What waits at an endpoint, and when somebody may post it. */
export interface Waiting {
  /** Of what nobody posts, when the first is due. Null: of that there is none. */
  readonly dueAt: Date | null
  /** Of what somebody posts, until when the first is held: after that they have died. By PostgreSQL's clock. Null: of that there is none. */
  readonly heldUntil: Date | null
}

export async function waitingAt(
  context: SqlContext,
  { id, ordered }: { readonly id: string; readonly ordered: boolean },
): Promise<Waiting> {
  const [row] = await context.db.query<Waiting>(sql`
    select min(waiting."nextAt") filter (where waiting."claimedUntil" is null or waiting."claimedUntil" <= statement_timestamp()) as "dueAt",
      min(waiting."claimedUntil") filter (where waiting."claimedUntil" > statement_timestamp()) as "heldUntil"
    from "WebhookDelivery" waiting
    where waiting."endpointId" = ${id} and waiting."status" = 'waiting'
      and (not ${ordered}::boolean or waiting."orderKey" is null or not exists (
        select 1 from "WebhookDelivery" before
        where before."endpointId" = ${id} and before."orderKey" = waiting."orderKey" and before."status" = 'waiting'
          and before."queuedAt" < waiting."queuedAt"))`)
  return row ?? { dueAt: null, heldUntil: null }
}

/**
 * Gives up what waits at an endpoint that is switched off, as much of it as one statement has time for; tests go on.
 *
 * @returns whether more may be left
 */
export async function giveUpWaiting(tx: SqlContext, endpointId: string, most = batchSize): Promise<boolean> {
  const given = await tx.db.query(sql`
    with batch as materialized (
      select "id" from "WebhookDelivery" where "endpointId" = ${endpointId} and "status" = 'waiting' and not "isTest"
        and ("claimedUntil" is null or "claimedUntil" <= statement_timestamp())
      order by "nextAt", "queuedAt" limit ${most}::int for update skip locked)
    update "WebhookDelivery" set "status" = 'failed', "nextAt" = null, "error" = 'The endpoint is switched off.'
    where "id" in (select "id" from batch) returning 1`)
  announceChange(tx, 'WebhookDelivery', null)
  return given.length === most
}
