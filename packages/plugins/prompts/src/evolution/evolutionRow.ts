import { type SqlContext, sql } from '@espalier/core'
import type { ModelSettings } from '../registry/activeVariant.ts'
import type { PromptLanguage } from '../runner.ts'
import type { KeptStep } from './journal.ts'
import type { Origin, Pool } from './loop.ts'
import { mean } from './pareto.ts'

/** An evolution as the database keeps it. */
export interface EvolutionRow {
  readonly id: string
  readonly promptId: string
  readonly promptName: string
  readonly language: PromptLanguage
  readonly status: string
  readonly goals: readonly string[]
  /** As text: bigints of the database. */
  readonly budgetMicros: string
  readonly spentMicros: string
  readonly seed: string
  readonly state: EvolutionState
}

export interface EvolutionState {
  /** Job that walks it. */
  readonly jobId: string | null
  /** The variant that it began with, and all that was so then. */
  readonly variantId: string
  readonly parameters: ModelSettings
  readonly origin: Omit<Origin, 'seed'>
  /** What was asked and answered, by key. Like the origin, it goes when the evolution ends: lists of them stay light. */
  readonly steps: Readonly<Record<string, KeptStep>>
  /** What people may see of it, since the last generation. */
  readonly candidates: readonly ShownCandidate[]
}

/** A candidate, taken or refused, as people see it. */
export interface ShownCandidate {
  readonly kind: string
  readonly generation: number
  readonly parents: readonly number[]
  readonly number: number | null
  readonly system: string
  readonly template: string
  readonly diagnosis: string
  /** Mean on the held-back cases, from 0 to 1; null where it was not measured. */
  readonly score: number | null
  readonly onFront: boolean
  /** Why it was not taken; null where it was. */
  readonly refusal: string | null
}

/** Takes an evolution in hand. @returns undefined where it has ended, or is not there */
export async function takeEvolution(context: SqlContext, id: string): Promise<EvolutionRow | undefined> {
  const [row] = await context.db.query<EvolutionRow>(sql`
    update "PromptEvolution" e set "status" = 'running' from "Prompt" p
    where e."id" = ${id} and e."status" in ('waiting', 'running')
      and p."workspaceId" = e."workspaceId" and p."id" = e."promptId"
    returning e."id", e."promptId", p."name" as "promptName", e."language", e."status", e."goals",
      e."budgetMicros"::text as "budgetMicros", e."spentMicros"::text as "spentMicros", e."seed", e."state"`)
  return row
}

/** Writes down how far it is. A run that comes second over the same ground does not take it back. */
export async function showProgress(context: SqlContext, id: string, generation: number, pool: Pool): Promise<void> {
  await context.db.query(sql`
    update "PromptEvolution" set "generation" = ${generation},
      "state" = jsonb_set("state", '{candidates}', ${JSON.stringify(shown(pool))}::jsonb)
    where "id" = ${id} and "status" = 'running' and "generation" <= ${generation}`)
}

export function shown(pool: Pool): ShownCandidate[] {
  const front = new Set(pool.front)
  const taken = pool.candidates.map(({ kind, generation, parents, number, wording, diagnosis, heldBack }, index) => ({
    kind,
    generation,
    parents,
    number,
    ...wording,
    diagnosis,
    score: heldBack.size > 0 ? mean(heldBack) : null,
    onFront: front.has(index),
    refusal: null,
  }))
  const refused = pool.refused.map(({ kind, generation, parents, wording, diagnosis, reason }) => ({
    kind,
    generation,
    parents,
    number: null,
    system: wording?.system ?? '',
    template: wording?.template ?? '',
    diagnosis,
    score: null,
    onFront: false,
    refusal: reason,
  }))
  return [...taken, ...refused].sort((a, b) => a.generation - b.generation)
}
