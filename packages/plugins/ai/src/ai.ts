import { ConflictError, type PluginHost, type SqlContext } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import { Asking, type AskingParts, CallTakenOver } from './asking.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import { limitsFor } from './budgets.ts'
import { type CallRow, findByKey } from './callRow.ts'
import { type Connection, type ConnectionInput, Connections } from './connection.ts'
import {
  AiCanceledError,
  AiNotConfiguredError,
  AiOutcomeUnknownError,
  AiOutputInvalidError,
  AiRefusedError,
} from './errors.ts'
import type { ModelAnswer, ModelGateway, ModelRequest } from './gateway.ts'
import { Ledger } from './ledger.ts'
import { connect, type ModelService } from './modelService.ts'
import { checkRequest, type Plan, planRequest, redactionOf, storable } from './plan.ts'
import { priceOf } from './prices.ts'
import type { Settings, settings } from './settings.ts'
import { Settlements } from './settlements.ts'
import { Spending } from './spending.ts'
import { checkOutput } from './structuredOutput.ts'
import { systemWait, type Wait } from './wait.ts'

export type AiHost = Pick<
  PluginHost<readonly [], typeof settings>,
  'settings' | 'secrets' | 'live' | 'clock' | 'deriveSecret'
>

/** How often one looks whether a call that another has in hand has ended. Milliseconds. */
const lookEveryMs = 250

/** How the model service of a workspace is doing, as this process has seen it. */
export interface AiStatus {
  readonly configured: boolean
  readonly baseUrl: string | null
  readonly hasKey: boolean
  readonly setAt: Date | null
  readonly model: string
  readonly breaker: BreakerState
}

/** The service of the ai plugin: the one door for calls to models. */
export class Ai implements ModelGateway {
  readonly live: AiHost['live']
  readonly settings: (context: SqlContext) => Promise<Settings>
  readonly spending: Spending
  readonly settlements: Settlements
  readonly #connections: Connections
  readonly #ledger = new Ledger()
  readonly #breakers = new LRUCache<string, Breaker>({ max: 1_000 })
  readonly #clock: AiHost['clock']
  readonly #hashKey: Buffer
  readonly #connect: (connection: Connection) => ModelService
  readonly #wait: Wait

  /** @param outside what tests put in the place of the network and of time */
  constructor(host: AiHost, outside: { connect?: (connection: Connection) => ModelService; wait?: Wait } = {}) {
    this.live = host.live
    this.settings = host.settings
    this.spending = new Spending(host.settings)
    this.#connections = new Connections(host.secrets)
    this.#clock = host.clock
    this.#hashKey = host.deriveSecret('what was asked')
    this.#connect = outside.connect ?? connect
    this.#wait = outside.wait ?? systemWait
    this.settlements = new Settlements({
      ledger: this.#ledger,
      settings: host.settings,
      service: async (context) => {
        const connection = await this.#connections.read(context)
        return connection && this.#connect(connection)
      },
    })
  }

  async isConfigured(context: SqlContext): Promise<boolean> {
    return (await this.#connections.read(context)) !== undefined
  }

  async ask<Output = string>(context: SqlContext, request: ModelRequest<Output>): Promise<ModelAnswer<Output>> {
    checkRequest(request)
    if (context.db.inTransaction)
      throw new Error(
        'ask() belongs outside of a transaction: an answer takes seconds, and what was paid for must be kept whatever becomes of yours.',
      )
    const settings = await this.settings(context)
    const connection = await this.#connections.read(context)
    // What was answered before is answered without a key, too.
    const plan = planRequest(request, settings, connection?.baseUrl ?? '', this.#hashKey)
    if (!connection && !(await findByKey(context, request.idempotencyKey))) throw new AiNotConfiguredError()
    for (;;) {
      if (request.signal?.aborted) throw new AiCanceledError(null, false)
      const row = await this.#try(context, plan, settings, connection)
      if (row) return answerFrom(row, plan) as ModelAnswer<Output>
      await this.#wait(lookEveryMs, request.signal)
    }
  }

  async status(context: SqlContext): Promise<AiStatus> {
    const connection = await this.#connections.read(context)
    const { model } = await this.settings(context)
    return {
      configured: connection !== undefined,
      baseUrl: connection?.baseUrl ?? null,
      hasKey: connection?.apiKey != null,
      setAt: (await this.#connections.setAt(context)) ?? null,
      model,
      breaker: connection ? this.#breaker(context, connection).state : 'closed',
    }
  }

  /** Belongs inside a transaction. @throws InvalidInputError */
  async setConnection(tx: SqlContext, input: ConnectionInput): Promise<void> {
    await this.#connections.set(tx, input)
  }

  /** Belongs inside a transaction. @throws ConflictError when there is none */
  async removeConnection(tx: SqlContext): Promise<void> {
    if (!(await this.#connections.remove(tx)))
      throw new ConflictError({
        en: 'No model service is set, so there is nothing to remove.',
        fr: 'Aucun service de modèles n’est défini : il n’y a rien à retirer.',
      })
  }

  /** @returns a call that has ended, or undefined while another has it in hand */
  async #try(
    context: SqlContext,
    plan: Plan,
    settings: Settings,
    connection: Connection | undefined,
  ): Promise<CallRow | undefined> {
    if (!connection) return this.#endedBefore(context, plan)
    const timeoutMs = settings.timeoutSeconds * 1_000
    const claim = await this.#ledger.claim(context, plan, timeoutMs)
    if (claim.kind === 'busy') return undefined
    if (claim.kind === 'ended') return claim.row
    const parts: AskingParts = {
      ledger: this.#ledger,
      service: this.#connect(connection),
      breaker: this.#breaker(context, connection),
      limits: limitsFor(plan.request.purpose, settings),
      wait: this.#wait,
      timeoutMs,
      stores: settings.storesCompletions,
      apiKey: connection.apiKey,
    }
    try {
      if (claim.kind === 'mine') return await new Asking(context, claim.call, plan, parts).run()
      const { model } = claim.row
      const asked = { ...plan, model, price: priceOf(model, settings.prices) }
      return await new Asking(context, claim.call, asked, parts).recover(claim.row)
    } catch (error) {
      if (error instanceof CallTakenOver) return undefined
      throw error
    }
  }

  async #endedBefore(context: SqlContext, plan: Plan): Promise<CallRow> {
    const row = await findByKey(context, plan.request.idempotencyKey)
    if (row?.status !== 'succeeded' || !row.askedHash.equals(plan.askedHash)) throw new AiNotConfiguredError()
    return row
  }

  #breaker({ workspaceId }: SqlContext, { baseUrl }: Connection): Breaker {
    const place = `${workspaceId} ${baseUrl}`
    let breaker = this.#breakers.get(place)
    if (!breaker) {
      breaker = new Breaker(this.#clock)
      this.#breakers.set(place, breaker)
    }
    return breaker
  }
}

/** What whoever asks is given of a call that has ended. @throws the error with which it ended */
function answerFrom(row: CallRow, { request, redaction, format }: Plan): ModelAnswer<unknown> {
  if (row.status === 'unknown') throw new AiOutcomeUnknownError(row.id)
  const reason = row.errorMessage ?? 'what was said has been erased since'
  if (row.errorCode === 'AI_REFUSED') throw new AiRefusedError(row.id, reason)
  if (row.status !== 'succeeded') throw new AiOutputInvalidError(row.id, reason)
  if (row.response === null)
    throw new ConflictError({
      en: `The answer of call ${row.id} was erased after the days that the ai plugin keeps it. Ask under another idempotency key.`,
      fr: `La réponse de l’appel ${row.id} a été effacée après le nombre de jours où elle est conservée. Demandez sous une autre clé d’idempotence.`,
    })
  const text = restored(row, request.messages, redaction)
  let output: unknown = text
  if (request.output && format) {
    const checked = checkOutput(text, request.output, format)
    if (!checked.ok) throw new AiOutputInvalidError(row.id, checked.problem)
    output = checked.output
  }
  return {
    callId: row.id,
    text,
    output,
    model: row.model,
    inputTokens: row.inputTokens ?? 0,
    outputTokens: row.outputTokens ?? 0,
    costMicros: row.costMicros,
    latencyMs: row.latencyMs ?? 0,
    cacheHit: row.cachedFromId !== null,
  }
}

/** With the personal data that was taken out when it was asked, whatever the workspace has said of that since. */
function restored(row: CallRow, messages: ModelRequest['messages'], redaction: Plan['redaction']): string {
  const response = row.response ?? ''
  if (redaction || row.redacted === 0) return redaction?.restore(response) ?? response
  const anew = redactionOf(messages)
  for (const { content } of messages) anew.redact(storable(content))
  return anew.restore(response)
}
