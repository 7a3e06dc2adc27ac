import type { SqlContext } from '@espalier/core'
import type { z } from 'zod'

/** What other plugins ask of the ai plugin: one door for every call to a model. */
export interface ModelGateway {
  /** Whether a workspace has what it takes to call a model. Without it, do your job another way, and say so. */
  isConfigured(context: SqlContext): Promise<boolean>
  /**
   * Asks a model, at most once for a key: whoever asks again under the same key, also after a crash, gets the same answer.
   * Call it outside of a transaction: an answer takes seconds, and what was paid for must be kept whatever becomes of yours.
   *
   * @throws AiError: AiNotConfiguredError, AiBudgetExceededError, AiPriceUnknownError, AiOutcomeUnknownError, AiRefusedError,
   *   AiUnavailableError, AiRequestRejectedError, AiOutputInvalidError, AiCanceledError; InvalidInputError; ConflictError for a
   *   key that was used for another request
   */
  ask<Output = string>(context: SqlContext, request: ModelRequest<Output>): Promise<ModelAnswer<Output>>
}

export interface ModelRequest<Output = string> {
  /** What budgets and reports tell apart: "landing-pages.write-variant". */
  readonly purpose: string
  /** 1 to 200 characters, unique in the workspace for what is asked. */
  readonly idempotencyKey: string
  readonly messages: readonly ModelMessage[]
  /** What the answer must be; without it, text. Asked for as a structured output, checked, and repaired once. */
  readonly output?: z.ZodType<Output>
  readonly parameters?: ModelParameters
  /** The prompt that the messages came from. */
  readonly prompt?: { readonly name: string; readonly variantId: string }
  /** What it is about, for the log. */
  readonly subject?: { readonly type: string; readonly id: string }
  /** How long an identical request may be answered from memory. Seconds; 0: never. Default: the workspace's setting. */
  readonly cacheSeconds?: number
  readonly signal?: AbortSignal
  /** Called with each piece of text as it arrives; the request is streamed then. */
  readonly onText?: (piece: string) => void
}

export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ModelParameters {
  /** Default: the workspace's model. */
  readonly model?: string
  /** From 0 to 2. */
  readonly temperature?: number
  /** In (0, 1]. */
  readonly topP?: number
  readonly maxOutputTokens?: number
  readonly seed?: number
}

export interface ModelAnswer<Output = string> {
  /** Of the row in the ledger. */
  readonly callId: string
  readonly text: string
  readonly output: Output
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** Millionths of a US dollar; 0 from the cache; null where the model has no price. */
  readonly costMicros: number | null
  readonly latencyMs: number
  /** Nothing was paid for it: it is what an identical request was answered. */
  readonly cacheHit: boolean
}
