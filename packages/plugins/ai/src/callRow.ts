import { type SqlContext, type Statement, sql } from '@espalier/core'
import type { ModelMessage } from './gateway.ts'

export type CallStatus = 'planned' | 'attempted' | 'succeeded' | 'failed' | 'unknown'

/** A row of the ledger, as far as asking needs it. */
export interface CallRow {
  readonly id: string
  readonly idempotencyKey: string
  readonly askedHash: Buffer
  readonly purpose: string
  readonly model: string
  readonly endpoint: 'chat' | 'responses'
  readonly messages: readonly ModelMessage[]
  readonly response: string | null
  readonly status: CallStatus
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly attempts: number
  readonly repaired: boolean
  /** Different personal data that was taken out of what left. */
  readonly redacted: number
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Set aside while it is under way, what it cost after it. */
  readonly costMicros: number | null
  /** "2026-11-01": what it counts in. */
  readonly month: string | null
  readonly cachedFromId: string | null
  readonly latencyMs: number | null
  readonly createdAt: Date
  /** Also who has it in hand: whoever holds it knows the very instant. */
  readonly leaseUntil: Date | null
}

const columns = `"id", "idempotencyKey", "askedHash", "purpose", "model", "endpoint", "messages", "response", "status"::text, "errorCode",
  "errorMessage", "attempts", "repaired", "redacted", "inputTokens", "outputTokens", "costMicros"::float8 as "costMicros",
  to_char("month", 'YYYY-MM-DD') as "month", "cachedFromId", "latencyMs", "createdAt", "leaseUntil"`

/** The call under a key, held until the transaction ends. */
export async function lockByKey(tx: SqlContext, idempotencyKey: string): Promise<CallRow | undefined> {
  return one(tx, {
    text: `select ${columns} from "AiCall" where "idempotencyKey" = $1 for update`,
    values: [idempotencyKey],
  })
}

export async function lockById(tx: SqlContext, id: string): Promise<CallRow | undefined> {
  return one(tx, { text: `select ${columns} from "AiCall" where "id" = $1 for update`, values: [id] })
}

export async function findByKey(context: SqlContext, idempotencyKey: string): Promise<CallRow | undefined> {
  return one(context, { text: `select ${columns} from "AiCall" where "idempotencyKey" = $1`, values: [idempotencyKey] })
}

/** The latest answer to an identical request that may still be given again. */
export async function findCached(
  context: SqlContext,
  requestHash: Buffer,
  now: Date,
  cacheSeconds: number,
): Promise<CallRow | undefined> {
  const since = new Date(now.getTime() - cacheSeconds * 1_000)
  return one(context, {
    text: `select ${columns} from "AiCall" where "requestHash" = $1 and "cacheExpiresAt" > $2 and "finishedAt" > $3
      and "status" = 'succeeded' and "response" is not null order by "finishedAt" desc limit 1`,
    values: [requestHash, now, since],
  })
}

/** Calls whose holder has been silent since an instant: it died, or lost its database. */
export function findAbandoned(context: SqlContext, silentSince: Date): Promise<CallRow[]> {
  return context.db.query<CallRow>({
    text: `select ${columns} from "AiCall" where "status" in ('planned', 'attempted') and "leaseUntil" < $1 limit 1000`,
    values: [silentSince],
  })
}

/**
 * Erases what calls of a time were asked and answered. @param from where the last batch ended: what it has erased is not read again
 * @returns how many had something to erase, and how far it came
 */
export async function eraseContent(
  context: SqlContext,
  from: Date,
  before: Date,
  limit: number,
): Promise<{ count: number; last: Date | null }> {
  const [row] = await context.db.query<{ count: number; last: Date | null }>(sql`
    with old as (
      select "id", "createdAt" from "AiCall" where "createdAt" >= ${from} and "createdAt" < ${before} and "messages" <> '[]'
        and "status" in ('succeeded', 'failed', 'unknown') order by "createdAt" limit ${limit}),
    erased as (
      update "AiCall" set "messages" = '[]', "response" = null, "errorMessage" = null, "cacheExpiresAt" = null
      where "id" in (select "id" from old))
    select count(*)::int as "count", max("createdAt") as "last" from old`)
  return row ?? { count: 0, last: null }
}

async function one(context: SqlContext, statement: Statement): Promise<CallRow | undefined> {
  const [row] = await context.db.query<CallRow>(statement)
  return row
}
