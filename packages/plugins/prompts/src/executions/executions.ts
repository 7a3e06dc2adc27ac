import type { ModelAnswer, ModelGateway } from '@espalier/ai'
import { type SqlContext, sql } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { conflict } from '../errors.ts'
import type { ActiveVariants, UsableVariant } from '../registry/activeVariant.ts'
import type { PromptAnswer, PromptLanguage, PromptRequest } from '../runner.ts'
import { render } from '../template.ts'
import { subjectIn } from '../tests/qualityMetric.ts'
import { checkValues, storable } from '../variables.ts'
import { checkRequest } from './checkRequest.ts'
import { answerOf, beginExecution, type Execution, finishExecution, readExecution } from './executionRow.ts'
import { completeExecution } from './jobs.ts'

export interface ExecutionParts {
  readonly ai: ModelGateway
  readonly experiments: Pick<Experiments, 'assign'>
  readonly variants: ActiveVariants
  /** Told when an execution has an outcome for the first time. */
  readonly finished: (context: SqlContext, execution: Execution) => Promise<void>
}

/** What one variant is asked with, whatever its state: for trying it out. */
export interface TrialRequest {
  readonly variantId: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string
}

/**
 * Uses of prompts. The row is written before anything is asked, and filled in after it; the model gateway is asked under
 * the same idempotency key. So whoever repeats a request, also after a crash at any point, gets the same answer and pays once.
 */
export class Executions {
  readonly #parts: ExecutionParts

  constructor(parts: ExecutionParts) {
    this.#parts = parts
  }

  /** @see PromptRunner.run */
  async run<Output = string>(context: SqlContext, request: PromptRequest<Output>): Promise<PromptAnswer<Output>> {
    checkRequest(request)
    const known = await readExecution(context, request.idempotencyKey)
    if (known) return this.#goOn(context, known, request)
    const { variant: active, test } = await this.#parts.variants.find(context, request.prompt, request.language)
    const values = checkValues(active.prompt.variables, request.variables)
    const subject = request.subject ?? request.idempotencyKey
    // Trying something out is no part of what a test measures.
    const { environment = 'production' } = request
    const assigned =
      test && environment === 'production'
        ? await this.#parts.experiments.assign(context, test.experimentId, subjectIn(test.id, subject))
        : undefined
    const inTest = test && assigned?.running ? { testId: test.id, subject } : { testId: null, subject: null }
    const isTreatment = inTest.testId !== null && assigned?.variantKey === 'treatment'
    const variant = test && isTreatment ? await this.#parts.variants.byId(context, test.treatmentVariantId) : active
    return this.#begin(context, variant, request, { ...inTest, values, language: request.language })
  }

  /**
   * Writes down that a variant is to be tried, whatever its state, for a job that asks: within a transaction nobody waits for a
   * model.
   *
   * @throws InvalidInputError, NotFoundError
   */
  async plan(context: SqlContext, request: TrialRequest): Promise<string> {
    checkRequest(request)
    const variant = await this.#parts.variants.byId(context, request.variantId)
    const values = checkValues(variant.prompt.variables, request.variables)
    render(variant, values, variant.language)
    const { execution, isNew } = await beginExecution(context, {
      ...{ idempotencyKey: request.idempotencyKey, environment: 'test', variantId: variant.id },
      language: variant.language,
      ...{ testId: null, subject: null, variables: values },
    })
    if (!isNew && (execution.variantId !== variant.id || !sameValues(execution.variables, values)))
      throw conflict('KEY_REUSED', request.idempotencyKey, variant.prompt.name)
    await context.enqueue(completeExecution, { executionId: execution.id })
    return execution.id
  }

  /** Asks for an execution that was planned, or that a crash has left without an outcome. @throws what the gateway throws */
  async complete(context: SqlContext, executionId: string, signal?: AbortSignal): Promise<void> {
    const [execution] = await context.db.query<Execution>(
      sql`select * from "PromptExecution" where "id" = ${executionId} and ("finishedAt" is null or "errorCode" is not null)
        and "erasedAt" is null`,
    )
    if (!execution) return
    const variant = await this.#parts.variants.byId(context, execution.variantId)
    const { variables, idempotencyKey } = execution
    await this.#ask(context, variant, execution, { variables, idempotencyKey, ...(signal && { signal }) })
  }

  async #begin<Output>(
    context: SqlContext,
    variant: UsableVariant,
    request: AnyRequest<Output>,
    given: { testId: string | null; subject: string | null; values: Record<string, unknown>; language: PromptLanguage },
  ): Promise<PromptAnswer<Output>> {
    const { values, ...rest } = given
    const { idempotencyKey, environment = 'production' } = request
    const begun = await beginExecution(context, {
      ...rest,
      idempotencyKey,
      environment,
      variantId: variant.id,
      variables: values,
    })
    // Somebody was faster with the same key, perhaps with another variant: theirs is the one.
    if (!begun.isNew) return this.#goOn(context, begun.execution, { ...request, prompt: variant.prompt.name })
    return this.#ask(context, variant, begun.execution, request)
  }

  /** An execution that is known already: its outcome, or its question once more under the same key. */
  async #goOn<Output>(
    context: SqlContext,
    execution: Execution,
    request: AnyRequest<Output> & { readonly prompt: string },
  ): Promise<PromptAnswer<Output>> {
    const variant = await this.#parts.variants.byId(context, execution.variantId)
    const { prompt } = variant
    if (execution.erasedAt !== null) throw conflict('ERASED', request.idempotencyKey)
    const isOther = prompt.name !== request.prompt || !sameValues(execution.variables, request.variables)
    if (isOther) throw conflict('KEY_REUSED', request.idempotencyKey, prompt.name)
    const kept = answerOf(execution, variant.version, request.output)
    return kept ?? this.#ask(context, variant, execution, request)
  }

  async #ask<Output>(
    context: SqlContext,
    variant: UsableVariant,
    execution: Execution,
    request: AnyRequest<Output>,
  ): Promise<PromptAnswer<Output>> {
    const { prompt } = variant
    const { output, about, cacheSeconds, signal } = request
    try {
      const answer = await this.#parts.ai.ask<Output>(context, {
        purpose: prompt.name,
        idempotencyKey: execution.idempotencyKey,
        messages: render(variant, execution.variables, variant.language),
        parameters: variant.parameters,
        prompt: { name: prompt.name, variantId: variant.id },
        ...(output && { output }),
        ...(about && { subject: about }),
        ...(cacheSeconds !== undefined && { cacheSeconds }),
        ...(signal && { signal }),
      })
      await this.#finish(context, execution, { answer })
      return { ...answer, executionId: execution.id, variantId: variant.id, version: variant.version }
    } catch (error) {
      await this.#finish(context, execution, { error })
      throw error
    }
  }

  async #finish(
    context: SqlContext,
    execution: Execution,
    outcome: { readonly answer: ModelAnswer<unknown> } | { readonly error: unknown },
  ): Promise<void> {
    const work = async (tx: SqlContext) => {
      const finished = await finishExecution(tx, execution.id, outcome)
      if (finished) await this.#parts.finished(tx, finished)
    }
    await (context.db.inTransaction ? work(context) : context.sqlTransaction(work))
  }
}

type AnyRequest<Output> = Omit<PromptRequest<Output>, 'prompt' | 'language' | 'subject'>

/** What was optional and missing is kept as null. */
function sameValues(kept: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): boolean {
  return canonical(kept) === canonical(storable(given))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .filter(([, part]) => part !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : item,
  )
}
