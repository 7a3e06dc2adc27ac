import { AiNotConfiguredError, type ModelGateway } from '@espalier/ai'
import { ConflictError, checkInput, type Live, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { ActiveVariants, UsableVariant } from '../registry/activeVariant.ts'
import { lockPrompt } from '../registry/lockPrompt.ts'
import type { PromptRunner } from '../runner.ts'
import type { Cases } from './cases.ts'
import { writeChild } from './children.ts'
import { evolutionChanged, evolutionEnded } from './events.ts'
import { type EvolutionInput, evolutionInput } from './evolutionInput.ts'
import { type EvolutionRow, type EvolutionState, shown, showProgress, takeEvolution } from './evolutionRow.ts'
import { evolvePrompt } from './jobs.ts'
import { Ended, Journal, Stopped } from './journal.ts'
import { evolve, Pool } from './loop.ts'
import { type EvolutionOutcome, judge } from './outcome.ts'
import { assessPrompt, mergePrompt, reflectPrompt } from './reflection.ts'
import { type Asking, measure, merge, reflect } from './trying.ts'

export interface EvolutionParts {
  readonly ai: ModelGateway
  readonly prompts: Pick<PromptRunner, 'define' | 'run'>
  readonly variants: ActiveVariants
  readonly cases: Cases
  readonly live: Live
}

/** What lineages say about how a child was made. */
const algorithm = 'reflective evolution with a Pareto front (GEPA, arXiv 2507.19457)'

/** Errors that end an evolution with what it has found, for another attempt would end the same. */
const endings = ['AI_BUDGET_EXCEEDED', 'AI_NOT_CONFIGURED', 'AI_PRICE_UNKNOWN', 'AI_REQUEST_REJECTED']

/** Prompts that get better by reading what they got wrong. */
export class Evolutions {
  readonly #parts: EvolutionParts
  /** Where it is told how they go on. */
  readonly live: Live

  constructor(parts: EvolutionParts) {
    this.#parts = parts
    this.live = parts.live
    for (const definition of [reflectPrompt, mergePrompt, assessPrompt]) parts.prompts.define(definition)
  }

  /**
   * Begins an evolution: what it tries and on which cases is settled now, the rest is a job's.
   *
   * @returns its id
   * @throws InvalidInputError, NotFoundError; ConflictError without a model service, without enough cases, and while another runs
   */
  async start(context: SqlContext, input: EvolutionInput): Promise<string> {
    const { promptId, language, variantId, goals, budgetMicros, generations } = checkInput(evolutionInput, input)
    if (!(await this.#parts.ai.isConfigured(context))) throw new ConflictError(new AiNotConfiguredError().told)
    const id = uuidv7()
    const seed = context.random.next().toString(36).slice(2)
    await context.sqlTransaction(async (tx) => {
      const name = await promptName(tx, promptId)
      await lockPrompt(tx, name)
      const [other] = await tx.db.query<{ id: string }>(sql`
        select "id" from "PromptEvolution"
        where "promptId" = ${promptId} and "language" = ${language} and "status" in ('waiting', 'running')`)
      if (other)
        throw new ConflictError({
          en: `An evolution of "${name}" in "${language}" is under way already. Wait until it has ended, or stop it with stopPromptEvolution.`,
          fr: `Une évolution de « ${name} » en « ${language} » est déjà en cours. Attendez sa fin, ou arrêtez-la.`,
        })
      const variant = await this.#beginning(tx, promptId, name, language, variantId)
      const { variables } = variant.prompt
      const { learning, heldBack } = await this.#parts.cases.forEvolution(tx, promptId, language, variables)
      const state: EvolutionState = {
        jobId: await tx.enqueue(evolvePrompt, { evolutionId: id }),
        variantId: variant.id,
        parameters: variant.parameters,
        origin: {
          wording: { system: variant.system, template: variant.template },
          variables,
          learning,
          heldBack,
          generations,
        },
        steps: {},
        candidates: [],
      }
      await tx.db.query(sql`
        insert into "PromptEvolution" ("id", "promptId", "language", "goals", "budgetMicros", "generations", "seed",
          "state", "createdAt")
        values (${id}, ${promptId}, ${language}, ${goals}, ${budgetMicros}, ${generations}, ${seed},
          ${JSON.stringify(state)}::jsonb, ${tx.clock.now()})`)
      tx.audit({
        resourceType: 'PromptEvolution',
        resourceId: id,
        after: { promptId, language, variantId: variant.id, goals, budgetMicros, generations },
      })
    })
    return id
  }

  /** Ends an evolution at a person's word. What it found stays to be read; no drafts are made of it. @throws NotFoundError, ConflictError */
  async stop(context: SqlContext, id: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [row] = await tx.db.query<{ status: string }>(
        sql`select "status" from "PromptEvolution" where "id" = ${id} for update`,
      )
      if (!row) throw new NotFoundError('PromptEvolution', id)
      if (!['waiting', 'running'].includes(row.status))
        throw new ConflictError({
          en: `This evolution is ${row.status}: it has ended already.`,
          fr: `Cette évolution est déjà terminée.`,
        })
      await tx.db.query(sql`
        update "PromptEvolution" set "status" = 'stopped', "failure" = 'Stopped by a person.', "endedAt" = ${tx.clock.now()},
          "state" = "state" - 'steps' - 'origin'
        where "id" = ${id}`)
      tx.audit({ resourceType: 'PromptEvolution', resourceId: id, before: row, after: { status: 'stopped' } })
      tx.announce(evolutionChanged, id, null)
    })
  }

  /**
   * Walks an evolution to its end; from where it was, when it has been walked before.
   *
   * @throws what may pass, such as a model service that does not answer: the job is tried again
   */
  async walk(context: SqlContext, id: string, signal?: AbortSignal): Promise<{ status: string }> {
    const row = await takeEvolution(context, id)
    if (!row) return { status: 'ended before' }
    const { state, language, goals } = row
    const { ai, prompts } = this.#parts
    const journal = new Journal(context, {
      id,
      budgetMicros: Number(row.budgetMicros),
      spentMicros: Number(row.spentMicros),
      steps: state.steps,
    })
    const { variables } = state.origin
    const heldBack = new Set(state.origin.heldBack.map(({ id }) => id))
    const asking: Asking = {
      context,
      ai,
      run: (context, request) => prompts.run(context, request),
      evolutionId: id,
      language,
      variables,
      parameters: state.parameters,
      goals,
      signal,
    }
    const pool = new Pool()
    try {
      await evolve(
        { ...state.origin, seed: row.seed },
        {
          measure: (candidate, wording, tried) =>
            journal.step(`${candidate}:${tried.id}`, async () => {
              const step = await measure(asking, candidate, wording, tried)
              // Of what is held back only the score is kept: nobody is to learn from the rest.
              return heldBack.has(tried.id) ? { ...step, value: { ...step.value, feedback: [], answer: '' } } : step
            }),
          mutate: (generation, parent, examples) =>
            journal.step(`proposal:${generation}`, () => reflect(asking, generation, parent, examples)),
          join: (generation, parents, examples) =>
            journal.step(`proposal:${generation}`, () => merge(asking, generation, parents, examples)),
          advanced: async (generation) => {
            await showProgress(context, id, generation, pool)
            context.announce(evolutionChanged, id, null)
          },
        },
        pool,
      )
    } catch (error) {
      if (error instanceof Ended) return { status: 'ended by another hand' }
      const { code, message } = error as { code?: string; message: string }
      const stops = error instanceof Stopped || endings.includes(code ?? '')
      if (!stops) throw error
      return this.#end(context, row, pool, { status: 'stopped', failure: message })
    }
    return this.#end(context, row, pool, { status: 'done', failure: null })
  }

  /** Marks the evolution of a job that has used up its attempts. */
  async fail(context: SqlContext, jobId: string, reason: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [row] = await tx.db.query<{ id: string }>(sql`
        update "PromptEvolution" set "status" = 'failed', "failure" = ${reason.slice(0, 2_000)}, "endedAt" = ${tx.clock.now()},
          "state" = "state" - 'steps' - 'origin'
        where "status" in ('waiting', 'running') and "state"->>'jobId' = ${jobId}
        returning "id"`)
      if (!row) return
      tx.audit({ resourceType: 'PromptEvolution', resourceId: row.id, after: { status: 'failed', reason } })
      tx.announce(evolutionChanged, row.id, null)
    })
  }

  /** The variant to begin with. */
  async #beginning(
    tx: SqlContext,
    promptId: string,
    name: string,
    language: 'en' | 'fr',
    variantId: string | undefined,
  ): Promise<UsableVariant> {
    const { variants } = this.#parts
    const variant = variantId ? await variants.byId(tx, variantId) : (await variants.find(tx, name, language)).variant
    if (variant.prompt.id !== promptId) throw new NotFoundError('PromptVariant', variant.id)
    if (variant.language !== language)
      throw new ConflictError({
        en: `The wording to begin with is in "${variant.language}", and the evolution would be in "${language}". Activate a variant in "${language}" first.`,
        fr: `La formulation de départ est en « ${variant.language} », et l’évolution serait en « ${language} ». Activez d’abord une variante en « ${language} ».`,
      })
    return variant
  }

  async #end(
    context: SqlContext,
    row: EvolutionRow,
    pool: Pool,
    end: { status: 'done' | 'stopped'; failure: string | null },
  ): Promise<{ status: string }> {
    const { id, promptId, promptName, language, state, seed } = row
    const { outcome, kept } = judge(pool, seed)
    const children = kept.map((candidate) => ({ candidate, id: uuidv7() }))
    const full: EvolutionOutcome = { ...outcome, variantIds: children.map(({ id }) => id) }
    await context.sqlTransaction(async (tx) => {
      await lockPrompt(tx, promptName)
      const ended = await tx.db.query(sql`
        update "PromptEvolution" set "status" = ${end.status}, "failure" = ${end.failure}, "endedAt" = ${tx.clock.now()},
          "outcome" = ${JSON.stringify(full)}::jsonb,
          "state" = jsonb_set("state", '{candidates}', ${JSON.stringify(shown(pool))}::jsonb) - 'steps' - 'origin'
        where "id" = ${id} and "status" = 'running' returning 1`)
      // Another run of the job was faster, or a person.
      if (ended.length === 0) return
      for (const { candidate, id: childId } of children)
        await writeChild(tx, {
          id: childId,
          promptId,
          language,
          wording: candidate.wording,
          parameters: state.parameters,
          parentIds: [state.variantId],
          kind: 'optimization',
          strategy: path(candidate, pool),
          algorithm,
          goals: row.goals,
          feedback: [candidate.diagnosis],
          evolutionId: id,
          note: full.summaryEn,
        })
      tx.audit({
        resourceType: 'PromptEvolution',
        resourceId: id,
        after: { status: end.status, verdict: full.verdict, variantIds: full.variantIds },
      })
      const { verdict, variantIds, summaryEn, summaryFr } = full
      await tx.publish(evolutionEnded, {
        ...{ evolutionId: id, promptId, promptName, status: end.status, verdict },
        ...{ variantIds: [...variantIds], summaryEn, summaryFr },
      })
      tx.announce(evolutionChanged, id, null)
    })
    return { status: end.status }
  }
}

/** How a candidate came from the first wording: "mutation, then crossover". */
function path(candidate: Pool['candidates'][number], pool: Pool): string {
  const [parent] = candidate.parents
  const before = pool.candidates.find(({ number }) => number === parent)
  const way = before && before.kind !== 'origin' ? `${path(before, pool)}, then ` : ''
  return `${way}${candidate.kind} in generation ${candidate.generation}`
}

async function promptName(tx: SqlContext, promptId: string): Promise<string> {
  const [row] = await tx.db.query<{ name: string }>(sql`select "name" from "Prompt" where "id" = ${promptId}`)
  if (!row) throw new NotFoundError('Prompt', promptId)
  return row.name
}
