import { type SqlContext, sql } from '@espalier/core'
import { messagesChanged } from '../events.ts'
import type { Outcome, Transport } from '../transports/transport.ts'
import { type Claimed, leaseSeconds } from './claim.ts'

/** After so many that were not taken, a message has failed. With the pauses below they span about four hours. */
const maxAttempts = 10

/**
 * Notes that the provider is about to be asked. It commits before the asking: whoever finds the note after a crash knows that the
 * message may have left.
 *
 * @returns the number of the attempt; undefined when the message is no longer ours: it was canceled, or the lease has ended
 */
export async function noteAttempt(
  context: SqlContext,
  message: Claimed,
  transport: string,
): Promise<number | undefined> {
  const now = context.clock.now()
  const [row] = await context.db.query<{ attempts: number }>(sql`
    update "MailMessage" set "dispatch" = 'attempted', "attempts" = "attempts" + 1, "attemptedAt" = ${now},
      "leaseUntil" = ${new Date(now.getTime() + leaseSeconds * 1_000)}, "transport" = ${transport}
    where "id" = ${message.id} and "leaseToken" = ${message.leaseToken} and "dispatch" = 'claimed' and "leaseUntil" > ${now}
    returning "attempts"`)
  return row?.attempts
}

/** Writes down what came of an attempt. */
export async function recordOutcome(
  context: SqlContext,
  message: Claimed,
  attempt: number,
  outcome: Outcome,
  transport: Transport,
): Promise<void> {
  await context.sqlTransaction(async (tx) => {
    if (outcome.kind === 'accepted') await accepted(tx, message, attempt, outcome.providerId, transport)
    else if (outcome.kind === 'refused') await failed(tx, message, outcome.problem)
    else if (outcome.kind === 'unknown') await unknown(tx, message, outcome.problem, transport)
    else if (outcome.kind === 'notTaken' && attempt >= maxAttempts) await failed(tx, message, outcome.problem)
    else await planAgain(tx, message, outcome, attempt)
    tx.announce(messagesChanged, 'all', null)
  })
}

/**
 * Counts whatever has happened to the row meanwhile: the provider's yes is a fact. A report of it may have come before its
 * answer; where the message was attempted again before the answer came, this one is a duplicate.
 */
async function accepted(
  tx: SqlContext,
  { id }: Claimed,
  attempt: number,
  providerId: string,
  { priceMicros }: Transport,
): Promise<void> {
  const now = tx.clock.now()
  await tx.db.query(sql`
    update "MailMessage" set
      "dispatch" = case when "attempts" = ${attempt} then 'accepted' else "dispatch" end,
      "providerId" = case when "attempts" = ${attempt} then ${providerId} else "providerId" end,
      "duplicates" = "duplicates" + case when "attempts" = ${attempt}
        and coalesce("providerId", ${providerId}) = ${providerId} then 0 else 1 end,
      "leaseToken" = case when "attempts" = ${attempt} then null else "leaseToken" end,
      "leaseUntil" = case when "attempts" = ${attempt} then null else "leaseUntil" end,
      "costMicros" = "costMicros" + ${priceMicros}::bigint,
      -- What a report has made of it meanwhile stays: SES may have taken it and turned it away since.
      "state" = case when "state" = 'queued' or ("dispatch" <> 'accepted' and "state" in ('suppressed', 'failed')) then 'sent'
        else "state" end,
      "failedAt" = case when "dispatch" = 'accepted' then "failedAt" end,
      "sentAt" = coalesce("sentAt", ${now}::timestamptz), "errorCode" = null, "errorMessage" = null
    where "id" = ${id}`)
}

async function failed(tx: SqlContext, { id, leaseToken }: Claimed, { code, message }: Problem): Promise<void> {
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'refused', "state" = 'failed', "failedAt" = ${tx.clock.now()},
      "errorCode" = ${code}, "errorMessage" = ${message}, "leaseToken" = null, "leaseUntil" = null
    where "id" = ${id} and "leaseToken" = ${leaseToken} and "dispatch" = 'attempted'`)
}

async function unknown(
  tx: SqlContext,
  { id, leaseToken }: Claimed,
  { code, message }: Problem,
  { priceMicros }: Transport,
): Promise<void> {
  const noted = await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'unknown', "unknowns" = "unknowns" + 1, "errorCode" = ${code}, "errorMessage" = ${message},
      "leaseToken" = null, "leaseUntil" = null
    where "id" = ${id} and "leaseToken" = ${leaseToken} and "dispatch" = 'attempted' returning "id"`)
  if (noted.length > 0) return
  // A report came while we waited: it was taken, and it left the price to us.
  await tx.db.query(sql`
    update "MailMessage" set "costMicros" = "costMicros" + ${priceMicros}::bigint where "id" = ${id} and "dispatch" = 'accepted'`)
}

/** Back into the queue: after a pause that grows where nobody could be reached, and as if it had not been tried where it was too fast. */
async function planAgain(
  tx: SqlContext,
  { id, leaseToken }: Claimed,
  outcome: Extract<Outcome, { kind: 'notTaken' | 'throttled' | 'held' }>,
  attempt: number,
): Promise<void> {
  const counts = outcome.kind === 'notTaken'
  const seconds = counts ? Math.min(30 * 2 ** (attempt - 1), 3_600) : 0
  const { code, message } = outcome.problem
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'planned', "attempts" = "attempts" - ${counts ? 0 : 1}::int,
      "notBefore" = greatest("notBefore", ${new Date(tx.clock.now().getTime() + seconds * 1_000)}::timestamptz),
      "errorCode" = ${code}, "errorMessage" = ${message}, "leaseToken" = null, "leaseUntil" = null
    where "id" = ${id} and "leaseToken" = ${leaseToken} and "dispatch" = 'attempted'`)
}

/** Gives back what was not tried. */
export async function release(context: SqlContext, messages: readonly Claimed[]): Promise<void> {
  if (messages.length === 0) return
  await context.db.query(sql`
    update "MailMessage" m set "dispatch" = 'planned', "leaseToken" = null, "leaseUntil" = null
    from unnest(${messages.map(({ id }) => id)}::uuid[], ${messages.map(({ leaseToken }) => leaseToken)}::text[])
      as mine ("id", "leaseToken")
    where m."id" = mine."id" and m."leaseToken" = mine."leaseToken" and m."dispatch" = 'claimed'`)
}

/** The outbox: our own database takes it, in the transaction that claimed it. So it happens once. */
export async function keepInOutbox(tx: SqlContext, messages: readonly Claimed[]): Promise<void> {
  if (messages.length === 0) return
  const now = tx.clock.now()
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'accepted', "state" = 'sent', "transport" = 'outbox', "attempts" = "attempts" + 1,
      "attemptedAt" = ${now}, "sentAt" = ${now}, "leaseToken" = null, "leaseUntil" = null,
      "failedAt" = null, "errorCode" = null, "errorMessage" = null
    where "id" = any(${messages.map(({ id }) => id)}::uuid[])`)
}

type Problem = Extract<Outcome, { kind: 'refused' }>['problem']
