import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  type SystemContext,
  sql,
} from '@espalier/core'
import { limitsFor } from './budgets.ts'
import { type CallRow, eraseContent, findAbandoned, lockById } from './callRow.ts'
import type { Ending, Ledger } from './ledger.ts'
import type { ModelService } from './modelService.ts'
import { storable } from './plan.ts'
import { costOf, priceOf } from './prices.ts'
import type { Settings } from './settings.ts'

/** What somebody found out about a call whose outcome was unknown. */
export interface Settlement {
  /** Whether the service carried it out, as its log or its bill says. */
  readonly carriedOut: boolean
  /** What it answered, where that is known. */
  readonly response?: string | null | undefined
  /** Tokens; without them the cost stays what was set aside. */
  readonly inputTokens?: number | null | undefined
  readonly outputTokens?: number | null | undefined
}

interface SettlementParts {
  readonly ledger: Ledger
  readonly settings: (context: SqlContext) => Promise<Settings>
  readonly service: (context: SqlContext) => Promise<ModelService | undefined>
}

/** A holder that is silent for so long beyond its lease is gone. Milliseconds. */
const silenceMs = 10 * 60_000

/** Rows in one statement, which may not take longer than 10 s. */
const batch = 2_000

/** Ends calls whose process cannot: by a person, by what the service has kept, by the days that content is kept. */
export class Settlements {
  readonly #parts: SettlementParts

  constructor(parts: SettlementParts) {
    this.#parts = parts
  }

  /** Belongs inside a transaction. @throws NotFoundError, ConflictError when its outcome is known, InvalidInputError */
  async settle(tx: SqlContext, id: string, settlement: Settlement): Promise<void> {
    const before = await lockById(tx, id)
    if (!before) throw new NotFoundError('AiCall', id)
    if (before.status !== 'unknown')
      throw new ConflictError({
        en: `Call ${id} is ${before.status}: only one whose outcome is unknown can be settled.`,
        fr: `L’issue de l’appel ${id} est connue : seul un appel d’issue inconnue peut être réglé.`,
      })
    const settings = await this.#parts.settings(tx)
    const after = await this.#parts.ledger.finish(
      tx,
      id,
      endingOf(before, settlement, settings),
      limitsFor(before.purpose, settings),
    )
    tx.audit({ resourceType: 'AiCall', resourceId: id, before: figures(before), after: figures(after) })
  }

  /** Ends what died with its process and nobody has asked for again. @returns how many */
  async endAbandoned(system: SystemContext): Promise<number> {
    const silentSince = new Date(system.clock.now().getTime() - silenceMs)
    // Through the second door: which workspaces have such calls, none of them knows.
    const workspaces = await system.system.query<{ workspaceId: string }>(sql`
      select distinct "workspaceId" from "AiCall" where "status" in ('planned', 'attempted') and "leaseUntil" < ${silentSince}`)
    let ended = 0
    for (const { workspaceId } of workspaces) {
      const context = system.workspace(workspaceId)
      for (const row of await findAbandoned(context, silentSince)) {
        if (await this.#endOne(context, row)) ended++
      }
    }
    return ended
  }

  /** Erases what was asked and answered before the days that the workspace keeps it. @returns of how many calls */
  async eraseOld(context: SqlContext): Promise<number> {
    const { keepDays } = await this.#parts.settings(context)
    const before = new Date(context.clock.now().getTime() - keepDays * 24 * 3_600_000)
    let erased = 0
    let from = new Date(0)
    for (;;) {
      const { count, last } = await eraseContent(context, from, before, batch)
      erased += count
      if (count < batch || !last) return erased
      from = last
    }
  }

  async #endOne(context: SqlContext, row: CallRow): Promise<boolean> {
    const settings = await this.#parts.settings(context)
    const ending = row.status === 'planned' ? neverSent : await this.#whatBecameOf(context, row, settings)
    if (!ending) return false
    await context.sqlTransaction(async (tx) => {
      const current = await lockById(tx, row.id)
      // Somebody has asked for it meanwhile, and has it in hand.
      if (current?.leaseUntil?.getTime() !== row.leaseUntil?.getTime()) return
      await this.#parts.ledger.finish(tx, row.id, ending, limitsFor(row.purpose, settings))
    })
    return true
  }

  async #whatBecameOf(context: SqlContext, row: CallRow, settings: Settings): Promise<Ending | undefined> {
    if (!settings.storesCompletions || row.endpoint !== 'chat') return unheardOf
    const service = await this.#parts.service(context)
    if (!service) return unheardOf
    try {
      const found = await service.findStored(row.id, AbortSignal.timeout(20_000))
      if (!found || found.text === '' || (row.repaired && storable(found.text) === row.response)) return unheardOf
      const price = priceOf(row.model, settings.prices)
      // Of a call with a repair the tokens of both count; what was set aside for it covers them.
      const cost = price && found.usage && !row.repaired ? costOf(price, found.usage) : 'kept'
      return {
        status: 'succeeded',
        response: storable(found.text),
        usage: found.usage,
        cost,
        providerId: found.providerId,
      }
    } catch (error) {
      context.log.warn({ err: error, callId: row.id }, 'The model service does not say what became of a call')
      return undefined
    }
  }
}

const neverSent: Ending = {
  status: 'failed',
  errorCode: 'AI_UNAVAILABLE',
  errorMessage: 'The process that was to ask is gone. Nothing was asked: ask again under the same key.',
  cost: 'none',
}

const unheardOf: Ending = {
  status: 'unknown',
  errorCode: 'AI_OUTCOME_UNKNOWN',
  errorMessage: 'The process that asked was gone before the answer.',
  cost: 'kept',
}

function endingOf(row: CallRow, settlement: Settlement, settings: Settings): Ending {
  const { carriedOut, response, inputTokens, outputTokens } = settlement
  if (!carriedOut) {
    if (response || inputTokens || outputTokens)
      throw InvalidInputError.of('input.carriedOut', 'CONTRADICTION', {
        en: 'is false, so there is no response and there are no tokens.',
        fr: 'vaut non : il n’y a donc ni réponse ni jetons.',
      })
    return {
      ...neverSent,
      errorMessage: 'Somebody found out that it was not carried out: ask again under the same key.',
    }
  }
  for (const [name, tokens] of Object.entries({ inputTokens, outputTokens }))
    if (tokens != null && (tokens < 0 || tokens > 100_000_000))
      throw InvalidInputError.of(`input.${name}`, 'OUT_OF_RANGE', {
        en: `is ${tokens}, and must be from 0 to 100,000,000.`,
        fr: `vaut ${tokens}, et doit être de 0 à 100 000 000.`,
      })
  const usage = inputTokens == null || outputTokens == null ? undefined : { inputTokens, cachedTokens: 0, outputTokens }
  const price = priceOf(row.model, settings.prices)
  const cost = usage && price ? costOf(price, usage) : 'kept'
  if (response) return { status: 'succeeded', response: storable(response), usage, cost }
  return {
    status: 'failed',
    errorCode: 'AI_OUTPUT_INVALID',
    errorMessage: 'It was carried out, and its answer was lost.',
    usage,
    cost,
  }
}

/** For the audit trail: nothing of what was asked and answered. */
function figures({ status, errorCode, costMicros, inputTokens, outputTokens }: CallRow) {
  return { status, errorCode, costMicros, inputTokens, outputTokens }
}
