import type { ModelAnswer } from '@espalier/ai'
import { announceChange, type SqlContext, type Statement, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { PromptAnswer, PromptLanguage } from '../runner.ts'
import { storable } from '../variables.ts'

/** A use of a variant as the database keeps it. */
export interface Execution {
  readonly id: string
  readonly variantId: string
  readonly idempotencyKey: string
  readonly callId: string | null
  readonly testId: string | null
  readonly subject: string | null
  /** What was asked for; the variant's language is another where there was none in this. */
  readonly language: PromptLanguage
  readonly variables: Readonly<Record<string, unknown>>
  readonly text: string | null
  readonly output: unknown
  readonly model: string | null
  readonly environment: 'production' | 'staging' | 'test'
  readonly responseTimeMs: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** As text: a bigint of the database. */
  readonly costMicros: string | null
  readonly cacheHit: boolean
  readonly errorCode: string | null
  readonly finishedAt: Date | null
  /** When what was said and answered was erased. */
  readonly erasedAt: Date | null
}

type NewExecution = Pick<
  Execution,
  'variantId' | 'idempotencyKey' | 'testId' | 'subject' | 'language' | 'variables' | 'environment'
>

export async function readExecution(context: SqlContext, idempotencyKey: string): Promise<Execution | undefined> {
  const [row] = await context.db.query<Execution>(
    sql`select * from "PromptExecution" where "idempotencyKey" = ${idempotencyKey}`,
  )
  return row
}

/** Writes down that a variant is about to be used, once for a key. @returns what is known under the key, and whether that is new */
export async function beginExecution(
  context: SqlContext,
  execution: NewExecution,
): Promise<{ execution: Execution; isNew: boolean }> {
  const { variantId, idempotencyKey, testId, subject, language, variables, environment } = execution
  const inserted = await one<Execution>(
    context,
    sql`
      with inserted as (
        insert into "PromptExecution"
          ("id", "variantId", "idempotencyKey", "testId", "subject", "language", "variables", "environment", "executedAt")
        values (${uuidv7()}, ${variantId}, ${idempotencyKey}, ${testId}, ${subject}, ${language},
          ${JSON.stringify(variables)}::jsonb, ${environment}, ${context.clock.now()})
        on conflict ("workspaceId", "idempotencyKey") do nothing
        returning *
      ), counted as (
        update "PromptVariant" v set "uses" = "uses" + 1 from inserted i where v."id" = i."variantId"
      )
      select * from inserted`,
  )
  if (inserted) {
    announceChange(context, 'PromptExecution', inserted.id)
    return { execution: inserted, isNew: true }
  }
  const known = await readExecution(context, idempotencyKey)
  if (!known) throw new Error(`The execution under "${idempotencyKey}" was deleted while it was written down.`)
  return { execution: known, isNew: false }
}

/**
 * Writes down what came of it. A success is kept for good; an error until the question is asked again.
 *
 * @returns the execution, or undefined where its outcome was known already
 */
export async function finishExecution(
  tx: SqlContext,
  id: string,
  outcome: { readonly answer: ModelAnswer<unknown> } | { readonly error: unknown },
): Promise<Execution | undefined> {
  const now = tx.clock.now()
  announceChange(tx, 'PromptExecution', id)
  if ('error' in outcome) {
    const { code, message, callId } = problemOf(outcome.error)
    return one<Execution>(
      tx,
      sql`
        update "PromptExecution" set "errorCode" = ${code}, "errorMessage" = ${message}, "finishedAt" = ${now},
          "callId" = coalesce(${callId}::uuid, "callId")
        where "id" = ${id} and ("finishedAt" is null or "errorCode" is distinct from ${code} and "errorCode" is not null)
        returning *`,
    )
  }
  const { callId, text, output, model, inputTokens, outputTokens, costMicros, latencyMs, cacheHit } = outcome.answer
  return one<Execution>(
    tx,
    sql`
      update "PromptExecution" set "callId" = ${callId}, "text" = ${storable(text)}, "model" = ${model},
        "output" = ${JSON.stringify(storable(output))}::jsonb, "inputTokens" = ${inputTokens}, "outputTokens" = ${outputTokens},
        "costMicros" = ${costMicros}, "responseTimeMs" = ${Math.round(latencyMs)}, "cacheHit" = ${cacheHit},
        "errorCode" = null, "errorMessage" = null, "finishedAt" = ${now}
      where "id" = ${id} and ("finishedAt" is null or "errorCode" is not null)
      returning *`,
  )
}

/** The answer that an execution has kept; undefined while it has none, and where it is no longer what is asked for. */
export function answerOf<Output>(
  execution: Execution,
  version: number,
  schema: z.ZodType<Output> | undefined,
): PromptAnswer<Output> | undefined {
  const { id, variantId, callId, text, model, finishedAt, errorCode } = execution
  if (finishedAt === null || errorCode !== null || callId === null || text === null) return undefined
  const output = schema ? schema.safeParse(execution.output) : { success: true as const, data: text as Output }
  if (!output.success) return undefined
  return {
    executionId: id,
    variantId,
    version,
    callId,
    text,
    output: output.data,
    model: model ?? '',
    inputTokens: execution.inputTokens ?? 0,
    outputTokens: execution.outputTokens ?? 0,
    costMicros: execution.costMicros === null ? null : Number(execution.costMicros),
    latencyMs: execution.responseTimeMs ?? 0,
    cacheHit: execution.cacheHit,
  }
}

/** A stable code and a sentence of whatever was thrown. */
function problemOf(error: unknown): { code: string; message: string; callId: string | null } {
  const { code, message, callId } = (error ?? {}) as { code?: unknown; message?: unknown; callId?: unknown }
  return {
    code: typeof code === 'string' ? code : 'INTERNAL',
    message: (storable(typeof message === 'string' ? message : String(error)) as string).slice(0, 2_000),
    callId: typeof callId === 'string' ? callId : null,
  }
}

async function one<Row extends object>(context: SqlContext, statement: Statement): Promise<Row | undefined> {
  const [row] = await context.db.query<Row>(statement)
  return row
}
