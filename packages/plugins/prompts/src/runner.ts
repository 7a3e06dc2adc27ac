import type { ModelAnswer } from '@espalier/ai'
import type { SqlContext } from '@espalier/core'
import type { z } from 'zod'

export type PromptLanguage = 'en' | 'fr'

/** A prompt that a plugin brings: its name, what it is told, and its first wording. */
export interface PromptDefinition {
  /** Prefixed with the plugin's name: "landing-pages.write-variant". */
  readonly name: string
  readonly description: string
  readonly variables: readonly PromptVariable[]
  /** Version 1 in each language; workspaces may go on from there. */
  readonly wordings: Readonly<Record<PromptLanguage, { readonly system: string; readonly template: string }>>
  readonly parameters?: {
    readonly model?: string
    readonly temperature?: number
    readonly topP?: number
    readonly maxOutputTokens?: number
  }
}

export interface PromptVariable {
  readonly name: string
  readonly type: 'text' | 'number' | 'boolean' | 'list' | 'object'
  readonly description: string
  /** Default true. */
  readonly required?: boolean
  readonly example?: unknown
}

/** What other plugins ask of the prompts plugin. */
export interface PromptRunner {
  /** Call it in your plugin's `setup`. @throws StartError for a name that is taken, and for a template that does not parse */
  define(definition: PromptDefinition): void
  /**
   * Fills the active variant of a prompt, or in an A/B test the one of the subject, and asks the model.
   *
   * @throws what the gateway throws; InvalidInputError for a variable that is missing or of another type; NotFoundError
   */
  run<Output = string>(context: SqlContext, request: PromptRequest<Output>): Promise<PromptAnswer<Output>>
  /** Keeps what somebody or something says about an execution; the same source says it once. */
  score(context: SqlContext, executionId: string, score: PromptScoreInput): Promise<void>
}

export interface PromptRequest<Output = string> {
  readonly prompt: string
  readonly language: PromptLanguage
  readonly variables: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string
  readonly output?: z.ZodType<Output>
  /** Who or what an A/B test assigns; default: the idempotency key. */
  readonly subject?: string
  /** What it is about, for the log of calls. */
  readonly about?: { readonly type: string; readonly id: string }
  readonly environment?: 'production' | 'staging' | 'test'
  readonly cacheSeconds?: number
  readonly signal?: AbortSignal
}

export interface PromptAnswer<Output = string> extends ModelAnswer<Output> {
  readonly executionId: string
  readonly variantId: string
  readonly version: number
}

export interface PromptScoreInput {
  /** check: code; judge: a model; person; outcome: what came of it. */
  readonly source: 'check' | 'judge' | 'person' | 'outcome'
  /** Name of the check or judge, or the person's id. */
  readonly by: string
  readonly metric: 'quality' | 'accuracy' | 'consistency' | 'completeness' | 'rating'
  /** From 0 to 1; a rating from 1 to 5. */
  readonly value: number
  readonly note?: string
}
