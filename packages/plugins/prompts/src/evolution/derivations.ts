import { AiNotConfiguredError, type ModelGateway } from '@espalier/ai'
import { ConflictError, checkInput, InvalidInputError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Feedbacks, PendingFeedback } from '../feedback/feedbacks.ts'
import type { ActiveVariants, UsableVariant } from '../registry/activeVariant.ts'
import { lockPrompt } from '../registry/lockPrompt.ts'
import type { PromptRunner } from '../runner.ts'
import { sameWording, unsound, withoutMarks } from './candidate.ts'
import { writeChild } from './children.ts'
import { type DerivationInput, derivationInput } from './evolutionInput.ts'
import { type Example, shownExample, shownText } from './example.ts'
import { derivePrompt } from './jobs.ts'
import { mergePrompt, proposalOutput, reflectPrompt } from './reflection.ts'

export interface DerivationParts {
  readonly ai: ModelGateway
  readonly prompts: Pick<PromptRunner, 'run' | 'score'>
  readonly variants: ActiveVariants
  readonly feedback: Feedbacks
}

/** What is settled when a child is asked for. Of what people and models said only ids: whoever may see jobs may read it. */
export interface DerivationRequest {
  /** Also the id that the draft will have. */
  readonly derivationId: string
  readonly variantIds: readonly string[]
  readonly goals: readonly string[]
  /** What is learned from by it. */
  readonly feedbackIds: readonly string[]
}

/** What became of a request for a child. */
export interface Derived {
  readonly variantId: string | null
  /** Why there is none. */
  readonly refusal: string | null
}

/** Where a request for a child is. */
export interface Derivation {
  /** The id that the draft has, or would have. */
  readonly variantId: string
  readonly state: 'waiting' | 'made' | 'refused' | 'failed'
  /** Why there is no draft; null while there may be one. */
  readonly refusal: string | null
}

/** Executions that are shown to whoever proposes, and pieces of feedback. */
const shownExamples = 6
const shownFeedback = 20

/** Single children: a mutation of one variant, or a crossover of two, by what their executions say. */
export class Derivations {
  readonly #parts: DerivationParts

  constructor(parts: DerivationParts) {
    this.#parts = parts
  }

  /**
   * Asks for a child.
   *
   * @returns the id that the draft will have, and the job that makes it
   * @throws InvalidInputError, NotFoundError; ConflictError without a model service
   */
  async request(context: SqlContext, input: DerivationInput): Promise<{ variantId: string; jobId: string }> {
    const { variantIds, goals } = checkInput(derivationInput, input)
    if (!(await this.#parts.ai.isConfigured(context))) throw new ConflictError(new AiNotConfiguredError().told)
    const parents = await Promise.all(variantIds.map((id) => this.#parts.variants.byId(context, id)))
    const [first, second] = parents as [UsableVariant, UsableVariant?]
    if (second && (second.prompt.id !== first.prompt.id || second.language !== first.language))
      throw InvalidInputError.of('input.variantIds', 'NOT_RELATED', {
        en: `"${first.prompt.name}" in "${first.language}" and "${second.prompt.name}" in "${second.language}" cannot be joined: name two variants of one prompt and language.`,
        fr: `« ${first.prompt.name} » en « ${first.language} » et « ${second.prompt.name} » en « ${second.language} » ne peuvent pas être combinés : nommez deux variantes d’un même prompt et d’une même langue.`,
      })
    const pending = await this.#pending(context, parents)
    const derivationId = uuidv7()
    const jobId = (await context.enqueue(derivePrompt, {
      ...{ derivationId, variantIds, goals },
      feedbackIds: pending.map(({ id }) => id),
    })) as string
    context.audit({
      resourceType: 'PromptVariant',
      resourceId: derivationId,
      after: { requestedFrom: variantIds, goals },
    })
    return { variantId: derivationId, jobId }
  }

  /** Makes the child, once: a run that comes again asks the same under the same key, or finds its draft. */
  async derive(context: SqlContext, request: DerivationRequest, signal?: AbortSignal): Promise<Derived> {
    const { derivationId, variantIds, goals, feedbackIds } = request
    if (await isThere(context, derivationId)) return { variantId: derivationId, refusal: null }
    const parents = await Promise.all(variantIds.map((id) => this.#parts.variants.byId(context, id)))
    const [first, second] = parents as [UsableVariant, UsableVariant?]
    const idempotencyKey = keyOf(derivationId)
    const { output, executionId } = await this.#parts.prompts.run(context, {
      prompt: second ? mergePrompt.name : reflectPrompt.name,
      language: first.language,
      variables: (await askedBefore(context, idempotencyKey)) ?? (await this.#question(context, parents, request)),
      output: proposalOutput,
      idempotencyKey,
      about: { type: 'PromptVariant', id: derivationId },
      cacheSeconds: 0,
      ...(signal && { signal }),
    })
    const wording = withoutMarks(output)
    const refusal = sameAsParent(wording, parents) ?? unsound(wording, parents, first.prompt.variables)
    // Kept with what was asked: who asked reads it there, and the wording that made the proposal is known by it.
    await this.#parts.prompts.score(context, executionId, {
      ...({ source: 'check', by: proposalCheck, metric: 'quality' } as const),
      ...{ value: refusal === null ? 1 : 0, note: refusal ?? '' },
    })
    if (refusal !== null) return { variantId: null, refusal }
    await context.sqlTransaction(async (tx) => {
      await lockPrompt(tx, first.prompt.name)
      await writeChild(tx, {
        id: derivationId,
        promptId: first.prompt.id,
        language: first.language,
        wording,
        parameters: first.parameters,
        parentIds: variantIds,
        kind: second ? 'crossover' : 'mutation',
        strategy: shownText(output.diagnosis),
        algorithm: second ? 'a model joined two wordings' : 'a model read what went wrong and rewrote',
        goals,
        feedback: feedbackIds.map((feedbackId) => ({ feedbackId })),
        evolutionId: null,
        note: output.diagnosis,
      })
      await this.#parts.feedback.markApplied(tx, feedbackIds)
    })
    return { variantId: derivationId, refusal: null }
  }

  /** @returns undefined before its job has begun, and for an id that no request gave */
  async find(context: SqlContext, derivationId: string): Promise<Derivation | undefined> {
    const [asked] = await context.db.query<{ errorCode: string | null; refusal: string | null }>(sql`
      select e."errorCode", s."note" as "refusal" from "PromptExecution" e
        left join "PromptScore" s on s."workspaceId" = e."workspaceId" and s."executionId" = e."id"
          and s."source" = 'check' and s."by" = ${proposalCheck} and s."value" = 0
      where e."idempotencyKey" = ${keyOf(derivationId)}`)
    if (!asked) return undefined
    const { errorCode, refusal } = asked
    if (await isThere(context, derivationId)) return { variantId: derivationId, state: 'made', refusal: null }
    if (refusal !== null)
      return { variantId: derivationId, state: 'refused', refusal: refusal || 'Why was erased since.' }
    if (errorCode)
      return { variantId: derivationId, state: 'failed', refusal: `The model gave no proposal (${errorCode}).` }
    return { variantId: derivationId, state: 'waiting', refusal: null }
  }

  /** What whoever proposes is told. */
  async #question(
    context: SqlContext,
    parents: readonly UsableVariant[],
    { goals, feedbackIds }: DerivationRequest,
  ): Promise<Record<string, unknown>> {
    const [first, second] = parents as [UsableVariant, UsableVariant?]
    const pending = (await this.#pending(context, parents)).filter(({ id }) => feedbackIds.includes(id))
    const [examples, secondExamples] = await Promise.all(
      parents.map((parent) => examplesOf(context, parent.id, pending, first.language)),
    )
    const declared = first.prompt.variables.map(({ name, type, description, required = true }) => ({
      ...{ name, type, description, required },
    }))
    if (!second) return { system: first.system, template: first.template, examples, declared, goals }
    return {
      ...{ firstSystem: first.system, firstTemplate: first.template, firstExamples: examples },
      ...{ secondSystem: second.system, secondTemplate: second.template, secondExamples },
      ...{ declared, goals },
    }
  }

  async #pending(context: SqlContext, parents: readonly Pick<UsableVariant, 'id'>[]): Promise<PendingFeedback[]> {
    const { feedback } = this.#parts
    const pending = parents.map(({ id }) => feedback.pending(context, { variantId: id, limit: shownFeedback }))
    return (await Promise.all(pending)).flat()
  }
}

/** Name of the check that says whether a proposal could be taken. */
const proposalCheck = 'proposal'

function keyOf(derivationId: string): string {
  return `prompts.derive:${derivationId}`
}

/** What a run before this one has asked: it is asked again, though people may have said more since. */
async function askedBefore(context: SqlContext, key: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await context.db.query<{ variables: Record<string, unknown> }>(
    sql`select "variables" from "PromptExecution" where "idempotencyKey" = ${key}`,
  )
  return row?.variables
}

async function isThere(context: SqlContext, variantId: string): Promise<boolean> {
  const rows = await context.db.query(sql`select 1 from "PromptVariant" where "id" = ${variantId}`)
  return rows.length > 0
}

/** What a variant was given and made of it: those that feedback is about, then the worst of its latest executions. */
async function examplesOf(
  context: SqlContext,
  variantId: string,
  pending: readonly PendingFeedback[],
  language: 'en' | 'fr',
): Promise<Example[]> {
  const told = pending.flatMap(({ executionId }) => executionId ?? [])
  const rows = await context.db.query<ExampleRow>(sql`
    select e."id", e."variables", e."text", e."quality", e."errorMessage",
      coalesce((select jsonb_agg(s."note" order by s."createdAt") from "PromptScore" s
        where s."executionId" = e."id" and s."note" <> ''), '[]') as "notes"
    from (
      select * from "PromptExecution" where "variantId" = ${variantId} and "finishedAt" is not null and "erasedAt" is null
      order by "executedAt" desc limit 500) e
    order by e."id" = any(${told}::uuid[]) desc, e."quality" nulls last, e."executedAt" desc
    limit ${shownExamples}`)
  return rows.map(({ id, variables, text, quality, errorMessage, notes }) =>
    shownExample({
      variables,
      answer: text ?? '',
      score: quality,
      feedback: [
        ...(errorMessage ? [errorMessage] : []),
        ...notes,
        ...pending
          .filter(({ executionId }) => executionId === id)
          .map(
            ({ outcome, notesEn, notesFr }) =>
              `${outcome}: ${(language === 'fr' ? notesFr || notesEn : notesEn || notesFr) || '-'}`,
          ),
      ],
    }),
  )
}

interface ExampleRow {
  readonly id: string
  readonly variables: unknown
  readonly text: string | null
  readonly quality: number | null
  readonly errorMessage: string | null
  readonly notes: string[]
}

function sameAsParent(wording: { system: string; template: string }, parents: readonly UsableVariant[]): string | null {
  return parents.some((parent) => sameWording(parent, wording)) ? 'It says what its parent says already.' : null
}
