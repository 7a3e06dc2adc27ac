import { type SqlContext, sql } from '@espalier/core'
import type { ReachedVerdict } from './verdict.ts'
import { inWords } from './words.ts'

/** An experiment and its verdict, for people in both languages. */
export interface ToldVerdict {
  readonly experimentId: string
  readonly name: string
  readonly status: string
  readonly state: ReachedVerdict['state']
  /** Name of the variant to choose; null when inconclusive. */
  readonly variant: string | null
  readonly reasons: { readonly en: string; readonly fr: string }
}

/** The verdict of an experiment, or those that nobody has acted on yet: the experiment still runs. The latest first, 50 at most. */
export async function toldVerdicts(
  context: SqlContext,
  which: { readonly experimentId: string } | 'undecided',
): Promise<ToldVerdict[]> {
  const id = which === 'undecided' ? null : which.experimentId
  const rows = await context.db.query<
    Omit<ToldVerdict, 'reasons' | 'state'> & { verdict: ReachedVerdict; variants: Record<string, string> }
  >(sql`
    select experiment."id" as "experimentId", experiment."name", experiment."status"::text, experiment."verdict", (
      select variant."name" from "ExperimentVariant" variant where variant."workspaceId" = experiment."workspaceId"
        and variant."experimentId" = experiment."id" and variant."key" = experiment."verdict"->>'variant') as "variant", (
      select jsonb_object_agg(variant."key", variant."name") from "ExperimentVariant" variant
      where variant."workspaceId" = experiment."workspaceId" and variant."experimentId" = experiment."id") as "variants"
    from "Experiment" experiment
    where experiment."verdict" is not null
      and (experiment."id" = ${id}::uuid or (${id}::uuid is null and experiment."status" = 'running'))
    order by experiment."verdict"->>'at' desc limit 50`)
  return rows.map(({ verdict, variants, ...experiment }) => {
    const names = new Map(Object.entries(variants))
    return {
      ...experiment,
      state: verdict.state,
      reasons: { en: inWords(verdict.reasons, 'en', names), fr: inWords(verdict.reasons, 'fr', names) },
    }
  })
}
