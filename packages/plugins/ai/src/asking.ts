import type { SqlContext } from '@espalier/core'
import type { Breaker } from './breaker.ts'
import type { Limits } from './budgets.ts'
import type { CallRow } from './callRow.ts'
import {
  AiCanceledError,
  type AiError,
  AiOutcomeUnknownError,
  AiOutputInvalidError,
  AiPriceUnknownError,
  AiRefusedError,
  AiRequestRejectedError,
  AiUnavailableError,
} from './errors.ts'
import type { ModelMessage } from './gateway.ts'
import type { Ending, HeldCall, Ledger } from './ledger.ts'
import type { ModelService } from './modelService.ts'
import { mostCost, type Plan, storable } from './plan.ts'
import { costOf, type Usage } from './prices.ts'
import { type ServiceFailure, serviceFailure } from './serviceFailure.ts'
import type { ServiceAnswer } from './serviceRequest.ts'
import { checkOutput } from './structuredOutput.ts'
import type { Wait } from './wait.ts'

/** Requests that one ask makes at most, where the service says that it did not carry them out. */
const mostRequests = 4

/** Waits between them: half a second, doubled, up to 20 s, and as long as the service says up to a minute. Milliseconds. */
const firstWaitMs = 500
const longestWaitMs = 20_000
const longestToldWaitMs = 60_000

export interface AskingParts {
  readonly ledger: Ledger
  readonly service: ModelService
  readonly breaker: Breaker
  readonly limits: Limits
  readonly wait: Wait
  /** For one request. */
  readonly timeoutMs: number
  /** Whether the service keeps answers. */
  readonly stores: boolean
  /** Never told in errors. */
  readonly apiKey: string | null
}

/** Raised where another process has taken a call over: its outcome is that one's to tell. */
export class CallTakenOver extends Error {}

/** What was said so far. */
interface Turn {
  readonly messages: readonly ModelMessage[]
  /** Of the answer that is being repaired. */
  readonly before:
    | { readonly usage: Usage | undefined; readonly cost: number | null; readonly problem: string }
    | undefined
}

/** One call that this process has in hand, from the first request to its end in the ledger. */
export class Asking {
  readonly #context: SqlContext
  readonly #plan: Plan
  readonly #parts: AskingParts
  readonly #startedAt: number
  #call: HeldCall

  constructor(context: SqlContext, call: HeldCall, plan: Plan, parts: AskingParts) {
    this.#context = context
    this.#call = call
    this.#plan = plan
    this.#parts = parts
    this.#startedAt = context.clock.now().getTime()
  }

  /** Asks. @returns the row once it has succeeded @throws AiError with which the call has ended, CallTakenOver */
  async run(): Promise<CallRow> {
    const { ledger, limits } = this.#parts
    const most = mostCost(this.#plan, this.#plan.messages)
    if (most === null && (limits.all !== null || limits.purpose !== null)) {
      const unknown = new AiPriceUnknownError(this.#call.id, this.#plan.model)
      return this.#fail({ status: 'failed', cost: 'none', errorMessage: unknown.message }, () => unknown)
    }
    await this.#hold(ledger.reserve(this.#context, this.#call, this.#plan, most, limits))
    return this.#turn({ messages: this.#plan.messages, before: undefined })
  }

  /** Finds out what became of a request that left with another process, and asks nothing anew. */
  async recover(row: CallRow): Promise<CallRow> {
    const { ledger, service, stores } = this.#parts
    const canLookUp = stores && row.endpoint === 'chat'
    let found: ServiceAnswer | undefined
    try {
      found = canLookUp ? await service.findStored(row.id, AbortSignal.timeout(20_000)) : undefined
    } catch (error) {
      await ledger.letGo(this.#context, this.#call)
      throw new AiOutcomeUnknownError(row.id, { cause: error })
    }
    // Of a repair only the answer before it may have been kept.
    if (!found || (row.repaired && storable(found.text) === row.response)) {
      const reason = canLookUp
        ? 'The service has kept no answer to it.'
        : 'The process that asked was gone before the answer.'
      return this.#fail(
        { status: 'unknown', cost: 'kept', errorMessage: reason },
        () => new AiOutcomeUnknownError(row.id),
      )
    }
    const usage: Usage = {
      inputTokens: row.inputTokens ?? 0,
      cachedTokens: 0,
      outputTokens: row.outputTokens ?? 0,
    }
    const before = row.repaired ? { usage, cost: this.#cost(usage), problem: '' } : undefined
    return this.#end(found, { messages: this.#plan.messages, before })
  }

  async #turn(turn: Turn): Promise<CallRow> {
    for (let request = 1; ; request++) {
      const { signal } = this.#plan.request
      if (signal?.aborted) return this.#canceledBefore(turn)
      const seconds = this.#parts.breaker.secondsToWait()
      if (seconds > 0)
        return this.#notCarriedOut(turn, `It has failed again and again, and is left alone for ${seconds} s.`, seconds)
      await this.#hold(this.#parts.ledger.depart(this.#context, this.#call, this.#parts.timeoutMs))
      const failure = await this.#request(turn).catch((error: unknown) => this.#failure(error))
      if (!('kind' in failure)) {
        this.#parts.breaker.succeeded()
        return this.#end(failure, turn)
      }
      if (failure.kind !== 'again') return this.#failed(failure, turn)
      const waitMs = this.#waitMs(failure.afterSeconds, request)
      if (request === mostRequests || waitMs === undefined)
        return this.#notCarriedOut(turn, failure.reason, failure.afterSeconds)
      await this.#hold(this.#parts.ledger.stay(this.#context, this.#call, waitMs))
      await this.#parts.wait(waitMs, signal)
    }
  }

  async #request({ messages, before }: Turn): Promise<ServiceAnswer> {
    const { request, redaction, ...plan } = this.#plan
    const { service, timeoutMs, stores } = this.#parts
    // Pieces of a second answer would follow those of the first.
    const listener = before ? undefined : request.onText && safely(request.onText, this.#context)
    const restored = listener && redaction ? redaction.restorePieces(listener) : undefined
    const deadline = AbortSignal.timeout(timeoutMs)
    const answer = await service.ask(
      {
        ...plan,
        messages,
        callId: this.#call.id,
        idempotencyKey: before ? `${this.#call.id}-repair` : this.#call.id,
        store: stores,
        onText: restored ? (piece) => restored.push(piece) : listener,
      },
      request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
    )
    restored?.end()
    return answer
  }

  /** Settles an answer, and has it repaired where it is not what was asked for. */
  async #end(answer: ServiceAnswer, turn: Turn): Promise<CallRow> {
    const { plan, call } = { plan: this.#plan, call: this.#call }
    const { before } = turn
    const cost = this.#cost(answer.usage)
    const text = storable(answer.text)
    const paid = {
      response: answer.refusal ? storable(answer.refusal) : text,
      usage: together(before?.usage, answer.usage),
      cost: cost === null || before?.cost === null ? ('kept' as const) : cost + (before?.cost ?? 0),
      providerId: answer.providerId,
    }
    const invalid = (problem: string) =>
      this.#fail({ ...paid, status: 'failed', errorMessage: problem }, () => new AiOutputInvalidError(call.id, problem))
    if (answer.refusal) {
      const reason = storable(answer.refusal)
      return this.#fail({ ...paid, status: 'failed', errorMessage: reason }, () => new AiRefusedError(call.id, reason))
    }
    if (answer.cutOff && (plan.format || text === ''))
      return invalid(
        `It came to its ${plan.parameters.maxOutputTokens} tokens before it had ended: raise maxOutputTokens.`,
      )
    if (text === '') return invalid('It is empty.')
    const problem = this.#problemOf(text)
    if (problem === undefined) {
      const { cacheSeconds } = plan
      const expires = cacheSeconds > 0 ? new Date(this.#context.clock.now().getTime() + cacheSeconds * 1_000) : null
      return this.#finish({ ...paid, status: 'succeeded', cacheExpiresAt: expires })
    }
    if (before) return invalid(`${problem} Its repair was tried.`)
    return this.#repair({ text, problem, usage: answer.usage, cost }, invalid)
  }

  async #repair(
    first: { text: string; problem: string; usage: Usage | undefined; cost: number | null },
    invalid: (problem: string) => Promise<CallRow>,
  ): Promise<CallRow> {
    const { text, problem } = first
    const told = this.#plan.redaction?.redact(problem) ?? problem
    const messages: ModelMessage[] = [
      ...this.#plan.messages,
      { role: 'assistant', content: text },
      {
        role: 'user',
        content: `That answer cannot be used. ${told}\nAnswer again with the whole JSON, corrected, and nothing else.`,
      },
    ]
    const { ledger, limits } = this.#parts
    const most = mostCost(this.#plan, messages)
    const hindrance = await ledger.repair(this.#context, this.#call, first, most, limits)
    if (hindrance === 'budget') return invalid(`${problem} The budget leaves nothing for its repair.`)
    if (hindrance) return invalid(`${problem} It came too late to be repaired.`)
    return this.#turn({ messages, before: first })
  }

  async #failed(failure: Exclude<ServiceFailure, { kind: 'again' }>, turn: Turn): Promise<CallRow> {
    const { id } = this.#call
    const reason = storable(this.#withoutKey(failure.reason))
    if (failure.kind === 'unknown') {
      if (!this.#plan.request.signal?.aborted)
        return this.#fail(
          { status: 'unknown', cost: 'kept', errorMessage: reason },
          () => new AiOutcomeUnknownError(id),
        )
      const canceled = new AiCanceledError(id, true)
      return this.#fail({ status: 'unknown', cost: 'kept', errorMessage: canceled.message }, () => canceled)
    }
    if (failure.kind === 'unusable')
      return this.#fail(
        { status: 'failed', cost: 'kept', errorMessage: reason },
        () => new AiOutputInvalidError(id, reason),
      )
    if (failure.kind === 'unavailable' || turn.before) return this.#notCarriedOut(turn, reason, null)
    const rejected = new AiRequestRejectedError(id, failure.status, reason)
    return this.#fail({ status: 'failed', cost: 'none', errorMessage: rejected.message }, () => rejected)
  }

  async #notCarriedOut(turn: Turn, said: string, retryAfterSeconds: number | null): Promise<CallRow> {
    const { id } = this.#call
    const reason = storable(this.#withoutKey(said))
    if (turn.before) return this.#withoutRepair(turn.before, reason)
    const unavailable = new AiUnavailableError(id, reason, retryAfterSeconds)
    return this.#fail({ status: 'failed', cost: 'none', errorMessage: unavailable.message }, () => unavailable)
  }

  async #canceledBefore({ before }: Turn): Promise<CallRow> {
    if (before) return this.#withoutRepair(before, 'The request was canceled.')
    const canceled = new AiCanceledError(this.#call.id, false)
    return this.#fail({ status: 'failed', cost: 'none', errorMessage: canceled.message }, () => canceled)
  }

  /** The first answer was paid for, and nothing came to mend it. */
  #withoutRepair({ usage, cost, problem }: NonNullable<Turn['before']>, why: string): Promise<CallRow> {
    const reason = `${problem} It could not be repaired: ${why}`
    return this.#fail(
      { status: 'failed', cost: cost ?? 'kept', usage, errorMessage: reason },
      () => new AiOutputInvalidError(this.#call.id, reason),
    )
  }

  async #fail(ending: Omit<Ending, 'errorCode'>, error: () => AiError): Promise<never> {
    const raised = error()
    await this.#finish({ ...ending, errorCode: raised.code })
    throw raised
  }

  /** What was paid for must be kept, so a database that is away for a moment is waited for. */
  async #finish(ending: Ending): Promise<CallRow> {
    const { ledger, limits, wait } = this.#parts
    const tookMs = this.#context.clock.now().getTime() - this.#startedAt
    // A clock that is set on the way must not cost us the answer.
    const timed = { ...ending, latencyMs: Math.min(Math.max(0, tookMs), 2 ** 31 - 1) }
    for (const waitMs of [200, 1_000, 3_000]) {
      try {
        return await ledger.finish(this.#context, this.#call.id, timed, limits)
      } catch (error) {
        this.#context.log.warn(
          { err: error, callId: this.#call.id },
          'The end of a model call could not be written yet',
        )
        await wait(waitMs)
      }
    }
    return ledger.finish(this.#context, this.#call.id, timed, limits)
  }

  async #hold(renewal: Promise<HeldCall | undefined>): Promise<void> {
    const call = await renewal
    if (!call) throw new CallTakenOver('another process has taken the call over')
    this.#call = call
  }

  #failure(error: unknown): ServiceFailure {
    const failure = serviceFailure(error)
    const { breaker } = this.#parts
    const canceled = this.#plan.request.signal?.aborted
    // A limit, a wrong key and a strange answer come from a service that is there.
    if (failure.kind === 'rejected' || failure.kind === 'unusable' || (failure.kind === 'again' && failure.limited))
      breaker.succeeded()
    else if (!canceled) breaker.failed()
    return failure
  }

  /** Undefined: longer than anybody waits here. */
  #waitMs(toldSeconds: number | null, request: number): number | undefined {
    if (toldSeconds !== null)
      return toldSeconds * 1_000 > longestToldWaitMs ? undefined : Math.ceil(toldSeconds * 1_000)
    const most = Math.min(longestWaitMs, firstWaitMs * 2 ** (request - 1))
    // Between a half and the whole, so that those who were refused together do not come back together.
    return Math.ceil(most * (0.5 + 0.5 * this.#context.random.next()))
  }

  #cost(usage: Usage | undefined): number | null {
    return usage && this.#plan.price ? costOf(this.#plan.price, usage) : null
  }

  #problemOf(text: string): string | undefined {
    const { request, redaction, format } = this.#plan
    if (!request.output || !format) return undefined
    const checked = checkOutput(redaction?.restore(text) ?? text, request.output, format)
    return checked.ok ? undefined : checked.problem
  }

  #withoutKey(reason: string): string {
    const { apiKey } = this.#parts
    return apiKey ? reason.replaceAll(apiKey, '[key]') : reason
  }
}

/** Whoever listens must not cost us the answer. */
function safely(onText: (piece: string) => void, { log }: SqlContext) {
  return (piece: string) => {
    try {
      onText(piece)
    } catch (error) {
      log.warn({ err: error }, 'A listener to a streamed answer failed')
    }
  }
}

function together(first: Usage | undefined, second: Usage | undefined): Usage | undefined {
  if (!first || !second) return second ?? first
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    cachedTokens: first.cachedTokens + second.cachedTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  }
}
