import { announceChange, ConflictError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { BudgetReached, type Limits, monthOf, move, setAside, tellReached } from './budgets.ts'
import { type CallRow, findCached, lockById, lockByKey } from './callRow.ts'
import { AiBudgetExceededError, type AiProblem } from './errors.ts'
import { callsChanged } from './events.ts'
import type { Plan } from './plan.ts'
import type { Usage } from './prices.ts'

/** A call that this process has in hand. */
export interface HeldCall {
  readonly id: string
  /** Written with the claim and renewed with each step; whoever finds another instant there has lost the call. */
  readonly leaseUntil: Date
}

export type Claim =
  /** Nothing has left for it: ask. */
  | { readonly kind: 'mine'; readonly call: HeldCall }
  /** It left with a process that is gone: find out what became of it, and never ask again. */
  | { readonly kind: 'adrift'; readonly call: HeldCall; readonly row: CallRow }
  /** Somebody has it in hand. */
  | { readonly kind: 'busy'; readonly id: string }
  /** It has an end; see its status. */
  | { readonly kind: 'ended'; readonly row: CallRow }

/** How a call ended. */
export interface Ending {
  readonly status: 'succeeded' | 'failed' | 'unknown'
  readonly errorCode?: AiProblem
  readonly errorMessage?: string
  readonly response?: string
  readonly usage?: Usage | undefined
  /** What it cost; `kept`: what was set aside for it, because nobody knows; `none`: nothing was carried out. */
  readonly cost: number | 'kept' | 'none'
  readonly providerId?: string | null
  readonly cacheExpiresAt?: Date | null
  readonly latencyMs?: number
}

/** Beside the time a request may take. Milliseconds. */
const graceMs = 60_000

/** Failures that were paid for: the same key gets the same again. */
const paidFailures: readonly string[] = ['AI_REFUSED', 'AI_OUTPUT_INVALID'] satisfies AiProblem[]

/** Whose call a row is at each moment, and what it costs. Every step is one transaction. */
export class Ledger {
  /** Writes a call down, or finds what became of the one under its key. @throws ConflictError for another request under the key */
  claim(context: SqlContext, plan: Plan, leaseMs: number): Promise<Claim> {
    return context.sqlTransaction(async (tx) => {
      const now = tx.clock.now()
      const leaseUntil = new Date(now.getTime() + leaseMs + graceMs)
      const id = uuidv7({ msecs: now.getTime() })
      if (await insert(tx, id, plan, leaseUntil)) return takeFromCache(tx, { id, leaseUntil }, plan)
      const row = (await lockByKey(tx, plan.request.idempotencyKey)) as CallRow
      if (!row.askedHash.equals(plan.askedHash))
        throw new ConflictError({
          en: `The idempotency key "${plan.request.idempotencyKey}" belongs to call ${row.id}, which asked something else. Use one key for one request.`,
          fr: `La clé d’idempotence « ${plan.request.idempotencyKey} » appartient à l’appel ${row.id}, qui demandait autre chose. Une clé ne vaut que pour une demande.`,
        })
      const inHand = row.status === 'planned' || row.status === 'attempted'
      if (inHand && row.leaseUntil && row.leaseUntil > now) return { kind: 'busy', id: row.id }
      const call = { id: row.id, leaseUntil }
      if (row.status === 'attempted') {
        await tx.db.query(sql`update "AiCall" set "leaseUntil" = ${leaseUntil} where "id" = ${row.id}`)
        return { kind: 'adrift', call, row }
      }
      const asksAgain =
        row.status === 'planned' || (row.status === 'failed' && !paidFailures.includes(row.errorCode ?? ''))
      if (!asksAgain) return { kind: 'ended', row }
      if (row.status === 'planned') await giveBack(tx, row)
      await planAgain(tx, call, plan)
      return takeFromCache(tx, call, plan)
    })
  }

  /**
   * Sets the most that it may cost aside. @param most null where the model has no price
   * @returns undefined where somebody else has taken the call over
   * @throws AiBudgetExceededError; the call has failed with it then, and can be asked again
   */
  async reserve(
    context: SqlContext,
    call: HeldCall,
    plan: Plan,
    most: number | null,
    limits: Limits,
  ): Promise<HeldCall | undefined> {
    const { id } = call
    const month = monthOf(context.clock.now())
    const { purpose } = plan.request
    try {
      return await context.sqlTransaction(async (tx) => {
        if (!(await lockHeld(tx, call))) return undefined
        if (most !== null) await setAside(tx, { month, purpose, reserved: most }, limits)
        await tx.db.query(sql`
          update "AiCall" set "costMicros" = ${most}::bigint, "month" = ${month}::date, "pricesAsOf" = ${plan.price?.asOf ?? null}::date
          where "id" = ${id}`)
        return call
      })
    } catch (error) {
      if (!(error instanceof BudgetReached)) throw error
      const failure = await context.sqlTransaction(async (tx) => {
        if (!(await lockHeld(tx, call))) return undefined
        const exceeded = new AiBudgetExceededError(id, await tellReached(tx, month, error, most as number))
        await write(tx, id, {
          status: 'failed',
          errorCode: exceeded.code,
          errorMessage: exceeded.message,
          cost: 'none',
        })
        return exceeded
      })
      if (failure) throw failure
      return undefined
    }
  }

  /** Right before a request leaves. @returns undefined where somebody else has taken the call over */
  depart(context: SqlContext, call: HeldCall, requestMs: number): Promise<HeldCall | undefined> {
    return renew(context, call, requestMs, 'attempted')
  }

  /** A request was not carried out; another follows within so many milliseconds. */
  stay(context: SqlContext, call: HeldCall, waitMs: number): Promise<HeldCall | undefined> {
    return renew(context, call, waitMs, 'planned')
  }

  /**
   * An answer came that does not do: keeps it and what it cost, and sets the cost of asking for its repair aside too.
   * @returns what keeps it from being repaired: the budget, or that somebody else has taken the call over
   */
  async repair(
    context: SqlContext,
    call: HeldCall,
    first: { text: string; usage: Usage | undefined; cost: number | null },
    most: number | null,
    limits: Limits,
  ): Promise<'budget' | 'takenOver' | undefined> {
    try {
      return await context.sqlTransaction(async (tx) => {
        const row = await lockHeld(tx, call)
        if (!row) return 'takenOver'
        const together = most === null ? null : (first.cost ?? 0) + most
        const more = (together ?? 0) - (row.costMicros ?? 0)
        if (row.month !== null && together !== null) {
          const { month, purpose } = row
          if (more > 0) await setAside(tx, { month, purpose, reserved: more }, limits)
          else await move(tx, { month, purpose, reserved: more, spent: 0, calls: 0 }, limits)
        }
        await tx.db.query(sql`
          update "AiCall" set "status" = 'planned', "repaired" = true, "response" = ${first.text}, "costMicros" = ${together}::bigint,
            "inputTokens" = ${first.usage?.inputTokens ?? null}, "cachedTokens" = ${first.usage?.cachedTokens ?? null},
            "outputTokens" = ${first.usage?.outputTokens ?? null}
          where "id" = ${call.id}`)
        return undefined
      })
    } catch (error) {
      if (error instanceof BudgetReached) return 'budget'
      throw error
    }
  }

  /** The end of a call, also of one that was thought lost: what is known replaces what was not. */
  async finish(context: SqlContext, id: string, ending: Ending, limits: Limits): Promise<CallRow> {
    return context.sqlTransaction(async (tx) => {
      const row = (await lockById(tx, id)) as CallRow
      if (row.status === 'succeeded' || row.status === 'failed') return row
      const keptMicros = row.costMicros ?? 0
      const cost = ending.cost === 'kept' ? row.costMicros : ending.cost === 'none' ? 0 : ending.cost
      if (row.month !== null) {
        const { month, purpose } = row
        // What is unknown is counted as spent already.
        const before =
          row.status === 'unknown' ? { reserved: 0, spent: -keptMicros } : { reserved: -keptMicros, spent: 0 }
        const counts = row.status !== 'unknown' && ending.cost !== 'none'
        await move(
          tx,
          { month, purpose, reserved: before.reserved, spent: before.spent + (cost ?? 0), calls: counts ? 1 : 0 },
          limits,
        )
      }
      await write(tx, id, ending)
      return (await lockById(tx, id)) as CallRow
    })
  }

  /** Lets go of a call that nothing could be found out about: whoever asks next tries. */
  async letGo(context: SqlContext, { id, leaseUntil }: HeldCall): Promise<void> {
    await context.db.query(sql`
      update "AiCall" set "leaseUntil" = ${context.clock.now()} where "id" = ${id} and "leaseUntil" = ${leaseUntil}`)
  }
}

async function insert(tx: SqlContext, id: string, plan: Plan, leaseUntil: Date): Promise<boolean> {
  const { request } = plan
  const { principal } = tx
  const inserted = await tx.db.query(sql`
    insert into "AiCall" ("id", "idempotencyKey", "askedHash", "requestHash", "purpose", "subjectType", "subjectId", "promptName",
      "promptVariantId", "model", "endpoint", "parameters", "messages", "redacted", "askedByType", "askedById", "askedByName",
      "createdAt", "leaseUntil")
    values (${id}, ${request.idempotencyKey}, ${plan.askedHash}, ${plan.requestHash}, ${request.purpose}, ${request.subject?.type ?? null},
      ${request.subject?.id ?? null}, ${request.prompt?.name ?? null}, ${request.prompt?.variantId ?? null}, ${plan.model},
      ${plan.endpoint}, ${JSON.stringify(plan.parameters)}::jsonb, ${JSON.stringify(plan.messages)}::jsonb, ${plan.redaction?.count ?? 0},
      ${principal.type}, ${principal.type === 'system' ? null : principal.id}, ${principal.name}, ${tx.clock.now()}, ${leaseUntil})
    on conflict ("workspaceId", "idempotencyKey") do nothing returning "id"`)
  if (inserted.length > 0) announce(tx, id)
  return inserted.length > 0
}

/** The settings may have changed since: what leaves is planned anew. */
async function planAgain(tx: SqlContext, { id, leaseUntil }: HeldCall, plan: Plan): Promise<void> {
  await tx.db.query(sql`
    update "AiCall" set "status" = 'planned', "errorCode" = null, "errorMessage" = null, "requestHash" = ${plan.requestHash},
      "model" = ${plan.model}, "endpoint" = ${plan.endpoint}, "parameters" = ${JSON.stringify(plan.parameters)}::jsonb,
      "messages" = ${JSON.stringify(plan.messages)}::jsonb, "redacted" = ${plan.redaction?.count ?? 0}, "response" = null,
      "repaired" = false, "inputTokens" = null, "cachedTokens" = null, "outputTokens" = null, "costMicros" = null, "month" = null,
      "finishedAt" = null, "leaseUntil" = ${leaseUntil}
    where "id" = ${id}`)
  announce(tx, id)
}

async function takeFromCache(tx: SqlContext, call: HeldCall, plan: Plan): Promise<Claim> {
  const now = tx.clock.now()
  const cached = plan.cacheSeconds > 0 ? await findCached(tx, plan.requestHash, now, plan.cacheSeconds) : undefined
  if (!cached) return { kind: 'mine', call }
  await tx.db.query(sql`
    update "AiCall" set "status" = 'succeeded', "response" = ${cached.response}, "cachedFromId" = ${cached.id}, "costMicros" = 0,
      "inputTokens" = 0, "cachedTokens" = 0, "outputTokens" = 0, "latencyMs" = 0, "finishedAt" = ${now}, "leaseUntil" = null
    where "id" = ${call.id}`)
  return { kind: 'ended', row: (await lockById(tx, call.id)) as CallRow }
}

/** What a process that died had set aside, and did not use. */
async function giveBack(tx: SqlContext, { month, purpose, costMicros }: CallRow): Promise<void> {
  if (month === null || costMicros === null) return
  await move(tx, { month, purpose, reserved: -costMicros, spent: 0, calls: 0 }, { all: null, purpose: null })
}

/** The call, held until the transaction ends; undefined where somebody else has taken it over. */
async function lockHeld(tx: SqlContext, { id, leaseUntil }: HeldCall): Promise<CallRow | undefined> {
  const row = await lockById(tx, id)
  const inHand = row?.status === 'planned' || row?.status === 'attempted'
  return inHand && row.leaseUntil?.getTime() === leaseUntil.getTime() ? row : undefined
}

async function renew(
  context: SqlContext,
  call: HeldCall,
  forMs: number,
  status: 'planned' | 'attempted',
): Promise<HeldCall | undefined> {
  const leaseUntil = new Date(context.clock.now().getTime() + forMs + graceMs)
  const renewed = await context.db.query(sql`
    update "AiCall" set "status" = ${status}::"AiCallStatus", "leaseUntil" = ${leaseUntil},
      "attempts" = "attempts" + ${status === 'attempted' ? 1 : 0}
    where "id" = ${call.id} and "leaseUntil" = ${call.leaseUntil} and "status" in ('planned', 'attempted') returning "id"`)
  return renewed.length > 0 ? { id: call.id, leaseUntil } : undefined
}

async function write(tx: SqlContext, id: string, ending: Ending): Promise<void> {
  const { usage, cost } = ending
  const settled = typeof cost === 'number' ? cost : cost === 'none' ? 0 : null
  await tx.db.query(sql`
    update "AiCall" set "status" = ${ending.status}::"AiCallStatus", "errorCode" = ${ending.errorCode ?? null},
      "errorMessage" = ${ending.errorMessage ?? null}, "response" = coalesce(${ending.response ?? null}, "response"),
      "inputTokens" = coalesce(${usage?.inputTokens ?? null}::int, "inputTokens"),
      "cachedTokens" = coalesce(${usage?.cachedTokens ?? null}::int, "cachedTokens"),
      "outputTokens" = coalesce(${usage?.outputTokens ?? null}::int, "outputTokens"),
      "costMicros" = case when ${cost === 'kept'}::boolean then "costMicros" else ${settled}::bigint end,
      "providerId" = coalesce(${ending.providerId ?? null}, "providerId"), "cacheExpiresAt" = ${ending.cacheExpiresAt ?? null},
      "latencyMs" = ${ending.latencyMs ?? null}::int, "finishedAt" = ${tx.clock.now()}, "leaseUntil" = null
    where "id" = ${id}`)
  announce(tx, id)
}

function announce(tx: SqlContext, callId: string): void {
  tx.announce(callsChanged, 'all', { callId })
  announceChange(tx, 'AiCall', callId)
}
