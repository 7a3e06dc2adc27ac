import { prepared, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { tellMessagesChanged } from '../events.ts'
import type { Outcome, Transport } from '../transports/transport.ts'
import type { Due } from './claim.ts'
import type { FreshBodies, MailBody } from './freshBodies.ts'

/** After so many that were not taken, a message has failed. With the pauses below they span about four hours. */
const maxAttempts = 10

/** Longer than any provider is waited for, so that a lease that ended belonged to a worker that is gone. */
const leaseSeconds = 60

/** A message that a provider is asked to take: ours alone until its lease ends. */
export interface Attempted extends Due, MailBody {
  readonly leaseToken: string
  /** From 1. */
  readonly attempt: number
}

/**
 * Notes that the provider is about to be asked, in the transaction that locked these. It commits before the asking: whoever finds the
 * note after a crash knows that the message may have left.
 *
 * @param bodies of those that it has not, what they say is read in the same statement
 */
export async function noteAttempts(
  tx: SqlContext,
  due: readonly Due[],
  transport: string,
  bodies: FreshBodies,
): Promise<Attempted[]> {
  if (due.length === 0) return []
  const now = tx.clock.now()
  const leaseToken = uuidv7()
  const leaseUntil = new Date(now.getTime() + leaseSeconds * 1_000)
  const fresh = due.map((message) => bodies.take(tx.workspaceId, message))
  const rows = await tx.db.query<{ id: string } & MailBody>(
    noteAttempted(
      now,
      transport,
      leaseToken,
      leaseUntil,
      due.map(({ id }) => id),
      fresh.map((body) => body === undefined),
    ),
  )
  const read = new Map(rows.map((row) => [row.id, row]))
  return due.map((message, index) => {
    const { html, text } = fresh[index] ?? (read.get(message.id) as MailBody)
    return { ...message, html, text, leaseToken, attempt: message.attempts + 1 }
  })
}

const noteAttempted = prepared(
  'mail_note_attempted',
  `update "MailMessage" m set "dispatch" = 'attempted', "attempts" = "attempts" + 1, "attemptedAt" = $1, "transport" = $2,
     "leaseToken" = $3, "leaseUntil" = $4
   from unnest($5::uuid[], $6::boolean[]) as one ("message", "unread")
   where m."id" = one."message"
   returning m."id", case when one."unread" then m."html" end as "html", case when one."unread" then m."text" end as "text"`,
)

/** An attempt, and what came of it. */
export interface Answered {
  readonly message: Attempted
  readonly outcome: Outcome
}

/** Writes down what came of attempts. Those that were accepted, which is most of them, take one statement. */
export async function recordOutcomes(
  context: SqlContext,
  answered: readonly Answered[],
  transport: Transport,
): Promise<void> {
  await context.sqlTransaction(async (tx) => {
    const taken = answered.flatMap(({ message, outcome }) =>
      outcome.kind === 'accepted' ? [{ ...message, providerId: outcome.providerId }] : [],
    )
    if (taken.length > 0) await accepted(tx, taken, transport)
    for (const { message, outcome } of answered) await notAccepted(tx, message, outcome, transport)
    tellMessagesChanged(tx)
  })
}

async function notAccepted(tx: SqlContext, message: Attempted, outcome: Outcome, transport: Transport): Promise<void> {
  if (outcome.kind === 'accepted') return
  if (outcome.kind === 'refused') await failed(tx, message, outcome.problem)
  else if (outcome.kind === 'unknown') await unknown(tx, message, outcome.problem, transport)
  else if (outcome.kind === 'notTaken' && message.attempt >= maxAttempts) await failed(tx, message, outcome.problem)
  else await planAgain(tx, message, outcome)
}

/**
 * Counts whatever has happened to the rows meanwhile: the provider's yes is a fact. A report of it may have come before its
 * answer; where the message was attempted again before the answer came, this one is a duplicate.
 */
async function accepted(
  tx: SqlContext,
  taken: readonly (Attempted & { readonly providerId: string })[],
  { priceMicros }: Transport,
): Promise<void> {
  await tx.db.query(
    noteAccepted(
      tx.clock.now(),
      priceMicros,
      taken.map(({ id }) => id),
      taken.map(({ attempt }) => attempt),
      taken.map(({ providerId }) => providerId),
    ),
  )
}

const noteAccepted = prepared(
  'mail_note_accepted',
  `update "MailMessage" m set
     "dispatch" = case when "attempts" = one."attempt" then 'accepted' else "dispatch" end,
     "providerId" = case when "attempts" = one."attempt" then one."answer" else "providerId" end,
     "duplicates" = "duplicates" + case when "attempts" = one."attempt"
       and coalesce("providerId", one."answer") = one."answer" then 0 else 1 end,
     "leaseToken" = case when "attempts" = one."attempt" then null else "leaseToken" end,
     "leaseUntil" = case when "attempts" = one."attempt" then null else "leaseUntil" end,
     "costMicros" = "costMicros" + $2::bigint,
     -- What a report has made of it meanwhile stays: SES may have taken it and turned it away since.
     "state" = case when "state" = 'queued' or ("dispatch" <> 'accepted' and "state" in ('suppressed', 'failed')) then 'sent'
       else "state" end,
     "failedAt" = case when "dispatch" = 'accepted' then "failedAt" end,
     "sentAt" = coalesce("sentAt", $1::timestamptz), "errorCode" = null, "errorMessage" = null
   from unnest($3::uuid[], $4::int[], $5::text[]) as one ("message", "attempt", "answer")
   where m."id" = one."message"`,
)

async function failed(tx: SqlContext, { id, leaseToken }: Attempted, { code, message }: Problem): Promise<void> {
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'refused', "state" = 'failed', "failedAt" = ${tx.clock.now()},
      "errorCode" = ${code}, "errorMessage" = ${message}, "leaseToken" = null, "leaseUntil" = null
    where "id" = ${id} and "leaseToken" = ${leaseToken} and "dispatch" = 'attempted'`)
}

async function unknown(
  tx: SqlContext,
  { id, leaseToken }: Attempted,
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
  { id, leaseToken, attempt }: Attempted,
  outcome: Extract<Outcome, { kind: 'notTaken' | 'throttled' | 'held' }>,
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

/** The outbox: our own database takes it, in the transaction that locked it. So it happens once. */
export async function keepInOutbox(tx: SqlContext, messages: readonly Due[]): Promise<void> {
  if (messages.length === 0) return
  const now = tx.clock.now()
  await tx.db.query(sql`
    update "MailMessage" set "dispatch" = 'accepted', "state" = 'sent', "transport" = 'outbox', "attempts" = "attempts" + 1,
      "attemptedAt" = ${now}, "sentAt" = ${now}, "leaseToken" = null, "leaseUntil" = null,
      "failedAt" = null, "errorCode" = null, "errorMessage" = null
    where "id" = any(${messages.map(({ id }) => id)}::uuid[])`)
}

type Problem = Extract<Outcome, { kind: 'refused' }>['problem']
